"""The list of shops."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.shops.services import list_shops


class ShopList(PiggyPage):
    """All shops of the account."""

    template_name = "shops/list.html"
    title = _("Shops")
    intro = _("Where credits are given and vouchers redeemed.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read all of them."""
        return {"shops": list_shops(piggy)}

"""Pages of shops."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.actions.record_views import RecordPage
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.shops.services import get_shop, list_shops
from piggyadmin.shops.types import Shop


class ShopList(PiggyPage):
    """All shops of the account."""

    template_name = "shops/list.html"
    title = _("Shops")
    intro = _("Where credits are given and vouchers redeemed.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read all of them."""
        return {"shops": list_shops(piggy)}


class ShopPage(RecordPage):
    """One shop."""

    title = _("Shops")
    list_name = "shops:list"
    facts_template = "shops/_shop.html"

    def find(self, piggy: PiggyClient, **keys: str) -> Shop:
        """Find it by its UUID."""
        return get_shop(piggy, shop_uuid=keys["shop_uuid"])

    def name_of(self, record: Shop) -> str:
        """Give its name."""
        return record.name or ""

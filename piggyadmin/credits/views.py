"""The list of loyalty transactions."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.pages import PiggyPage
from piggyadmin.credits.services import list_loyalty_transactions
from piggyadmin.piggy.client import PiggyClient


class TransactionList(PiggyPage):
    """Credits given and spent, latest first."""

    template_name = "credits/list.html"
    entity = "credits"
    title = _("Credits")
    intro = _("Credits given and spent.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page."""
        return {"page": list_loyalty_transactions(piggy, page=self.page, limit=30)}

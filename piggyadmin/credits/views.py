"""The list of loyalty transactions."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.page_views import PiggyPage
from piggyadmin.contacts.page_views import OfOneContact
from piggyadmin.credits.services import list_loyalty_transactions
from piggyadmin.ledger import reads
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.http import signed_in


class TransactionList(PiggyPage, OfOneContact):
    """Credits given and spent, latest first."""

    template_name = "credits/list.html"
    entity = "credits"
    title = _("Credits")
    intro = _("Credits given and spent.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page, of everybody or of one contact."""
        contact_uuid = self.named("contact_uuid")
        if contact_uuid:
            reads.log_look_up(signed_in(self.request), "credits", contact_uuid)
        page = list_loyalty_transactions(piggy, contact_uuid=contact_uuid, page=self.page, limit=30)
        return {"page": page, "contact_uuid": contact_uuid}

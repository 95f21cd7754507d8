"""The list of loyalty transactions, and the loyalty program."""

from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.record_views import RecordList
from piggyadmin.contacts.actions.create_contact_attribute import DATA_TYPES
from piggyadmin.contacts.naming import page_with_names
from piggyadmin.contacts.page_views import OfOneContact
from piggyadmin.credits.services import (
    get_loyalty_program,
    list_loyalty_transaction_attributes,
    list_loyalty_transactions,
    list_units,
)
from piggyadmin.ledger import reads
from piggyadmin.perks.services import list_tiers
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.ui.http import signed_in


class TransactionList(RecordList, OfOneContact):
    """Credits given and spent, latest first."""

    template_name = "credits/list.html"
    list_name = "credits:list"
    entity = "credits"
    title = _("Credits")
    intro = _("Credits given and spent.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read one page, of everybody or of one contact."""
        contact_uuid = self.named("contact_uuid")
        if contact_uuid:
            reads.log_look_up(signed_in(self.request), "credits", contact_uuid)
        page = list_loyalty_transactions(piggy, contact_uuid=contact_uuid, page=self.page, limit=30)
        return {"page": page_with_names(page, "contact"), "contact_uuid": contact_uuid}


class LoyaltyProgramPage(RecordList):
    """How credits are earned: the program, its units, its tiers, what transactions carry."""

    template_name = "credits/program.html"
    entity = "credits"
    list_name = "credits:program"
    title = _("Loyalty program")
    intro = _("What credits are called, what they are earned by, and the tiers they lead to.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read all of it side by side."""
        program, units, tiers, attributes = gather(
            partial(get_loyalty_program, piggy),
            partial(list_units, piggy),
            partial(list_tiers, piggy),
            partial(list_loyalty_transaction_attributes, piggy),
        )
        tiers = sorted(tiers, key=lambda tier: tier.position or 0)
        rows = [(each, DATA_TYPES.get(each.type or "", each.type)) for each in attributes]
        return {"program": program, "units": units, "tiers": tiers, "rows": rows}

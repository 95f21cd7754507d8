"""Whom a contact has brought, on its page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts.panels import Panel, register
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.referrals.services import list_referrals

# The most that Piggy gives in one page.
MOST_REFERRALS = 100


def read_referrals(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read the newest ones; Piggy need not heed whose were asked for."""
    page = list_referrals(piggy, referring_contact_uuid=contact_uuid, limit=MOST_REFERRALS)
    own = [
        row
        for row in page.items
        if row.referring_contact is None or row.referring_contact.uuid in {None, contact_uuid}
    ]
    return {"referrals": own}


register(Panel(_("Referrals"), "referrals/_contact_panel.html", 44, read_referrals))

"""Whom a contact has brought, on its page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts.panels import Panel, register
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.referrals.services import brought_by, list_referrals

# The most that Piggy gives in one page, and how many of them stand on a customer's page.
MOST_REFERRALS, SHOWN = 100, 10


def read_referrals(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read the newest ones."""
    page = list_referrals(piggy, referring_contact_uuid=contact_uuid, limit=MOST_REFERRALS)
    own = brought_by(page.items, contact_uuid)
    return {"referrals": own[:SHOWN], "has_more_referrals": len(own) > SHOWN}


register(
    Panel(_("Referrals"), "referrals/_contact_panel.html", 44, read_referrals, slug="referrals")
)

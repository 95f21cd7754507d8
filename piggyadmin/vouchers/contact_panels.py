"""The vouchers of a contact: on its page, and their number in what is shown of what it has."""

from typing import Any

from piggyadmin.contacts.panels import Panel, register
from piggyadmin.contacts.snapshot import counters
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.vouchers.services import list_vouchers

LAST_VOUCHERS = 10


def read_vouchers(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read the newest ones."""
    return {"vouchers": list_vouchers(piggy, contact_uuid=contact_uuid, limit=LAST_VOUCHERS)}


def count_vouchers(piggy: PiggyClient, contact_uuid: str) -> int | None:
    """Count all of them; None where Piggy does not tell."""
    return list_vouchers(piggy, contact_uuid=contact_uuid, limit=1).total


register(Panel("vouchers/_contact_panel.html", 30, read_vouchers))
counters["vouchers"] = count_vouchers

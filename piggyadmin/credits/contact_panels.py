"""The last transactions, on the page of a contact."""

from typing import Any

from piggyadmin.contacts.panels import Panel, register
from piggyadmin.credits.services import list_loyalty_transactions
from piggyadmin.piggy.client import PiggyClient

LAST_TRANSACTIONS = 10


def read_transactions(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read the newest ones."""
    page = list_loyalty_transactions(piggy, contact_uuid=contact_uuid, limit=LAST_TRANSACTIONS)
    return {"transactions": page}


register(Panel("credits/_contact_panel.html", 20, read_transactions))

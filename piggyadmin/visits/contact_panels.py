"""The last visits, on the page of a contact."""

from typing import Any

from piggyadmin.contacts.panels import Panel, register
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.visits.services import list_visits

LAST_VISITS = 10


def read_visits(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read the newest ones."""
    return {"visits": list_visits(piggy, contact_uuid=contact_uuid, limit=LAST_VISITS)}


register(Panel("visits/_contact_panel.html", 40, read_visits))

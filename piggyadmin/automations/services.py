"""Calls about automations, which are made in Piggy's dashboard."""

from collections.abc import Mapping
from typing import Any

from piggyadmin.automations.types import Automation
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import without_none
from piggyadmin.reference.cached import cached


def list_automations(piggy: PiggyClient) -> list[Automation]:
    """List all automations (docs: no pagination)."""
    return piggy.get("automations").several(Automation)


cached_automations = cached(list_automations)


def run_automation(
    piggy: PiggyClient,
    *,
    automation_uuid: str,
    contact_uuid: str,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Set an automation of the event contact_updated off for a contact (docs).

    Never repeated by itself: what it does, such as sending a mail, it would do again.

    Raises:
        NotFound: no such contact (55031) or automation (60013).
    """
    body = without_none(automation_uuid=automation_uuid, contact_uuid=contact_uuid, data=data)
    piggy.post("automations/runs", json=body, any_body=True)

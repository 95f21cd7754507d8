"""Cards in the sandbox, for tests of what is done with them."""

from typing import Any

from piggyadmin.sandbox import seed
from tests.sandbox.server import SandboxServer


def make(sandbox: SandboxServer, value: str, *, owner: str = "", active: bool = True) -> None:
    """Make a card, of a contact or of nobody."""
    whose = {"contact_uuid": owner} if owner else {}
    sandbox.api("POST", "contact-identifiers", json={"contact_identifier_value": value, **whose})
    if not active:
        switch(sandbox, value, active=False)


def switch(sandbox: SandboxServer, value: str, *, active: bool) -> None:
    """Switch a card on or off."""
    asked = {"contact_identifier_value": value, "contact_identifier_active": active}
    sandbox.api("PUT", "contact-identifiers", json=asked)


def find(sandbox: SandboxServer, value: str) -> dict[str, Any]:
    """Find a card that is on."""
    asked = {"contact_identifier_value": value}
    found: dict[str, Any] = sandbox.api("GET", "contact-identifiers/find", params=asked)
    return found


def cards_of(sandbox: SandboxServer, uuid: str = seed.MIRA_UUID) -> dict[str, bool]:
    """Tell of each of a contact's cards whether it is on."""
    cards = sandbox.api("GET", f"contacts/{uuid}/contact-identifiers")
    return {each["value"]: each["active"] for each in cards}

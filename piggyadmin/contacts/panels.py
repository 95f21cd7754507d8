"""What other apps show on the page of a contact: each registers it in its `contact_panels.py`."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from piggyadmin.piggy.client import PiggyClient


class Panel(NamedTuple):
    """A section of the page: its template, its place, and what is read at Piggy for its context.

    `read` has no database, as it runs in a thread of its own.
    """

    template: str
    place: int
    read: Callable[[PiggyClient, str], dict[str, Any]] | None = None
    # Whether it stands beside the others, with what is always in view.
    is_aside: bool = False


_panels: list[Panel] = []


def register(panel: Panel) -> None:
    """Add a panel to the page of every contact."""
    _panels.append(panel)


def panels() -> list[Panel]:
    """List the panels, in the order in which they stand."""
    return sorted(_panels, key=lambda panel: panel.place)


def reads(piggy: PiggyClient, contact_uuid: str) -> list[Callable[[], Any]]:
    """List what has to be read of a contact, to be called side by side."""
    return [partial(panel.read, piggy, contact_uuid) for panel in panels() if panel.read]

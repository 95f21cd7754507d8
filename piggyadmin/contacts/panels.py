"""What other apps show on the page of a contact: each registers it in its `contact_panels.py`."""

from collections import ChainMap
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

from django.urls import reverse

from piggyadmin.accounts.models import User
from piggyadmin.ledger.operations import Words
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError


class Panel(NamedTuple):
    """A section of the page: what it is called, its template, its place, and what it reads.

    `read` gives its context from Piggy. It has no database, as it runs in a thread of its own.
    `here` gives, to somebody, what of the page is stored in this console, while Piggy is asked.
    One with a `slug`, by which its address ends, is read by itself once it comes into view: nobody
    waits for what stands far below.
    """

    label: Words
    template: str
    place: int
    read: Callable[[PiggyClient, str], dict[str, Any]] | None = None
    # Whether it stands beside the others, with what is always in view.
    is_aside: bool = False
    here: Callable[[User, str], dict[str, Any]] | None = None
    slug: str = ""


_panels: list[Panel] = []


def register(panel: Panel) -> None:
    """Add a panel to the page of every contact."""
    _panels.append(panel)


def panels() -> list[Panel]:
    """List the panels, in the order in which they stand."""
    return sorted(_panels, key=lambda panel: panel.place)


def find(slug: str) -> Panel | None:
    """Find a panel that is read by itself."""
    return next((panel for panel in _panels if slug and panel.slug == slug), None)


class ShownPanel(NamedTuple):
    """A panel as it was read: what its template shows, or why that could not be read.

    Where it is read by itself, that is yet to come, from the `url`.
    """

    label: Words
    template: str
    is_aside: bool
    context: dict[str, Any]
    error: PiggyError | None = None
    url: str = ""


def reads(piggy: PiggyClient, contact_uuid: str) -> list[Callable[[], ShownPanel]]:
    """List what has to be read of a contact for its page, to be called side by side."""
    return [partial(read, each, piggy, contact_uuid) for each in panels() if _is_read(each)]


def shown(were_read: Iterable[ShownPanel], contact_uuid: str) -> list[ShownPanel]:
    """Put the panels that were read among those for which nothing had to be, in their order."""
    following = iter(were_read)
    return [next(following) if _is_read(each) else _unread(each, contact_uuid) for each in panels()]


def _is_read(panel: Panel) -> bool:
    return panel.read is not None and not panel.slug


def _unread(panel: Panel, contact_uuid: str) -> ShownPanel:
    """Give a panel of which nothing was read: there is nothing to be, or not yet."""
    if not panel.slug:
        return ShownPanel(panel.label, panel.template, panel.is_aside, {})
    url = reverse("contacts:panel", args=[contact_uuid, panel.slug])
    return ShownPanel(panel.label, "contacts/_deferred_panel.html", panel.is_aside, {}, url=url)


def stored(person: User, contact_uuid: str) -> dict[str, Any]:
    """Read what all panels show somebody of what is stored here."""
    return dict(ChainMap(*(each.here(person, contact_uuid) for each in panels() if each.here)))


def read(panel: Panel, piggy: PiggyClient, contact_uuid: str) -> ShownPanel:
    """Read a panel; one that cannot be read spoils only itself."""
    try:
        context = panel.read(piggy, contact_uuid) if panel.read else {}
    except PiggyError as error:
        return ShownPanel(panel.label, panel.template, panel.is_aside, {}, error)
    return ShownPanel(panel.label, panel.template, panel.is_aside, context)

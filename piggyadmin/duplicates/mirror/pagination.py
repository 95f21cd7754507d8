"""Reading the whole contact list although it moves while it is read.

Piggy gives the list in pages, so that a contact that is deleted moves all that follow one place
up, and one of them onto a page that was read already. Three ways of reading help, of which the best
that the account knows is found by trying:

CREATED     sorted by the time of creation, from where the last window ended: nothing can move
SORTED      the same order, but by place in the list
PLAIN       in whichever order the list comes, by place

By place, each window begins some places before the end of the one before. If it holds none of the
contacts of that one, more have left than it reaches back: something may have been skipped, and the
list has to be read once more.
"""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from piggyadmin.contacts.services import find_contact, list_contacts
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.mirror.store import as_kept
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import Rejected
from piggyadmin.piggy.types import Page

# Contacts read at a time: the most that Piggy gives.
MOST = 100
# Places by which a window reaches back into the one before.
OVERLAP = 3


class Way(StrEnum):
    """How the list is read."""

    CREATED = "created"
    SORTED = "sorted"
    PLAIN = "plain"


class Place(BaseModel):
    """How far the list was read: `offset` contacts, of those that were created from `since` on."""

    model_config = ConfigDict(frozen=True)

    way: Way = Way.CREATED
    since: datetime | None = None
    offset: int = 0
    # Of the last window, whose contacts the next one has to begin with.
    tail: tuple[str, ...] = ()
    # Contacts that Piggy really gives at a time.
    most: int = MOST

    @property
    def is_beginning(self) -> bool:
        """Whether nothing was read yet."""
        return not self.offset and self.since is None


class Window(NamedTuple):
    """Contacts that were read, and where to go on; None at the end of the list."""

    contacts: list[Contact]
    following: Place | None
    # Contacts in the whole list, where it was told.
    total: int | None = None
    # Something may have been skipped before this window.
    is_after_gap: bool = False


def read_window(piggy: PiggyClient, place: Place) -> Window:
    """Read what follows a place.

    Where the account turns out not to know the way, reading begins anew with the next best.

    Raises:
        PiggyError: as the service does.
    """
    page, limit = page_after(place.offset, place.most)
    start = (page - 1) * limit
    try:
        answer = _read(piggy, place, page, limit)
    except Rejected:
        if place.way is Way.PLAIN:
            raise
        return Window([], _next_best(place))
    if place.way is Way.CREATED and not _is_as_asked(piggy, place, answer.items):
        return Window(answer.items, _next_best(place))
    return Window(
        contacts=answer.items,
        following=_following(place, answer, start),
        total=answer.total if place.is_beginning else None,
        is_after_gap=bool(start) and set(_uuids(answer.items)).isdisjoint(place.tail),
    )


def page_after(offset: int, most: int) -> tuple[int, int]:
    """Choose page and limit, so that the window overlaps what was read, but by as little as can be.

    The places of page `p` are those from `(p - 1) * limit` on, so that the limit decides on both.
    """
    if offset <= OVERLAP:
        return 1, most
    start = offset - OVERLAP
    limit = max(range(most // 2 + 1, most + 1), key=lambda limit: limit - start % limit)
    return start // limit + 1, limit


def _read(piggy: PiggyClient, place: Place, page: int, limit: int) -> Page[Contact]:
    sort = None if place.way is Way.PLAIN else "created_at"
    return list_contacts(piggy, page=page, limit=limit, sort=sort, created_from=place.since)


def _next_best(place: Place) -> Place:
    ways = list(Way)
    return Place(way=ways[ways.index(place.way) + 1])


def _is_as_asked(piggy: PiggyClient, place: Place, contacts: list[Contact]) -> bool:
    """Tell whether the account sorts, and begins where it was asked to."""
    moments = [contact.created_at for contact in contacts if contact.created_at]
    if len(moments) < len(contacts) or moments != sorted(moments):
        return False
    if place.since is None or place.offset:
        return True
    if moments and moments[0] < place.since:
        return False
    last = place.tail[-1]
    return last in _uuids(contacts) or find_contact(piggy, contact_uuid=last) is None


def _following(place: Place, answer: Page[Contact], start: int) -> Place | None:
    uuids = _uuids(answer.items)
    if not answer.items or not answer.has_more:
        return None
    if answer.last_page is None and place.offset and set(uuids) <= set(place.tail):
        return None  # the last one again, where Piggy does not tell which that is
    most = min(place.most, len(uuids)) if place.is_beginning else place.most
    created_at = answer.items[-1].created_at
    if place.way is Way.CREATED and created_at and created_at != place.since:
        return Place(since=created_at, tail=uuids, most=most)
    offset = max(start + len(uuids), place.offset + 1)
    return place.model_copy(update={"offset": offset, "tail": uuids, "most": most})


def _uuids(contacts: list[Contact]) -> tuple[str, ...]:
    return tuple(as_kept(contact.uuid) for contact in contacts)

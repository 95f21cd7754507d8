"""The console's own reference in Piggy: an entry's key, written into what the entry makes there.

Then a lost answer is found again exactly, without comparing times and amounts. Where Piggy keeps it
in an attribute, that is made at the first use. Where it cannot be made, and where what is made has
no place for it, nothing is written, and what was done is looked for as far as it can be compared.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from django.conf import settings
from django.core.cache import cache

from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.piggy.client import PiggyClient, about_to_write
from piggyadmin.piggy.errors import ErrorCode, PiggyError, Rejected
from piggyadmin.piggy.models import OwnAttribute

# The attribute's name at Piggy.
NAME = "console_reference"
# Where Piggy would not have the attribute, it is asked for again after so many seconds.
ASK_AGAIN_SECONDS = 600

logger = logging.getLogger(__name__)


class _Named(Protocol):
    """Whatever has a name."""

    @property
    def name(self) -> str | None:
        """The name."""


@dataclass(frozen=True)
class ReferenceAttribute:
    """What at Piggy keeps the reference in an attribute, and how that is made and listed."""

    entity: str
    make: Callable[[PiggyClient], object]
    attributes: Callable[[PiggyClient], Iterable[_Named]]


@dataclass
class Reference:
    """The reference of an entry that is being carried out, and whether and where it is written."""

    key: UUID
    is_written: bool = False
    place: ReferenceAttribute | None = None

    def detail(self) -> dict[str, str]:
        """Give what the ledger keeps of it."""
        return {"reference": str(self.key)} if self.is_written else {}

    def learn(self, piggy: PiggyClient, error: PiggyError) -> None:
        """Write none for a while where Piggy has refused a write because of it."""
        if self.place and any(NAME in field for field in error.field_errors):
            _forget(piggy, self.place)
            cache.set(_cache_key(piggy, self.place), value=False, timeout=ASK_AGAIN_SECONDS)


_current: ContextVar[Reference | None] = ContextVar("own_reference", default=None)


@contextmanager
def referring(reference: Reference) -> Iterator[None]:
    """Have what is made at Piggy inside the block carry this reference."""
    token = _current.set(reference)
    try:
        yield
    finally:
        _current.reset(token)


def take(piggy: PiggyClient, place: ReferenceAttribute | None = None) -> str | None:
    """Give the reference to write into what is made now; None where there is none to write.

    Without a place, it is written into a field that is always there.
    """
    reference = _current.get()
    if reference is None or not settings.PIGGY_OWN_REFERENCE:
        return None
    if place and not _has_attribute(piggy, place):
        return None
    reference.is_written, reference.place = True, place
    return str(reference.key)


def written(entry: Entry) -> str | None:
    """Give the reference that was written into what an entry makes, if it was."""
    sent = [event for event in entry.events.all() if event.kind == EntryState.SENT]
    return sent[-1].detail.get("reference") if sent else None


def is_ours(text: str | None) -> bool:
    """Tell whether a text that Piggy has is the reference of an entry of this console."""
    try:
        key = UUID(text or "")
    except ValueError:
        return False
    return Entry.objects.filter(submission_key=key).exists()


def is_kept(piggy: PiggyClient, place: ReferenceAttribute) -> bool:
    """Ask Piggy whether it has the attribute; else what was written into it is nowhere."""
    try:
        names = {each.name for each in place.attributes(piggy)}
    except Rejected:
        names = set()
    if NAME not in names:
        _forget(piggy, place)
    return NAME in names


# --- The attribute ---------------------------------------------------------------------------


def _cache_key(piggy: PiggyClient, place: ReferenceAttribute) -> str:
    return f"own-attribute-{piggy.account}-{place.entity}"


def _forget(piggy: PiggyClient, place: ReferenceAttribute) -> None:
    """Have it made anew at the next use."""
    OwnAttribute.objects.filter(account=piggy.account, entity=place.entity).delete()
    cache.delete(_cache_key(piggy, place))


def _has_attribute(piggy: PiggyClient, place: ReferenceAttribute) -> bool:
    """Tell whether the attribute is there, and make it where nobody has yet."""
    known = cache.get(_cache_key(piggy, place))
    if known is None:
        made = OwnAttribute.objects.filter(account=piggy.account, entity=place.entity)
        known = made.exists() or _make(piggy, place)
        if known:
            made.get_or_create(account=piggy.account, entity=place.entity)
            cache.set(_cache_key(piggy, place), value=True, timeout=None)
    return bool(known)


def _make(piggy: PiggyClient, place: ReferenceAttribute) -> bool:
    """Make the attribute; whatever goes wrong, what a person asked for is done without it."""
    # It is no part of what was asked for: a process that dies here has not sent that.
    token = about_to_write.set(None)
    try:
        place.make(piggy)
    except PiggyError as error:
        if error.code == ErrorCode.ATTRIBUTE_EXISTS:
            return True
        logger.warning("The attribute %s of %s was not made: %s", NAME, place.entity, error)
        if not error.passing:
            cache.set(_cache_key(piggy, place), value=False, timeout=ASK_AGAIN_SECONDS)
        return False
    finally:
        about_to_write.reset(token)
    return True

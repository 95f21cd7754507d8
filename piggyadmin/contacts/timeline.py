"""One timeline of a customer: whatever is known to have happened, from all sources, newest first.

Each app registers what it knows in its `contact_panels.py`. What Piggy has to be asked is asked
side by side; a source that fails spoils only itself.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import urlencode

from piggyadmin.actions.registry import find_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.operations import Words
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError, Unfiltered
from piggyadmin.ui.templatetags.ui import cents, number

# Rows of others among a customer's own: so many mean that Piggy does not narrow the list down.
MOST_OF_OTHERS = 500
CREDITS, PREPAID = "credits", "prepaid_cents"
# When what happened at a time that Piggy does not tell.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class NextStep(NamedTuple):
    """What can be done about something that happened: the action, and what fills its form in."""

    label: Words
    slug: str
    data: Mapping[str, str]

    @property
    def url(self) -> str:
        """The address of the action with its form filled in; empty where there is none any more."""
        action = find_action(self.slug)
        return f"{action.url}?{urlencode(self.data)}" if action else ""


@dataclass(frozen=True)
class Happening:
    """One thing that happened.

    Attributes:
        at: When.
        kind: Of which of its source's kinds it is.
        words: What happened, in words.
        detail: What is to be said beside it, such as a reason.
        shop: The shop's name, and its UUID, as far as Piggy tells.
        uuid: What Piggy knows it by; the ledger's entry that made it has the same one.
        account: What of the contact it changed, CREDITS or PREPAID, by `change`.
        newer: What came after it changed in all, by which the balance after it is known.
        url: Where more of it stands.
        steps: What can be done about it.
        reference: The console's own, which Piggy books again with what takes it back.
        takes_back: The UUID of what it took back.
        is_taken_back: Whether it is known that something took it back.
        entry: The ledger's words on it, where it was done by this console.
    """

    at: datetime
    kind: str
    words: str
    detail: str = ""
    shop: str = ""
    shop_uuid: str = ""
    uuid: str = ""
    account: str = ""
    change: int | None = None
    newer: int = 0
    balance: int | None = None
    url: str = ""
    steps: Sequence[NextStep] = ()
    reference: str = ""
    takes_back: str = ""
    is_taken_back: bool = False
    entry: "Happening | None" = None

    @property
    def moment(self) -> datetime | None:
        """When, as far as it is known."""
        return self.at if self.at > LONG_AGO else None

    @property
    def amount(self) -> str:
        """By how much it changed a balance, with its sign."""
        if self.change is None:
            return ""
        sign = "+" if self.change > 0 else ""
        return sign + (cents(self.change) if self.account == PREPAID else number(self.change))

    def in_figures(self, value: int | None) -> Decimal | int | str:
        """Give a change or a balance as a figure of a spreadsheet: prepaid money in euros."""
        if value is None:
            return ""
        return Decimal(value).scaleb(-2) if self.account == PREPAID else value

    @property
    def balance_words(self) -> str:
        """The balance after it; empty where it is not known."""
        if self.balance is None:
            return ""
        return cents(self.balance) if self.account == PREPAID else number(self.balance)


@dataclass(frozen=True)
class Source:
    """Where something is known of a customer.

    Attributes:
        name: What tells it from other sources.
        label: What people call it.
        kinds: What can be chosen of it, by what its happenings have for `kind`.
        at_piggy: Reads at Piggy, the newest first and a page at a time as it is gone on; it has no
            database, as it runs in a thread of its own.
        here: Reads what this console has stored, the newest first, while Piggy is asked.
    """

    name: str
    label: Words
    kinds: Mapping[str, Words]
    at_piggy: Callable[[PiggyClient, str], Iterator[Happening]] | None = None
    here: Callable[[str], Iterable[Happening]] | None = None


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a source to the timeline of every customer."""
    _sources[source.name] = source


def sources() -> list[Source]:
    """List the sources, by name."""
    return [_sources[name] for name in sorted(_sources)]


def kinds() -> dict[str, Words]:
    """Give all that can be chosen, as people call it."""
    return {kind: label for source in sources() for kind, label in source.kinds.items()}


class _Owned(Protocol):
    """Whatever Piggy says whose it is."""

    @property
    def contact(self) -> Contact | None:
        """Whose it is."""


Row = TypeVar("Row", bound=_Owned)


def own_rows(rows: Iterable[Row], contact_uuid: str) -> Iterator[Row]:
    """Leave out what is somebody else's: Piggy need not heed whom a list was asked of.

    Raises:
        Unfiltered: there is too much of that.
    """
    foreign = 0
    for row in rows:
        if row.contact is None or row.contact.uuid in {None, contact_uuid}:
            yield row
            continue
        foreign += 1
        if foreign > MOST_OF_OTHERS:
            raise Unfiltered


def running(happenings: Iterable[Happening]) -> Iterator[Happening]:
    """Add up what came after each, the newest being first: so the balance after it is known."""
    newer = 0
    for each in happenings:
        yield replace(each, newer=newer)
        newer += each.change or 0


# --- What is wanted of it --------------------------------------------------------------------


@dataclass(frozen=True)
class Wanted:
    """What a timeline is narrowed down to; nothing of it is everything."""

    kind: str = ""
    shop_uuid: str = ""
    since: datetime | None = None
    until: datetime | None = None
    # How many, the newest of each source; all of them where it is None.
    most: int | None = None

    def sources(self) -> list[Source]:
        """List the sources that may have some of it."""
        return [each for each in sources() if not self.kind or self.kind in each.kinds]

    def pick(self, happenings: Iterable[Happening]) -> list[Happening]:
        """Take what is wanted, reading no further than that takes; one more tells of more."""
        fitting = (each for each in self._in_time(happenings) if self._fits(each))
        return list(islice(fitting, None if self.most is None else self.most + 1))

    def _in_time(self, happenings: Iterable[Happening]) -> Iterator[Happening]:
        for each in happenings:
            if self.since and each.at < self.since:
                return
            if not self.until or each.at < self.until:
                yield each

    def _fits(self, each: Happening) -> bool:
        return self.kind in {"", each.kind} and self.shop_uuid in {"", each.shop_uuid}


# What of it stands on the page of a contact.
ON_PAGE = Wanted(most=15)


class Told(NamedTuple):
    """What a source told, or why it could not."""

    source: Source
    happenings: list[Happening]
    error: PiggyError | None = None


def reads(piggy: PiggyClient, contact_uuid: str, wanted: Wanted) -> list[Callable[[], Told]]:
    """List what has to be read at Piggy, to be called side by side."""
    asked = [source for source in wanted.sources() if source.at_piggy]
    return [partial(_read, source, piggy, contact_uuid, wanted) for source in asked]


def stored(contact_uuid: str, wanted: Wanted) -> list[Told]:
    """Read what is stored here."""
    found = ((each, each.here(contact_uuid)) for each in wanted.sources() if each.here)
    return [Told(source, wanted.pick(happenings)) for source, happenings in found]


def _read(source: Source, piggy: PiggyClient, contact_uuid: str, wanted: Wanted) -> Told:
    assert source.at_piggy  # noqa: S101  (for the type checker)
    try:
        return Told(source, wanted.pick(source.at_piggy(piggy, contact_uuid)))
    except PiggyError as error:
        return Told(source, [], error)


# --- Put together ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Timeline:
    """What happened, newest first, and which sources could not be read."""

    happenings: list[Happening]
    has_more: bool
    failed: list[Told] = field(default_factory=list)


def put_together(
    contact: Contact,
    told: Iterable[Told],
    wanted: Wanted,
    taken_back: Mapping[str, str] = MappingProxyType({}),
) -> Timeline:
    """Put all that was told of a contact in order, the newest first.

    What Piggy tells of and this console did is one thing, not two. `taken_back` are UUIDs of what
    is known to be, each with that of what did it, beside what can be seen from what was told.
    """
    told = list(told)
    at_piggy = [each for one in told if one.source.at_piggy for each in one.happenings]
    here = [each for one in told if not one.source.at_piggy for each in one.happenings]
    known = _without_spent_steps([*_joined(at_piggy, here)], taken_back)
    together = [_with_balance(each, contact) for each in known]
    together.sort(key=lambda each: each.at, reverse=True)
    shown = together if wanted.most is None else together[: wanted.most]
    failed = [one for one in told if one.error]
    return Timeline(shown, len(together) > len(shown), failed)


def _joined(at_piggy: list[Happening], stored: list[Happening]) -> Iterator[Happening]:
    """Put what the ledger says of something beside it, where both are there."""
    made = {each.uuid: each for each in stored if each.uuid}
    known = {each.uuid for each in at_piggy if each.uuid}
    for each in at_piggy:
        yield replace(each, entry=made.get(each.uuid)) if each.uuid else each
    yield from (each for each in stored if not each.uuid or each.uuid not in known)


def _without_spent_steps(
    happenings: Sequence[Happening], taken_back: Mapping[str, str]
) -> Iterator[Happening]:
    """Offer nothing for what was taken back, nor for what did that: Piggy allows it once."""
    opposites = {**taken_back, **_opposites(happenings)}
    spent = {*opposites.values()} - {""}
    for each in happenings:
        if each.uuid in opposites:
            yield replace(each, steps=(), is_taken_back=True)
        else:
            yield replace(each, steps=()) if each.uuid in spent else each


def _opposites(happenings: Iterable[Happening]) -> dict[str, str]:
    """Give what took what back, by UUIDs: as the ledger tells, or by the reference of both."""
    found: dict[str, str] = {}
    newer: dict[tuple[str, int], str] = {}
    for each in happenings:
        if taken_back := (each.entry or each).takes_back:
            found[taken_back] = each.uuid  # empty where a person has settled that it was done
        if each.uuid and each.reference and each.change:
            if opposite := newer.get((each.reference, -each.change)):
                found[each.uuid] = opposite
            newer[each.reference, each.change] = each.uuid
    return found


def _with_balance(each: Happening, contact: Contact) -> Happening:
    now: Any = getattr(contact, each.account) if each.account else None
    return each if now is None else replace(each, balance=now - each.newer)

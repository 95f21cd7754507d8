"""Proves that nothing in the ledger was changed, inserted or removed.

Three things are gone through, each a chunk at a time, so that a ledger of any length fits into
memory: the chain of events from its first to its last; the entries, each with its events, its
contacts, its snapshots and its line in the list of states; and what the database refuses. Snapshots
may be removed, and only they: each that an event brought in is still there as it was, or a later
event tells why it is not.

That one event follows the other is for the database to compare; that an event is what its hash says
is found with its entry, so that each event is read and hashed once.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from django.db import connection
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from piggyadmin.ledger import stored, triggers
from piggyadmin.ledger.hash_chain import CHUNK, HEAD, event_digest, known_after, locked_head
from piggyadmin.ledger.models import (
    FORGOTTEN,
    Entry,
    EntryState,
    EntryStatus,
    Event,
    Head,
    Snapshot,
    Subject,
)
from piggyadmin.ledger.operations import watched_slugs
from piggyadmin.ledger.stored import StoredEntry, StoredEvent, StoredSnapshot, StoredStatus

# Told how many rows of how many have been looked at.
Report = Callable[[int, int], None]
# So many places of the chain, or keys of entries, are gone through by one process at a time.
SPAN = 10_000
# What changed so lately may have changed between two looks, by whatever clock wrote it.
LATELY = timedelta(hours=1)


class Span(NamedTuple):
    """A part of the chain or of the entries: what comes after the one number, to the other."""

    after: int
    until: int


class Map(Protocol):
    """Calls a function with each of several spans: `map`, or the `imap` of a pool of processes."""

    def __call__(self, function: Callable[[Span], Any], spans: Iterable[Span], /) -> Iterable[Any]:
        """Give the results in their order."""


def verify(report: Report = lambda _done, _all: None, each: Map = map) -> Iterator[str]:
    """Say, in words for an admin, everything that does not fit."""
    yield from triggers.faults()
    counter = _Counter(report)
    walk = _Walk(counter)
    inspection = _Inspection(counter, walk.forgotten)
    yield from walk.on(walk_along, each)
    yield from inspection.on(each)
    is_known = Head.objects.filter(pk=HEAD).exists()
    if walk.number and not is_known:
        yield "The end of the chain is not known: its row is gone, and nothing can be added."
    # What came in meanwhile is few, and nothing more comes in while the end is held.
    with locked_head() if is_known else nullcontext() as head:
        yield from walk.on(walk_and_look, map)
        yield from inspection.on(map)
        yield from walk.ends(head)
        yield from inspection.ends()


class _Counter:
    """Counts what has been looked at, events and entries, and tells of it."""

    def __init__(self, report: Report) -> None:
        self.done, self.report = 0, report
        self.all = Event.objects.count() + Entry.objects.count()

    def add(self, number: int) -> None:
        """Tell that so many more have been looked at."""
        self.done += number
        self.report(self.done, max(self.all, self.done))


class _Numbers:
    """The numbers in one or several columns: places in the chain, or keys of entries."""

    def __init__(self, *columns: tuple[Any, str]) -> None:
        self.columns = columns

    def spans(self, after: int, until: int) -> Iterator[Span]:
        """Part them; where there are none, however far that is, there is no span."""
        while (first := self._first(after)) is not None and first <= until:
            after = min(first - 1 + SPAN, until)
            yield Span(first - 1, after)

    def last(self, at_least: int) -> int:
        """Give the last one."""
        found = (model.objects.aggregate(last=Max(name))["last"] for model, name in self.columns)
        return max(at_least, *(at_least if number is None else number for number in found))

    def _first(self, after: int) -> int | None:
        found = (
            model.objects.filter(**{f"{name}__gt": after}).aggregate(first=Min(name))["first"]
            for model, name in self.columns
        )
        return min((number for number in found if number is not None), default=None)


# --- At a glance -----------------------------------------------------------------------------

# So many links are looked at on a page, where the whole chain would take too long.
NEWEST_LINKS = 50


class ChainEnd(NamedTuple):
    """The newest part of the chain: how long the chain is, when it grew last, and if it fits."""

    length: int
    grew_at: datetime | None
    fits: bool


def newest_links(number: int = NEWEST_LINKS) -> ChainEnd:
    """Look at the newest links of the chain alone, without holding its end.

    What stands before them, and whether entries are as they were, only `verify` tells.
    """
    head = Head.objects.filter(pk=HEAD).first()
    # What is added between both questions comes after the end that was read first.
    events = list(Event.objects.order_by("-sequence")[:number])[::-1]
    if head is None or not events:
        return ChainEnd(0, None, fits=head is not None and not head.sequence)
    ends = {event.sequence: event.hash for event in events}
    fits = (
        ends.get(head.sequence) == head.hash
        and all(event.hash == event_digest(event) for event in events)
        and all(first.hash == then.previous_hash for first, then in pairwise(events))
    )
    return ChainEnd(head.sequence, events[-1].at, fits=fits)


# --- The chain -------------------------------------------------------------------------------


class Stretch(NamedTuple):
    """What was seen of a part of the chain."""

    findings: list[str]
    # How many places in it nothing has, and how many of its events were looked at.
    missing: int
    seen: int
    # What its events tell of snapshots that were removed: their numbers, and what they say.
    forgotten: list[tuple[int, Any]]


# Events that do not follow the one before. That one is looked up by its place: to hand a million
# hashes over only to compare them takes longer than all that the database does for it.
_LOOSE = """
    SELECT event.sequence, event.previous_hash
    FROM actions_event event LEFT JOIN actions_event before ON before.sequence = event.sequence - 1
    WHERE event.sequence > %s AND event.sequence <= %s
        AND (before.hash IS NULL OR before.hash <> event.previous_hash)
    ORDER BY event.sequence
"""
_ALL = "sequence > %s AND sequence <= %s ORDER BY sequence"
_APART = f"(entry_id IS NULL OR kind = '{FORGOTTEN}') AND {_ALL}"


def walk_along(span: Span) -> Stretch:
    """Walk along a part of the chain, and look at the events that no entry is looked at with."""
    events = list(stored.events(_APART, span))
    return _walked(span, events, [event for event in events if event.entry_id is None])


def walk_and_look(span: Span) -> Stretch:
    """Walk along a part of the chain, and look at all of its events."""
    events = list(stored.events(_ALL, span))
    return _walked(span, events, events)


def _walked(span: Span, events: list[StoredEvent], looked_at: list[StoredEvent]) -> Stretch:
    findings: list[str] = []
    missing = 0
    for sequence, previous in _loose(span):
        number, end = _end_before(sequence)
        missing += sequence - 1 - number
        findings += _follows((number, end), (sequence - 1, previous))
    findings += [_changed(event) for event in looked_at if not event.is_unchanged]
    forgotten = [(each.sequence, each.detail) for each in events if each.kind == FORGOTTEN]
    return Stretch(findings, missing, len(looked_at), forgotten)


def _loose(span: Span) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(_LOOSE, span)
        return list(cursor.fetchall())


def _end_before(sequence: int) -> tuple[int, str]:
    """Give place and hash of the last event before a place."""
    before = Event.objects.filter(sequence__lt=sequence, sequence__gt=0).order_by("-sequence")
    return before.values_list("sequence", "hash").first() or (0, "")


def _follows(last: tuple[int, str], before: tuple[int, str]) -> Iterator[str]:
    """Say what does not fit between an event and the place and hash that it says it follows."""
    if last[0] != before[0]:
        yield f"Events {last[0] + 1} to {before[0]} are missing."
    if last[1] != before[1]:
        yield f"Event {before[0] + 1} does not follow the one before it."


def _changed(event: StoredEvent) -> str:
    return f"Event {event.sequence} was changed."


_PLACES = _Numbers((Event, "sequence"))


class _Walk:
    """How far the walk along the chain has come."""

    def __init__(self, counter: _Counter) -> None:
        self.number, self.missing = 0, 0
        self.counter, self.forgotten = counter, _Forgotten()

    def on(self, walk: Callable[[Span], Stretch], each: Map) -> Iterator[str]:
        """Walk on to the present end, and say what does not fit on the way."""
        last = _PLACES.last(self.number)
        for stretch in each(walk, _PLACES.spans(self.number, last)):
            yield from stretch.findings
            self.missing += stretch.missing
            self.counter.add(stretch.seen)
            for event in stretch.forgotten:
                self.forgotten.add(*event)
        self.number = last

    def ends(self, head: Head | None) -> Iterator[str]:
        """Say what does not fit at the end, which is held."""
        if head and (head.sequence, head.hash) != _end_before(self.number + 1):
            yield f"The chain ends at {self.number}, but it did end at {head.sequence} once."
        if Event.objects.count() != self.number - self.missing:
            yield "There are events beside the chain: some have the place of another one."


# --- The entries -----------------------------------------------------------------------------


class Inspected(NamedTuple):
    """What was seen of a part of the entries."""

    findings: list[str]
    # How many entries, and events of theirs.
    seen: int
    # Snapshots that are not there.
    missing: list["Missing"]
    # Entries whose state does not fit, and may just be changing.
    moving: list[int]


class Missing(NamedTuple):
    """A snapshot that is not there: its entry, the event that brought it in, and what that says."""

    entry: int
    number: int
    said: dict[str, Any]


_KEYS = "id > %s AND id <= %s ORDER BY id LIMIT %s"
_BELONGING = "entry_id > %s AND entry_id <= %s"


def inspect(span: Span) -> Inspected:
    """Look at a part of the entries, each with all that belongs to it."""
    inspected = Inspected([], 0, [], [])
    after, seen = span.after, 0
    while rows := stored.entries(_KEYS, (after, span.until, CHUNK)):
        seen += _inspect(rows, Span(after, rows[-1][0]), inspected)
        after = rows[-1][0]
    seen += _inspect([], Span(after, span.until), inspected)
    return inspected._replace(seen=seen)


def _inspect(rows: list[Any], span: Span, inspected: Inspected) -> int:
    """Look at some entries, and tell how many they and their events are."""
    watched, since = watched_slugs(), (timezone.now() - LATELY).isoformat(timespec="microseconds")
    belonging = _Belonging(span)
    for row in rows:
        look = belonging.take(row)
        inspected.findings.extend(look.strange())
        inspected.missing.extend(look.missing())
        if not _agrees(look, watched):
            if look.statuses and look.statuses[0].updated_at > since:
                inspected.moving.append(look.entry.pk)
            else:
                inspected.findings.append(_disagreement(look.entry.pk))
    inspected.findings.extend(belonging.left())
    return len(rows) + len(belonging.events)


class _Belonging:
    """What belongs to some entries; what belongs to none is left of one that is gone.

    Read in this order, whatever a snapshot or a line of the list of states belongs to is seen too.
    """

    def __init__(self, span: Span) -> None:
        snapshots = _by_entry(stored.snapshots(_BELONGING, span))
        self.events = list(stored.events(f"{_BELONGING} ORDER BY sequence", span))
        subjects = _by_entry(stored.subjects(_BELONGING, span))
        statuses = _by_entry(stored.statuses(_BELONGING, span))
        self.parts = snapshots, _by_entry(self.events), subjects, statuses

    def take(self, row: Any) -> "_Look":
        """Put an entry together with what belongs to it."""
        snapshots, events, subjects, statuses = (part.pop(row[0], []) for part in self.parts)
        entry = stored.entry(row, [(role, contact) for _entry, role, contact in subjects])
        return _Look(entry, snapshots, events, statuses)

    def left(self) -> Iterator[str]:
        """Say what was changed, and what nobody took."""
        yield from (_changed(event) for event in self.events if not event.is_unchanged)
        for gone in sorted({pk for part in self.parts for pk in part}):
            yield f"Entry {gone} is gone, and something of it is left."


class _Look(NamedTuple):
    """One entry, and all that belongs to it."""

    entry: StoredEntry
    snapshots: list[StoredSnapshot]
    events: list[StoredEvent]
    statuses: list[StoredStatus]

    def strange(self) -> Iterator[str]:
        """Say what did not come in like this through the chain."""
        entry = self.entry
        said = [
            _value(each.detail, "entry") for each in self.events if each.kind == EntryState.INTENDED
        ]
        if not said:
            yield f"Entry {entry.pk} ({entry.submission_key}) did not come in through the chain."
        elif said[0] != entry.digest:
            yield f"Entry {entry.pk} ({entry.submission_key}) or its contacts were changed."
        if self.snapshots:
            seals = {each["seal"] for event in self.events for each in _brought_in(event)}
            for strange in (each for each in self.snapshots if each.seal not in seals):
                yield _strange(strange)

    def missing(self) -> Iterator[Missing]:
        """Give what came in through the chain and is not there like that.

        Which one it is that no key opens cannot be told, and that it is there has been said.
        """
        there = {each.seal for each in self.snapshots}
        if stored.UNREADABLE in there:
            return
        for event in self.events:
            for each in _brought_in(event):
                if each["seal"] not in there:
                    yield Missing(self.entry.pk, event.sequence, each)


def _strange(snapshot: StoredSnapshot) -> str:
    if snapshot.seal == stored.UNREADABLE:
        return f"Snapshot {snapshot.pk} was changed, or its key is not set any more."
    return f"Snapshot {snapshot.pk} was changed, or did not come in through the chain."


_ENTRIES = _Numbers(
    *[(Entry, "pk"), (Event, "entry_id"), (Subject, "entry_id")],
    *[(EntryStatus, "entry_id"), (Snapshot, "entry_id")],
)
# The console gives no such keys; somebody else may have.
_LEAST = -(2**63)


class _Inspection:
    """How far the inspection of entries has come, and what has to be looked at once more."""

    def __init__(self, counter: _Counter, forgotten: "_Forgotten") -> None:
        self.number, self.counter, self.forgotten = _LEAST, counter, forgotten
        self.missing: list[Missing] = []
        self.moving: list[int] = []

    def on(self, each: Map) -> Iterator[str]:
        """Go on to the last entry, and say what does not fit on the way."""
        last = _ENTRIES.last(self.number)
        for inspected in each(inspect, _ENTRIES.spans(self.number, last)):
            yield from inspected.findings
            self.moving += inspected.moving
            self.missing += self._unaccounted(inspected.missing)
            self.counter.add(inspected.seen)
        self.number = last

    def ends(self) -> Iterator[str]:
        """Look once more, now that nothing changes, at what may have been changing."""
        for entry, number, each in self._unaccounted(self.missing):
            there = stored.snapshots("entry_id = %s", [entry])
            if each["seal"] not in {snapshot.seal for snapshot in there}:
                yield f"A snapshot that event {number} brought in was changed or removed."
        yield from self._disagreeing()

    def _unaccounted(self, missing: Iterable[Missing]) -> list[Missing]:
        accounts_for = self.forgotten.accounts_for
        return [one for one in missing if not accounts_for(one.number, one.said)]

    def _disagreeing(self) -> Iterator[str]:
        """Look once more at states that seemed to be changing."""
        watched = watched_slugs()
        for pk in self.moving:
            (row,) = stored.entries("id = %s", [pk])
            if not _agrees(_Belonging(Span(pk - 1, pk)).take(row), watched):
                yield _disagreement(pk)


def _disagreement(pk: int) -> str:
    return (
        f"The list of states does not say of entry {pk} what its events say. "
        "`manage.py ledger_rebuild` makes it anew."
    )


def _agrees(look: _Look, watched: Collection[str]) -> bool:
    """Tell whether the list of states says what follows from the events."""
    if len(look.statuses) != 1:
        return False
    kinds = tuple([event.kind for event in look.events])
    known = known_after(kinds, is_watched=look.entry.action in watched)
    (status,) = look.statuses
    whole = _value(look.events[0].detail, "part_of") if look.events else None
    return (
        status.known == tuple(known.values())
        and status.copied == look.entry.copied
        and status.part_of == (whole or "")
    )


class _Forgotten:
    """What the ledger tells of snapshots that were removed."""

    def __init__(self) -> None:
        self.seals: set[str] = set()
        self.number, self.before = 0, datetime.min.replace(tzinfo=UTC)

    def add(self, number: int, detail: Any) -> None:
        """Take in what event `number` tells."""
        seals = _value(detail, "seals")
        self.seals.update(each for each in _listed(seals) if isinstance(each, str))
        if before := _as_datetime(_value(detail, "taken_before")):
            self.number = max(self.number, number)
            self.before = max(self.before, before)

    def accounts_for(self, number: int, snapshot: Mapping[str, Any]) -> bool:
        """Tell whether a snapshot that event `number` brought in may be gone."""
        taken_at = _as_datetime(snapshot.get("taken_at"))
        is_old = number < self.number and taken_at is not None and taken_at < self.before
        return is_old or snapshot["seal"] in self.seals


# --- What events say -------------------------------------------------------------------------


def _brought_in(event: StoredEvent) -> list[dict[str, Any]]:
    """Give what an event says of the snapshots that came with it."""
    said = _listed(_value(event.detail, "snapshots"))
    return [each for each in said if isinstance(_value(each, "seal"), str)] if said else []


def _value(detail: Any, name: str) -> Any:
    return detail.get(name) if isinstance(detail, dict) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _as_datetime(text: Any) -> datetime | None:
    """Read a moment that the ledger wrote; None where somebody else did."""
    try:
        moment = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def _by_entry(rows: Iterable[Any]) -> dict[int, list[Any]]:
    """Part rows by the entry that they belong to, their first value."""
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found

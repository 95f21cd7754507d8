"""Proves that nothing in the ledger was changed, inserted or removed.

Three things are gone through, each a chunk at a time, so that a ledger of any length fits into
memory: the chain of events from its first to its last; the entries, each with its contacts, its
snapshots and its line in the list of states; and what the database refuses. Snapshots may be
removed, and only they: each that an event brought in is still there as it was, or a later event
tells why it is not.

Rows are read as the database holds them, JSON and moments as texts: making objects of a million
entries takes several times as long as hashing them.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from json.scanner import make_scanner
from typing import Any, NamedTuple, Protocol

from django.db.models import Max, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from piggyadmin.actions.registry import watched_slugs
from piggyadmin.ledger import triggers
from piggyadmin.ledger.hash_chain import (
    CHUNK,
    HEAD,
    entry_content,
    event_content,
    snapshot_content,
    status_values,
    steady_digest,
    turn,
)
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

# Told how many rows of how many have been looked at.
Report = Callable[[int, int], None]
# So many places of the chain, or keys of entries, are gone through by one process at a time.
SPAN = 20_000
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
    walk, inspection = _Walk(counter), _Inspection(counter)
    yield from walk.on(each)
    yield from inspection.on(each)
    is_known = Head.objects.filter(pk=HEAD).exists()
    if walk.number and not is_known:
        yield "The end of the chain is not known: its row is gone, and nothing can be added."
    # What came in meanwhile is few, and nothing more comes in while the end is held.
    with turn() if is_known else nullcontext() as head:
        yield from walk.on(map)
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


def _spans(after: int, until: int | None) -> Iterator[Span]:
    for begin in range(after, until or 0, SPAN):
        yield Span(begin, min(begin + SPAN, until or 0))


# --- The chain -------------------------------------------------------------------------------


class Stretch(NamedTuple):
    """What was seen of a part of the chain."""

    findings: list[str]
    seen: int
    # Its two ends: the place and hash that it follows, and its own last ones.
    follows: tuple[int, str]
    ends: tuple[int, str]


def walk_along(span: Span) -> Stretch:
    """Walk along a part of the chain."""
    findings: list[str] = []
    seen, follows, last = 0, (span.after, ""), (span.after, "")
    query = Event.objects.order_by("sequence").filter(sequence__lte=span.until)
    while events := _events(query.filter(sequence__gt=last[0])[:CHUNK]):
        if not seen:
            follows = last = events[0].sequence - 1, events[0].previous_hash
        for event in events:
            findings += _step(last, event)
            last = event.sequence, event.hash
        seen += len(events)
    return Stretch(findings, seen, follows, last)


def _step(last: tuple[int, str], event: "_EventRow") -> Iterator[str]:
    yield from _follows(last, (event.sequence - 1, event.previous_hash))
    if event.hash != steady_digest(event_content(event)):
        yield f"Event {event.sequence} was changed."


def _follows(last: tuple[int, str], before: tuple[int, str]) -> Iterator[str]:
    """Say what does not fit between an event and the place and hash that it says it follows."""
    if last[0] != before[0]:
        yield f"Events {last[0] + 1} to {before[0]} are missing."
    if last[1] != before[1]:
        yield f"Event {before[0] + 1} does not follow the one before it."


class _Walk:
    """How far the walk along the chain has come."""

    def __init__(self, counter: _Counter) -> None:
        self.number, self.hash, self.seen = 0, "", 0
        self.counter = counter

    def on(self, each: Map) -> Iterator[str]:
        """Walk on to the present end, and say what does not fit on the way."""
        last = Event.objects.aggregate(last=Max("sequence"))["last"]
        for stretch in each(walk_along, _spans(self.number, last)):
            if not stretch.seen:
                continue
            yield from _follows((self.number, self.hash), stretch.follows)
            yield from stretch.findings
            self.number, self.hash = stretch.ends
            self.seen += stretch.seen
            self.counter.add(stretch.seen)

    def ends(self, head: Head | None) -> Iterator[str]:
        """Say what does not fit at the end, which is held."""
        if head and (head.sequence, head.hash) != (self.number, self.hash):
            yield f"The chain ends at {self.number}, but it did end at {head.sequence} once."
        if Event.objects.count() != self.seen:
            yield "There are events beside the chain: some have the place of another one."


# --- The entries -----------------------------------------------------------------------------


class Inspected(NamedTuple):
    """What was seen of a part of the entries."""

    findings: list[str]
    seen: int
    # Snapshots that are not there: entry, number of the event that brought them in, what it said.
    missing: list[tuple[int, int, dict[str, Any]]]
    # Entries whose state does not fit, and may just be changing.
    moving: list[int]


def inspect(span: Span) -> Inspected:
    """Look at a part of the entries, each with all that belongs to it."""
    inspected = Inspected([], 0, [], [])
    after, seen = span.after, 0
    query = Entry.objects.order_by("pk").filter(pk__lte=span.until)
    watched, since = watched_slugs(), timezone.now() - LATELY
    while entries := _entries(query.filter(pk__gt=after)[:CHUNK]):
        for look in _looks(entries, Span(after, entries[-1].pk), inspected.findings):
            look.tell(inspected, watched, since)
        after, seen = entries[-1].pk, seen + len(entries)
    _looks([], Span(after, span.until), inspected.findings)
    return inspected._replace(seen=seen)


def _looks(entries: list["_EntryRow"], span: Span, findings: list[str]) -> list["_Look"]:
    """Put together what belongs to some entries; what belongs to none is left of one that is gone.

    Read in this order, whatever a snapshot or a line of the list of states belongs to is seen too.
    """
    belonging = {"entry_id__gt": span.after, "entry_id__lte": span.until}
    parts: tuple[dict[int, list[Any]], ...] = (
        _by_entry(_snapshots(Snapshot.objects.filter(**belonging))),
        _by_entry(_told(Event.objects.filter(**belonging).order_by("sequence"))),
        _by_entry(_subjects(Subject.objects.filter(**belonging))),
        _by_entry(_statuses(EntryStatus.objects.filter(**belonging))),
    )
    looks = [_Look(entry, *(part.pop(entry.pk, []) for part in parts)) for entry in entries]
    for gone in sorted({pk for part in parts for pk in part}):
        findings.append(f"Entry {gone} is gone, and something of it is left.")  # noqa: PERF401
    return looks


class _Look(NamedTuple):
    """One entry, and all that belongs to it."""

    entry: "_EntryRow"
    snapshots: list["_SnapshotRow"]
    events: list["_ToldRow"]
    subjects: list["_SubjectRow"]
    statuses: list["_StatusRow"]

    def tell(self, inspected: Inspected, watched: Collection[str], since: datetime) -> None:
        """Add what does not fit."""
        inspected.findings.extend(self._entry())
        inspected.findings.extend(self._snapshots(inspected))
        if not _agrees(self.entry, self.events, self.statuses, watched):
            if self.statuses and self.statuses[0].updated_at > since:
                inspected.moving.append(self.entry.pk)
            else:
                inspected.findings.append(_disagreement(self.entry.pk))

    def _entry(self) -> Iterator[str]:
        entry = self.entry
        entered = next((event for event in self.events if event.kind == EntryState.INTENDED), None)
        content = entry_content(entry, [(each.role, each.contact_uuid) for each in self.subjects])
        if not entered:
            yield f"Entry {entry.pk} ({entry.submission_key}) did not come in through the chain."
        elif _value(_decode(entered.detail), "entry") != steady_digest(content):
            yield f"Entry {entry.pk} ({entry.submission_key}) or its contacts were changed."

    def _snapshots(self, inspected: Inspected) -> Iterator[str]:
        there = {steady_digest(snapshot_content(each)): each for each in self.snapshots}
        for event in self.events:
            for each in _brought_in(event):
                if not there.pop(each["seal"], None):
                    inspected.missing.append((self.entry.pk, event.sequence, each))
        for strange in there.values():
            yield f"Snapshot {strange.pk} was changed, or did not come in through the chain."


class _Inspection:
    """How far the inspection of entries has come, and what has to be looked at once more."""

    def __init__(self, counter: _Counter) -> None:
        self.number, self.counter = 0, counter
        self.missing: list[tuple[int, int, dict[str, Any]]] = []
        self.moving: list[int] = []

    def on(self, each: Map) -> Iterator[str]:
        """Go on to the last entry, and say what does not fit on the way."""
        last = Entry.objects.aggregate(last=Max("pk"))["last"] or 0
        forgotten = _Forgotten()
        for inspected in each(inspect, _spans(self.number, last)):
            yield from inspected.findings
            self.moving += inspected.moving
            self.missing += (one for one in inspected.missing if not forgotten.accounts_for(*one))
            self.counter.add(inspected.seen)
        self.number = max(self.number, last)

    def ends(self) -> Iterator[str]:
        """Say what is left, now that nothing changes any more."""
        findings: list[str] = []
        for model in (Snapshot, Event, Subject, EntryStatus):
            later = model.objects.filter(entry_id__gt=self.number).order_by("entry_id")
            if gone := later.values_list("entry_id", flat=True).first():
                findings.append(f"Entry {gone} is gone, and something of it is left.")
        yield from sorted(set(findings))
        yield from self._unaccounted()
        yield from self._disagreeing()

    def _unaccounted(self) -> Iterator[str]:
        """Say which snapshots are gone, or not as they were, and nothing tells why."""
        # Some may have come or been forgotten since they were looked for.
        forgotten = _Forgotten()
        for entry, number, each in self.missing:
            if forgotten.accounts_for(entry, number, each):
                continue
            there = _snapshots(Snapshot.objects.filter(entry_id=entry))
            if each["seal"] not in {steady_digest(snapshot_content(row)) for row in there}:
                yield f"A snapshot that event {number} brought in was changed or removed."

    def _disagreeing(self) -> Iterator[str]:
        """Look once more at states that seemed to be changing."""
        watched = watched_slugs()
        for pk in self.moving:
            (entry,) = _entries(Entry.objects.filter(pk=pk))
            (look,) = _looks([entry], Span(pk - 1, pk), [])
            if not _agrees(look.entry, look.events, look.statuses, watched):
                yield _disagreement(pk)


def _disagreement(pk: int) -> str:
    return (
        f"The list of states does not say of entry {pk} what its events say. "
        "`manage.py ledger_rebuild` makes it anew."
    )


def _agrees(
    entry: "_EntryRow",
    events: list["_ToldRow"],
    statuses: list["_StatusRow"],
    watched: Collection[str],
) -> bool:
    """Tell whether the list of states says what follows from the events."""
    if len(statuses) != 1:
        return False
    kinds = (event.kind for event in events)
    values = status_values(entry, kinds, is_watched=entry.action in watched)
    return all(getattr(statuses[0], name) == value for name, value in values.items())


class _Forgotten:
    """What the ledger tells of snapshots that were removed."""

    def __init__(self) -> None:
        self.seals: set[str] = set()
        self.number, self.before = 0, datetime.min.replace(tzinfo=UTC)
        for event in _events(Event.objects.filter(kind=FORGOTTEN).order_by("sequence")):
            self.seals.update(_value(event.detail, "seals") or ())
            if before := _as_datetime(_value(event.detail, "taken_before")):
                self.number = event.sequence
                self.before = max(self.before, before)

    def accounts_for(self, _entry: int, number: int, snapshot: Mapping[str, Any]) -> bool:
        """Tell whether a snapshot that event `number` brought in may be gone."""
        taken_at = _as_datetime(snapshot.get("taken_at"))
        is_old = number < self.number and taken_at is not None and taken_at < self.before
        return is_old or snapshot["seal"] in self.seals


def _as_datetime(text: Any) -> datetime | None:
    """Read a moment that the ledger wrote; None where somebody else did."""
    try:
        return parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _brought_in(event: "_ToldRow") -> list[dict[str, Any]]:
    """Give what an event says of the snapshots that came with it."""
    said = _value(_decode(event.detail), "snapshots") if '"snapshots"' in event.detail else None
    return [each for each in said if "seal" in each] if isinstance(said, list) else []


# --- Rows as they are hashed -----------------------------------------------------------------


class _EventRow(NamedTuple):
    sequence: int
    previous_hash: str
    hash: str
    # None where the event tells of a person instead of an entry.
    entry_id: int | None
    at: str
    kind: str
    detail: Any


class _ToldRow(NamedTuple):
    """An event as its entry is looked at: what it says is text, as most of it does not matter."""

    entry_id: int
    sequence: int
    kind: str
    detail: str


class _EntryRow(NamedTuple):
    pk: int
    created_at: str
    person_id: int
    person_name: str
    action: str
    entity: str
    deduplication_key: str
    reason: str
    comment: str
    repeat_of: str
    data: Any
    preview: Any
    trace_id: str
    submission_key: str


class _SubjectRow(NamedTuple):
    entry_id: int
    role: str
    contact_uuid: str


class _SnapshotRow(NamedTuple):
    pk: int
    entry_id: int
    salt: str
    contact_uuid: str
    moment: str
    place: str
    taken_at: str
    data: Any


class _StatusRow(NamedTuple):
    entry_id: int
    state: str
    is_followed: bool
    is_flagged: bool
    asked_at: str
    person_id: int
    action: str
    entity: str
    reason: str
    updated_at: datetime


def _as_text(name: str) -> Cast:
    return Cast(name, TextField())


def _events(query: "QuerySet[Event]") -> list[_EventRow]:
    rows = query.values_list(
        "sequence", "previous_hash", "hash", "entry_id", _as_text("at"), "kind", _as_text("detail")
    )
    return [
        _EventRow(sequence, previous, own, entry, _moment(at), kind, _decode(detail))
        for sequence, previous, own, entry, at, kind, detail in rows
    ]


def _told(query: "QuerySet[Event]") -> list[_ToldRow]:
    rows = query.values_list("entry_id", "sequence", "kind", _as_text("detail"))
    return [_ToldRow._make(row) for row in rows]


def _entries(query: "QuerySet[Entry]") -> list[_EntryRow]:
    """Read entries; the order of the columns is that of the row."""
    texts = ("created_at", "repeat_of", "data", "preview", "submission_key")
    names = [_as_text(name) if name in texts else name for name in _EntryRow._fields]
    return [
        _EntryRow._make(
            (
                pk,
                _moment(at),
                *rest,
                _uuid(repeat_of),
                *map(_decode, documents),
                trace_id,
                _uuid(key),
            )
        )
        for pk, at, *rest, repeat_of, data, preview, trace_id, key in query.values_list(*names)
        for documents in [(data, preview)]
    ]


def _subjects(query: "QuerySet[Subject]") -> list[_SubjectRow]:
    return [_SubjectRow._make(row) for row in query.values_list(*_SubjectRow._fields)]


def _snapshots(query: "QuerySet[Snapshot]") -> list[_SnapshotRow]:
    texts = ("taken_at", "data")
    names = [_as_text(name) if name in texts else name for name in _SnapshotRow._fields]
    rows = (_SnapshotRow._make(row) for row in query.values_list(*names))
    return [row._replace(taken_at=_moment(row.taken_at), data=_decode(row.data)) for row in rows]


def _statuses(query: "QuerySet[EntryStatus]") -> list[_StatusRow]:
    names = [_as_text(name) if name == "asked_at" else name for name in _StatusRow._fields]
    rows = (_StatusRow._make(row) for row in query.values_list(*names))
    return [row._replace(asked_at=_moment(row.asked_at)) for row in rows]


def _by_entry(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.entry_id].append(row)
    return dict(found)


def _moment(text: str) -> str:
    """Write a moment, as either database casts it to text, as it is hashed."""
    day, _space, time = text.removesuffix("+00").partition(" ")
    seconds, _point, fraction = time.partition(".")
    return f"{day}T{seconds}.{fraction:0<6}+00:00"


def _uuid(text: str | None) -> str:
    """Write a UUID, as either database casts it to text, as it is hashed."""
    if text is None or "-" in text:
        return text or ""
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _number(text: str) -> float | int:
    """Write alike what databases do not keep apart."""
    value = float(text)
    return int(value) if value.is_integer() else value


# The decoder without what it skips around a document: several times as fast for short ones.
_scan = make_scanner(json.JSONDecoder(parse_float=_number))  # type: ignore[arg-type]


def _decode(text: str | None) -> Any:
    """Read JSON; what is none was written by somebody else, and is found to be changed."""
    if text is None or text == "{}":
        return {} if text else None
    try:
        value, end = _scan(text, 0)
    except (ValueError, StopIteration):
        return text
    return value if end == len(text) else text


def _value(detail: Any, name: str) -> Any:
    return detail.get(name) if isinstance(detail, dict) else None

"""Proves that nothing in the ledger was changed, inserted or removed.

The chain is walked from its first event to its last. Snapshots may be removed, and only they: each
that an event brought in is still there as it was, or a later event tells why it is not.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.dateparse import parse_datetime

from piggyadmin.actions.chain import CHUNK, HEAD, entry_digest, event_digest, seal_of, turn
from piggyadmin.actions.models import FORGOTTEN, Entry, Event, Head, Snapshot, State

# The database refuses changes of these tables by triggers, named after what they refuse.
GUARDED = ("actions_entry", "actions_event", "actions_subject")
REFUSED = {"sqlite": ("update", "delete"), "postgresql": ("update", "delete", "truncate")}
TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'",
}


def verify() -> Iterator[str]:
    """Say, in words for an admin, everything that does not fit."""
    yield from missing_guards()
    if Event.objects.exists() and not Head.objects.filter(pk=HEAD).exists():
        yield "The end of the chain is not known: its row is gone."
    walk = _Walk()
    yield from walk.on()
    # What came in meanwhile is few, and nothing more comes in while the end is held.
    with turn() as head:
        yield from walk.on()
        if (head.sequence, head.hash) != (walk.number, walk.hash):
            yield f"The chain ends at {walk.number}, but it did end at {head.sequence} once."
    yield from walk.unaccounted()
    yield from _strange_entries()
    yield from _strange_snapshots()


def missing_guards() -> Iterator[str]:
    """Name the triggers that should be there and are not."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS[connection.vendor])
        there = {row[0] for row in cursor.fetchall()}
    for name in sorted(guards() - there):
        yield f"The trigger {name} is missing: the database would allow a change."


def guards() -> set[str]:
    """Name the triggers that this database has to have."""
    return {f"{table}_no_{verb}" for table in GUARDED for verb in REFUSED[connection.vendor]}


class _Walk:
    """How far the walk along the chain has come, and which snapshots were not there."""

    def __init__(self) -> None:
        self.number = 0
        self.hash = ""
        self.forgotten = _Forgotten()
        self.missing: list[tuple[int, Mapping[str, Any]]] = []

    def on(self) -> Iterator[str]:
        """Walk on to the present end, and say what does not fit on the way."""
        query = Event.objects.select_related("entry").order_by("sequence")
        query = query.prefetch_related("entry__subjects", "entry__snapshots")
        while events := list(query.filter(sequence__gt=self.number)[:CHUNK]):
            for event in events:
                yield from self._step(event)

    def _step(self, event: Event) -> Iterator[str]:
        if event.sequence != self.number + 1:
            yield f"Events {self.number + 1} to {event.sequence - 1} are missing."
        if event.previous_hash != self.hash:
            yield f"Event {event.sequence} does not follow the one before it."
        if event.hash != event_digest(event):
            yield f"Event {event.sequence} was changed."
        if event.kind == State.INTENDED:
            yield from _check_entry(event)
        self._look_for_snapshots(event)
        self.number, self.hash = event.sequence, event.hash

    def _look_for_snapshots(self, event: Event) -> None:
        brought_in = event.detail.get("snapshots")
        if not brought_in:
            return
        there = {seal_of(each) for each in event.entry.snapshots.all()} if event.entry else set()
        self.missing += (
            (event.sequence, each)
            for each in brought_in
            if each["seal"] not in there and not self.forgotten.accounts_for(event.sequence, each)
        )

    def unaccounted(self) -> Iterator[str]:
        """Say which snapshots are gone, or not as they were, and nothing tells why."""
        # Some may have been forgotten since the walk began.
        forgotten = _Forgotten()
        for number, each in self.missing:
            if not forgotten.accounts_for(number, each):
                yield f"A snapshot that event {number} brought in was changed or removed."


class _Forgotten:
    """What the ledger tells of snapshots that were removed."""

    def __init__(self) -> None:
        self.seals: set[str] = set()
        self.number, self.before = 0, datetime.min.replace(tzinfo=UTC)
        events = Event.objects.filter(kind=FORGOTTEN).order_by("sequence")
        for number, detail in events.values_list("sequence", "detail"):
            self.seals.update(detail.get("seals", ()))
            if "taken_before" in detail:
                self.number = number
                self.before = max(self.before, _moment(detail["taken_before"]))

    def accounts_for(self, number: int, snapshot: Mapping[str, Any]) -> bool:
        """Tell whether a snapshot that event `number` brought in may be gone."""
        is_old = number < self.number and _moment(snapshot["taken_at"]) < self.before
        return is_old or snapshot["seal"] in self.seals


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    assert moment, text  # noqa: S101  (the ledger wrote it itself)
    return moment


def _check_entry(event: Event) -> Iterator[str]:
    entry = event.entry
    if entry is None:
        yield f"Event {event.sequence} is of an entry that it does not name."
        return
    subjects = [(subject.role, subject.contact_uuid) for subject in entry.subjects.all()]
    if event.detail.get("entry") != entry_digest(entry, subjects):
        yield f"Entry {entry.pk} ({entry.submission_key}) or its contacts were changed."


def _strange_entries() -> Iterator[str]:
    entered = Event.objects.filter(entry=OuterRef("pk"), kind=State.INTENDED)
    for entry in Entry.objects.filter(~Exists(entered)):
        yield f"Entry {entry.pk} ({entry.submission_key}) did not come in through the chain."


def _strange_snapshots() -> Iterator[str]:
    query = Snapshot.objects.order_by("pk").prefetch_related("entry__events")
    after = 0
    while snapshots := list(query.filter(pk__gt=after)[:CHUNK]):
        for snapshot in snapshots:
            if seal_of(snapshot) not in _seals_of(snapshot.entry):
                yield f"Snapshot {snapshot.pk} was changed, or did not come in through the chain."
        after = snapshots[-1].pk


def _seals_of(entry: Entry) -> set[str]:
    events = entry.events.all()
    return {each["seal"] for event in events for each in event.detail.get("snapshots", ())}

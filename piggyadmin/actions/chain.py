"""The chain that makes the ledger provable: every event carries the hash of the one before.

The first event of an entry, `intended`, hashes the whole entry and the contacts it is about. Events
are appended one at a time: whoever appends holds the `Head` row until the commit, on SQLite the
whole database. `verify` walks the chain and tells what does not fit.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from piggyadmin.actions.models import (
    ACKNOWLEDGED,
    FLAGGED,
    RESUMED,
    VERIFIED,
    Entry,
    Event,
    Head,
    LedgerEncoder,
    Standing,
    State,
    state_after,
)

HEAD = 1
# How many events are read at once when all are.
CHUNK = 2000
# The database refuses changes of these tables by triggers of these names.
GUARDED = ("actions_entry", "actions_event", "actions_subject")
GUARDS = frozenset(f"{table}_no_{verb}" for table in GUARDED for verb in ("update", "delete"))


def plain(value: Any) -> Any:
    """Give a value as both databases give it back: as JSON, and without null characters."""
    text = json.dumps(value, cls=LedgerEncoder).replace("\\u0000", "\\ufffd")
    return json.loads(text, parse_constant=str)


def digest(value: Any) -> str:
    """Hash a value that JSON can hold; the same on both databases."""
    text = json.dumps(_steady(value), sort_keys=True, separators=(",", ":"), cls=LedgerEncoder)
    return hashlib.sha256(text.encode()).hexdigest()


def _steady(value: Any) -> Any:
    """Write alike what databases do not keep apart: 1e3 and 1000, a moment in any zone."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, dict):
        return {key: _steady(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_steady(inner) for inner in value]
    return value


def entry_digest(entry: Any, subjects: Iterable[tuple[str, str]]) -> str:
    """Hash a whole entry with the contacts it is about."""
    return digest(
        {
            "id": entry.pk,
            "created_at": entry.created_at,
            "person": entry.person_id,
            "person_name": entry.person_name,
            "action": entry.action,
            "entity": entry.entity,
            "likeness": entry.likeness,
            "reason": entry.reason,
            "comment": entry.comment,
            "repeat_of": str(entry.repeat_of or ""),
            "data": entry.data,
            "preview": entry.preview,
            "trace_id": entry.trace_id,
            "submission_key": str(entry.submission_key),
            "subjects": sorted(subjects),
        }
    )


def event_digest(event: Any) -> str:
    """Hash an event with its place in the chain."""
    return digest(
        {
            "sequence": event.sequence,
            "previous": event.previous_hash,
            "entry": event.entry_id,
            "at": event.at,
            "kind": event.kind,
            "detail": event.detail,
        }
    )


# --- Appending -------------------------------------------------------------------------------


@contextmanager
def turn() -> Iterator[Head]:
    """Hold the end of the chain: what is read and appended inside happens one at a time."""
    with transaction.atomic():
        yield _hold() or _find_head()


# Every write holds the end of the chain three times, so these two go to the database directly.
_HOLD = "UPDATE actions_head SET sequence = sequence WHERE id = %s RETURNING id, sequence, hash"
_MOVE = "UPDATE actions_head SET sequence = %s, hash = %s WHERE id = %s"


def _hold() -> Head | None:
    """Lock the end of the chain and read it, in one step on either database."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [HEAD])
        row = cursor.fetchone()
    return Head(*row) if row else None


def _find_head() -> Head:
    """Make the row of the end of the chain, where it is missing, and lock it."""
    last = Event.objects.order_by("-sequence").first()
    values = {"sequence": last.sequence, "hash": last.hash} if last else {}
    Head.objects.get_or_create(pk=HEAD, defaults=values)
    return Head.objects.select_for_update().get(pk=HEAD)


def add(head: Head, entry: Entry, kind: str, detail: dict[str, Any]) -> Event:
    """Append an event inside a `turn`."""
    event = Event(
        entry=entry,
        sequence=head.sequence + 1,
        previous_hash=head.hash,
        at=timezone.now(),
        kind=kind,
        detail=plain(detail),
        hash="",
    )
    event.hash = event_digest(event)
    event.save(force_insert=True)
    head.sequence, head.hash = event.sequence, event.hash
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, [event.sequence, event.hash, HEAD])
    return event


def summary(entry: Any, subjects: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Give the detail of the `intended` event of an entry."""
    return {"entry": entry_digest(entry, subjects)}


# --- The projection --------------------------------------------------------------------------


def standing_values(entry: Any, kinds: Iterable[str], *, is_watched: bool) -> dict[str, Any]:
    """Give what the projection says of an entry whose events are of these kinds."""
    kinds = list(kinds)
    state = state_after(kinds)
    ends = [kind for kind in kinds if kind in {VERIFIED, FLAGGED, RESUMED}]
    is_ended = bool(ends) and ends[-1] != RESUMED
    flags = [kind for kind in kinds if kind in {FLAGGED, ACKNOWLEDGED, RESUMED}]
    return {
        "state": state,
        "is_followed": is_watched and state in {State.DONE, State.SETTLED_DONE} and not is_ended,
        "is_flagged": flags[-1:] == [FLAGGED],
        "asked_at": entry.created_at,
        "person_id": entry.person_id,
        "action": entry.action,
        "entity": entry.entity,
        "reason": entry.reason,
    }


def rebuild(watched: set[str]) -> int:
    """Make the projection anew from entries and events; `watched` are slugs of such actions."""
    with turn():
        Standing.objects.all().delete()
        number, after = 0, 0
        while entries := list(_entries_after(after)):
            Standing.objects.bulk_create([_standing(entry, watched) for entry in entries])
            number, after = number + len(entries), entries[-1].pk
    return number


def _entries_after(pk: int) -> QuerySet[Entry]:
    return Entry.objects.filter(pk__gt=pk).order_by("pk").prefetch_related("events")[:CHUNK]


def _standing(entry: Entry, watched: set[str]) -> Standing:
    events = list(entry.events.all())
    values = standing_values(
        entry, (event.kind for event in events), is_watched=entry.action in watched
    )
    at = events[-1].at if events else entry.created_at
    return Standing(entry=entry, updated_at=at, **values)


# --- Verifying -------------------------------------------------------------------------------


def verify() -> Iterator[str]:
    """Walk the whole chain and say, in words for an admin, everything that does not fit."""
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
    entered = Event.objects.filter(entry=OuterRef("pk"), kind=State.INTENDED)
    for entry in Entry.objects.filter(~Exists(entered)):
        yield f"Entry {entry.pk} ({entry.submission_key}) did not come in through the chain."


class _Walk:
    """How far the walk along the chain has come."""

    def __init__(self) -> None:
        self.number = 0
        self.hash = ""

    def on(self) -> Iterator[str]:
        """Walk on to the present end, and say what does not fit on the way."""
        query = Event.objects.select_related("entry").prefetch_related("entry__subjects")
        query = query.order_by("sequence")
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
        self.number, self.hash = event.sequence, event.hash


def _check_entry(event: Event) -> Iterator[str]:
    entry = event.entry
    subjects = [(subject.role, subject.contact_uuid) for subject in entry.subjects.all()]
    if event.detail.get("entry") != entry_digest(entry, subjects):
        yield f"Entry {entry.pk} ({entry.submission_key}) or its contacts were changed."


def missing_guards() -> Iterator[str]:
    """Name the triggers that should be there and are not."""
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {row[0] for row in cursor.fetchall()}
    for name in sorted(GUARDS - there):
        yield f"The trigger {name} is missing: the database would allow a change."

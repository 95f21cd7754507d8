"""The chain that makes the ledger provable: every event carries the hash of the one before.

The first event of an entry, `intended`, hashes the whole entry and the contacts it is about. Events
are appended one at a time: whoever appends holds the `Head` row until the commit, on SQLite the
whole database. `verification.py` walks the chain and tells what does not fit.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin.json_text import read_json
from piggyadmin.ledger.event_kinds import insist_on_declared
from piggyadmin.ledger.models import (
    ACKNOWLEDGED,
    FLAGGED,
    RESUMED,
    VERIFIED,
    Entry,
    EntryState,
    EntryStatus,
    Event,
    Head,
    LedgerEncoder,
    state_after,
)
from piggyadmin.ledger.sql import Rows, Statement, insert, together

HEAD = 1
# How many events are read at once when all are.
CHUNK = 2000


def plain(value: Any) -> Any:
    """Give a value as both databases give it back: as JSON, with texts that can be stored."""
    return read_json(json.dumps(value, cls=LedgerEncoder), parse_constant=str)


_write = LedgerEncoder(sort_keys=True, separators=(",", ":")).encode


def digest(value: Any) -> str:
    """Hash a value that JSON can hold; the same on both databases."""
    return steady_digest(_steady(value))


def steady_digest(value: Any) -> str:
    """Hash a value in which nothing is left that databases do not keep apart."""
    return hashlib.sha256(_write(value).encode()).hexdigest()


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


def entry_content(entry: Any, subjects: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Give what is hashed of an entry: all of it, with the contacts it is about."""
    return {
        "id": entry.pk,
        "created_at": entry.created_at,
        "person": entry.person_id,
        "person_name": entry.person_name,
        "action": entry.action,
        "entity": entry.entity,
        "likeness": entry.deduplication_key,
        "reason": entry.reason,
        "comment": entry.comment,
        "repeat_of": str(entry.repeat_of or ""),
        "data": entry.data,
        "preview": entry.preview,
        "trace_id": entry.trace_id,
        "submission_key": str(entry.submission_key),
        "subjects": sorted(subjects),
    }


def event_content(event: Any) -> dict[str, Any]:
    """Give what is hashed of an event, its place in the chain among it."""
    return {
        "sequence": event.sequence,
        "previous": event.previous_hash,
        "entry": event.entry_id,
        "at": event.at,
        "kind": event.kind,
        "detail": event.detail,
    }


def event_digest(event: Any) -> str:
    """Hash an event."""
    return digest(event_content(event))


def snapshot_content(snapshot: Any) -> dict[str, Any]:
    """Give what is hashed of a snapshot, with its salt."""
    names = ("salt", "contact_uuid", "moment", "place", "taken_at", "data")
    return {name: getattr(snapshot, name) for name in names}


def seal_of(snapshot: Any) -> str:
    """Hash a snapshot, for the event that brings it in."""
    return digest(snapshot_content(snapshot))


# --- Appending -------------------------------------------------------------------------------


class EndUnknown(Exception):  # noqa: N818  (named as a person would)
    """The row that tells where the chain ends is gone, so nothing can be added to the ledger.

    Whoever removed it could have removed the last events as well. An operator compares the end with
    one that was noted, and says `manage.py ledger_rebuild --end`.
    """


def restore_end() -> Head:
    """Take the last event that is there for the end of the chain; an operator has to ask for it."""
    last = Event.objects.latest("sequence")
    return Head.objects.get_or_create(
        pk=HEAD, defaults={"sequence": last.sequence, "hash": last.hash}
    )[0]


@contextmanager
def locked_head(
    *along: Statement, is_durable: bool = True, check: Callable[[list[Rows]], None] | None = None
) -> Iterator[Head]:
    """Hold the end of the chain: what is read and appended inside happens one at a time.

    Not durable, it is part of the transaction around it, and becomes true along with that. What is
    asked `along` costs no way of its own; `check` hears the answers, and may refuse.

    Raises:
        RuntimeError: it is inside another transaction, and so would not be committed at its end.
        EndUnknown: the row of the end is gone.
    """
    with transaction.atomic(durable=is_durable):
        head, answers = _hold(*along)
        if check:
            check(answers)
        yield head or _begin()


# Locks the end of the chain and reads it, in one step on either database.
_HOLD = Statement(
    "UPDATE actions_head SET sequence = sequence WHERE id = %s RETURNING id, sequence, hash", [HEAD]
)
_MOVE = "UPDATE actions_head SET sequence = %s, hash = %s WHERE id = %s"


def _hold(*along: Statement) -> tuple[Head | None, list[Rows]]:
    rows, *answers = together(_HOLD, *along)
    return Head(*rows[0]) if rows else None, answers


def _begin() -> Head:
    """Make the row of the end of a chain that has not begun yet, and lock it."""
    # In this order: whoever began it at this moment has committed both.
    if Event.objects.exists() and not Head.objects.filter(pk=HEAD).exists():
        raise EndUnknown
    Head.objects.get_or_create(pk=HEAD)
    return Head.objects.select_for_update().get(pk=HEAD)


def link(head: Head, entry: Entry | None, kind: str, detail: dict[str, Any]) -> Event:
    """Make the event that follows the end of the chain, which it becomes; `keep` stores both.

    Raises:
        Undeclared: nobody has said what events of this kind hold of people.
    """
    insist_on_declared(kind)
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
    head.sequence, head.hash = event.sequence, event.hash
    return event


def keep(event: Event, *along: Statement) -> list[Rows]:
    """Store an event inside its `turn`, and send along what belongs to it; gives those answers."""
    move = Statement(_MOVE, [event.sequence, event.hash, HEAD])
    *answers, _moved, inserted = together(*along, move, insert(event, returning="id"))
    ((event.pk,),) = inserted
    return answers


def summary(entry: Any, subjects: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Give the detail of the `intended` event of an entry."""
    return {"entry": digest(entry_content(entry, subjects))}


# --- The projection --------------------------------------------------------------------------


@lru_cache
def known_after(kinds: tuple[str, ...], *, is_watched: bool) -> dict[str, Any]:
    """Give what follows from events of these kinds; most entries have had the same few."""
    state = state_after(kinds)
    ends = [kind for kind in kinds if kind in {VERIFIED, FLAGGED, RESUMED}]
    is_ended = bool(ends) and ends[-1] != RESUMED
    flags = [kind for kind in kinds if kind in {FLAGGED, ACKNOWLEDGED, RESUMED}]
    return {
        "state": state,
        "is_followed": is_watched
        and state in {EntryState.DONE, EntryState.SETTLED_DONE}
        and not is_ended,
        "is_flagged": flags[-1:] == [FLAGGED],
    }


def status_values(entry: Any, kinds: Iterable[str], *, is_watched: bool) -> dict[str, Any]:
    """Give what the projection says of an entry whose events are of these kinds."""
    return known_after(tuple(kinds), is_watched=is_watched) | {
        "asked_at": entry.created_at,
        "person_id": entry.person_id,
        "action": entry.action,
        "entity": entry.entity,
        "reason": entry.reason,
    }


def rebuild(watched: set[str]) -> int:
    """Make the projection anew from entries and events; `watched` are slugs of such actions."""
    with locked_head():
        EntryStatus.objects.all().delete()
        number, after = 0, 0
        while entries := list(_entries_after(after)):
            EntryStatus.objects.bulk_create([_status(entry, watched) for entry in entries])
            number, after = number + len(entries), entries[-1].pk
    return number


def _entries_after(pk: int) -> QuerySet[Entry]:
    return Entry.objects.filter(pk__gt=pk).order_by("pk").prefetch_related("events")[:CHUNK]


def _status(entry: Entry, watched: set[str]) -> EntryStatus:
    events = list(entry.events.all())
    values = status_values(
        entry, (event.kind for event in events), is_watched=entry.action in watched
    )
    at = events[-1].at if events else entry.created_at
    part_of = events[0].detail.get("part_of") if events else None
    return EntryStatus(entry=entry, updated_at=at, part_of=part_of, **values)

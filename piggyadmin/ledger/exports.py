"""The ledger as a file: the same words as its list, of rows that never become objects.

A million lines are written, so what costs little once costs much here: rows are read as tuples,
what is the same for many is looked up once for a chunk, and a line is put together in one place.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import override

from piggyadmin.ledger.filters import Cursor, behind
from piggyadmin.ledger.models import EntryStatus, LedgerEncoder, Snapshot, Subject
from piggyadmin.ledger.rows import names_of, sentence_about, so_far
from piggyadmin.ledger.sentences import Matter
from piggyadmin.ledger.subjects import directory
from piggyadmin.ui.states import status_word

# So many rows are read at once; fewer at first, so that the file begins at once.
FIRST, CHUNK = 100, 2000
COLUMNS = (
    "asked_at",
    "person",
    "action",
    "entity",
    "sentence",
    "state",
    "changed_at",
    "reason",
    "comment",
    "contacts",
    "data",
    "trace_id",
    "submission_key",
    "part_of",
)


class RawRow(NamedTuple):
    """What is read of an entry and of where it stands, in the order of `_FIELDS`."""

    entry_id: int
    state: str
    is_followed: bool
    is_flagged: bool
    updated_at: datetime
    asked_at: datetime
    action: str
    entity: str
    reason: str
    part_of: UUID | None
    person_name: str
    comment: str
    data: dict[str, Any]
    preview: dict[str, Any] | None
    trace_id: str
    submission_key: UUID


_OF_ENTRY = {"person_name", "comment", "data", "preview", "trace_id", "submission_key"}
_FIELDS = tuple(f"entry__{name}" if name in _OF_ENTRY else name for name in RawRow._fields)


@dataclass
class Chunk:
    """Rows, and what belongs to them."""

    rows: Sequence[RawRow]
    # By entry: what a contact is there, and its UUID.
    subjects: Mapping[int, list[tuple[str, str]]]
    # By entry: what was personal in what was asked, as far as it is still kept.
    personal: Mapping[int, list[dict[str, Any]]]
    names: Mapping[str, str]
    things: Mapping[str, str]
    # What a status is called, once it was asked.
    words: dict[str, str] = field(default_factory=dict)


def lines(rows: QuerySet[EntryStatus], language: str) -> Iterator[list[Any]]:
    """Write rows in the reader's language, which has gone when a file is sent."""
    encode, zone = LedgerEncoder(ensure_ascii=False).encode, timezone.get_current_timezone()
    for some in _pieces(rows):
        with override(language):
            chunk = _chunk(some, rows)
            written = [_line(row, chunk, encode, zone) for row in some]
        yield from written


def _pieces(rows: QuerySet[EntryStatus]) -> Iterator[list[RawRow]]:
    """Go through all rows, some at a time; each piece begins where the last one ended."""
    place, size = None, FIRST
    while some := list(map(RawRow._make, behind(rows, place).values_list(*_FIELDS)[:size])):
        yield some
        if len(some) < size:
            return
        place, size = Cursor(some[-1].asked_at, some[-1].entry_id), CHUNK


def _chunk(rows: Sequence[RawRow], every: QuerySet[EntryStatus]) -> Chunk:
    """Read what belongs to rows, found by their time: a list of their numbers costs more."""
    span = (rows[-1].asked_at, rows[0].asked_at)
    entries = every.order_by().filter(asked_at__range=span).values("entry_id")
    subjects, personal = defaultdict(list), defaultdict(list)
    about = Subject.objects.filter(entry_id__in=entries).order_by("pk")
    for entry, role, uuid in about.values_list("entry_id", "role", "contact_uuid"):
        subjects[entry].append((role, uuid))
    asked = Snapshot.objects.filter(entry_id__in=entries, moment=Snapshot.Moment.ASKED)
    for entry, data in asked.order_by("pk").values_list("entry_id", "data"):
        personal[entry].append(data)
    uuids = {uuid for each in subjects.values() for _role, uuid in each}
    return Chunk(rows, subjects, personal, _names(rows, uuids), directory().things())


def _names(rows: Sequence[RawRow], uuids: set[str]) -> Mapping[str, str]:
    return names_of([row.entry_id for row in rows], uuids) if uuids else {}


def _line(row: RawRow, chunk: Chunk, encode: Any, zone: Any) -> list[Any]:
    about, asked = chunk.subjects.get(row.entry_id, ()), row.data
    for kept in chunk.personal.get(row.entry_id, ()):
        asked = {**asked, **kept}
    state = chunk.words.get(row.state) or chunk.words.setdefault(row.state, status_word(row.state))
    return [
        row.asked_at.astimezone(zone).isoformat(),
        row.person_name,
        row.action,
        row.entity,
        _sentence(row, chunk, about),
        state,
        row.updated_at.astimezone(zone).isoformat(),
        row.reason,
        row.comment,
        ", ".join([f"{role} {uuid}" for role, uuid in about]),
        encode(asked),
        row.trace_id,
        str(row.submission_key),
        str(row.part_of or ""),
    ]


def _sentence(row: RawRow, chunk: Chunk, about: Sequence[tuple[str, str]]) -> str:
    customers = {role: chunk.names.get(uuid, "") for role, uuid in about}
    matter = Matter(row.data, row.preview or {}, customers, chunk.things)
    told = sentence_about(row.action, matter).told
    return told(row.person_name, row.state, so_far=so_far(row))

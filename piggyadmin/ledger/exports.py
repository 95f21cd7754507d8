"""The ledger as a file: the same words as its list, of rows that never become objects.

A million lines are written, so what costs little once costs much here: rows are read as the texts
that the database has, what is the same for many is worked out once, and a line is put together in
one place.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from json import loads
from typing import Any, NamedTuple

from django.db.models import F, Func, IntegerField, QuerySet, TextField
from django.utils import timezone
from django.utils.translation import override

from piggyadmin.ledger.filters import Cursor, behind
from piggyadmin.ledger.models import EntryStatus, LedgerEncoder, Snapshot, Subject
from piggyadmin.ledger.rows import names_kept
from piggyadmin.ledger.subjects import directory
from piggyadmin.ledger.told_sentences import ToldSentences
from piggyadmin.ui.states import status_word

# So many rows are read at once; fewer at first, so that the file begins at once.
FIRST, CHUNK = 100, 2000
# So many customers are remembered by name.
MOST_NAMES = 100_000
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
    """What is read of an entry and of where it stands, in the order of `_FIELDS`.

    Moments are texts in UTC, keys and JSON are as the database has them, yes and no are 1 and 0.
    """

    entry_id: int
    state: str
    is_followed: bool
    is_flagged: bool
    updated_at: str
    asked_at: str
    action: str
    entity: str
    reason: str
    part_of: str | None
    person_name: str
    comment: str
    data: str
    preview: str | None
    trace_id: str
    submission_key: str


class _AsText(Func):
    """A value as the text that the database writes for it, of which nothing has to be made."""

    function = "CAST"
    template = "%(function)s(%(expressions)s AS text)"
    output_field = TextField()


class _AsNumber(Func):
    """A yes or no as 1 or 0, of which nothing has to be made either."""

    function = "CAST"
    template = "%(function)s(%(expressions)s AS integer)"
    output_field = IntegerField()

    def get_db_converters(self, connection: Any) -> list[Any]:  # noqa: ARG002
        """Leave it as the database has it."""
        return []


class _MomentAsText(_AsText):
    """A moment in UTC: `2026-03-25 18:00:00`, and `.123456` where it has microseconds."""

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Write it as SQLite has it; with six noughts where there are no microseconds."""
        template = "to_char(%(expressions)s AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
        return self.as_sql(compiler, connection, template=template, **more)


_OF_ENTRY = {"person_name", "comment", "data", "preview", "trace_id", "submission_key"}
_READ_AS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("is_followed", "is_flagged"), _AsNumber),
    **dict.fromkeys(("updated_at", "asked_at"), _MomentAsText),
    **dict.fromkeys(("part_of", "data", "preview", "submission_key"), _AsText),
}
_FIELDS = {
    f"raw_{name}": _READ_AS.get(name, F)(f"entry__{name}" if name in _OF_ENTRY else name)
    for name in RawRow._fields
}


@dataclass
class Chunk:
    """What belongs to some rows."""

    # By entry: what a contact is there, and its UUID.
    subjects: Mapping[int, list[tuple[str, str]]]
    # By entry: what was personal in what was asked, as far as it is still kept.
    personal: Mapping[int, list[dict[str, Any]]]
    names: Mapping[str, str]


def lines(rows: QuerySet[EntryStatus], language: str) -> Iterator[list[str]]:
    """Write rows in the reader's language, which has gone when a file is sent."""
    writer = LineWriter(timezone.get_current_timezone())
    for some in _pieces(rows):
        with override(language):
            written = writer.lines(some, rows)
        yield from written


def _pieces(rows: QuerySet[EntryStatus]) -> Iterator[list[RawRow]]:
    """Go through all rows, some at a time; each piece begins where the last one ended."""
    place, size = None, FIRST
    while some := list(map(RawRow._make, _read(behind(rows, place))[:size])):
        yield some
        if len(some) < size:
            return
        last = some[-1]
        place, size = Cursor(_moment(last.asked_at), last.entry_id), CHUNK


def _read(rows: QuerySet[EntryStatus]) -> Any:
    return rows.annotate(**_FIELDS).values_list(*_FIELDS)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@dataclass
class LineWriter:
    """Writes rows, and remembers what many of them have in common."""

    zone: tzinfo
    encode: Any = LedgerEncoder(ensure_ascii=False).encode
    sentences: ToldSentences = field(default_factory=ToldSentences)
    # What those whom entries are about are called, as far as somebody was asked.
    names: dict[str, str] = field(default_factory=dict)
    # What a status is called, once it was asked.
    words: dict[str, str] = field(default_factory=dict)
    # By hour in UTC: the same hour here, and what stands behind a moment of it.
    hours: dict[str, tuple[str, str]] = field(default_factory=dict)

    def lines(self, rows: Sequence[RawRow], every: QuerySet[EntryStatus]) -> list[list[str]]:
        """Write some rows in the language that is on."""
        self.sentences.name_things(directory().things())
        self.words |= {state: status_word(state) for state in {row.state for row in rows}}
        chunk = self._chunk(rows, every)
        return [self._line(row, chunk) for row in rows]

    def _chunk(self, rows: Sequence[RawRow], every: QuerySet[EntryStatus]) -> Chunk:
        """Read what belongs to rows, found by their time: a list of their numbers costs more."""
        span = (_moment(rows[-1].asked_at), _moment(rows[0].asked_at))
        entries = every.order_by().filter(asked_at__range=span).values("entry_id")
        subjects, personal = defaultdict(list), defaultdict(list)
        about = Subject.objects.filter(entry_id__in=entries).order_by("pk")
        for entry, role, uuid in about.values_list("entry_id", "role", "contact_uuid"):
            subjects[entry].append((role, uuid))
        asked = Snapshot.objects.filter(entry_id__in=entries, moment=Snapshot.Moment.ASKED)
        for entry, data in asked.order_by("pk").values_list("entry_id", "data"):
            personal[entry].append(data)
        uuids = {uuid for each in subjects.values() for _role, uuid in each}
        return Chunk(subjects, personal, self._names(entries, uuids))

    def _names(self, entries: Any, uuids: set[str]) -> Mapping[str, str]:
        """Name customers as they are called now; who is no more, as snapshots of the entries do."""
        if len(self.names) > MOST_NAMES:
            self.names.clear()
        new = uuids - self.names.keys()
        known = directory().names(new) if new else {}
        self.names |= {uuid: known.get(uuid, "") for uuid in new}
        unnamed = {uuid for uuid in uuids if not self.names[uuid]}
        kept = Snapshot.objects.filter(entry_id__in=entries) if unnamed else Snapshot.objects.none()
        unnamed &= set(kept.values_list("contact_uuid", flat=True))
        return self.names | names_kept(entries, unnamed) if unnamed else self.names

    def _line(self, row: RawRow, chunk: Chunk) -> list[str]:
        about = chunk.subjects.get(row.entry_id, ())
        customers = {role: chunk.names.get(uuid, "") for role, uuid in about}
        return [
            self._local(row.asked_at),
            row.person_name,
            row.action,
            row.entity,
            self.sentences.told(row, customers),
            self.words[row.state],
            self._local(row.updated_at),
            row.reason,
            row.comment,
            ", ".join([f"{role} {uuid}" for role, uuid in about]),
            self._asked(row.data, chunk.personal.get(row.entry_id, ())),
            row.trace_id,
            _key(row.submission_key),
            _key(row.part_of) if row.part_of else "",
        ]

    def _asked(self, data: str, personal: Iterable[dict[str, Any]]) -> str:
        """Write what was asked; what the database has is just that, but for what it writes else."""
        if not personal and "\\" not in data and not _FRACTION.search(data):
            return data
        asked = loads(data)
        for kept in personal:
            asked = {**asked, **kept}
        return str(self.encode(asked))

    def _local(self, text: str) -> str:
        """Write a moment as it is here."""
        known = self.hours.get(text[:13]) or self._learn_hour(text[:13])
        here, behind_it = known
        if not here:
            return _moment(text).astimezone(self.zone).isoformat()
        return f"{here}{text[13:].removesuffix(_NO_MICROSECONDS)}{behind_it}"

    def _learn_hour(self, hour: str) -> tuple[str, str]:
        """See what an hour is called here; nothing where it is no whole hour of one kind."""
        first = _moment(f"{hour}:00:00").astimezone(self.zone)
        last = (first.astimezone(UTC) + timedelta(minutes=59)).astimezone(self.zone)
        text = first.isoformat()
        is_whole = first.minute == 0 and first.utcoffset() == last.utcoffset()
        self.hours[hour] = (text[:13], text[19:]) if is_whole else ("", "")
        return self.hours[hour]


_NO_MICROSECONDS = ".000000"
# A number that is no whole one: each database has its own way to write that.
_FRACTION = re.compile(r"[\[: ]-?[0-9]+[.eE]")


def _key(text: str) -> str:
    """Write a UUID with its dashes, which SQLite does not keep."""
    if len(text) != _HEX:
        return text
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_HEX = 32  # characters of a UUID without dashes

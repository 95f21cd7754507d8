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
from functools import partial
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet, Subquery, TextField
from django.utils import timezone
from django.utils.translation import override

from piggyadmin.ledger.filters import Cursor, behind
from piggyadmin.ledger.models import EntryStatus, LedgerEncoder, Snapshot, Subject
from piggyadmin.ledger.rows import names_kept
from piggyadmin.ledger.subjects import directory
from piggyadmin.ledger.told_sentences import ToldSentences, raw_decode
from piggyadmin.piggy.concurrency import begin
from piggyadmin.ui.states import status_word

# So many rows are read at once; fewer at first, so that the file begins at once.
FIRST, CHUNK = 100, 5000
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
    # Whom it is about, as JSON: what each is there, and the UUID.
    about: str
    # Whether something personal is kept of it.
    has_snapshots: bool


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


class _RowsAsJSON(Func):
    """Two columns of all rows as one text in JSON, which costs less than the rows themselves."""

    function = ""
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Take them in the order of their keys, as the index on what they belong to has them."""
        template = "json_group_array(json_array(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        """Take them in the order of their keys; there are none where there are no rows."""
        template = "COALESCE(json_agg(json_build_array(%(expressions)s) ORDER BY id)::text, '[]')"
        return self.as_sql(compiler, connection, template=template, **more)


_OF_ENTRY = {"person_name", "comment", "data", "preview", "trace_id", "submission_key"}
_READ_AS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(("is_followed", "is_flagged"), _AsNumber),
    **dict.fromkeys(("updated_at", "asked_at"), _MomentAsText),
    **dict.fromkeys(("part_of", "data", "preview", "submission_key"), _AsText),
}
_OF_OTHERS = {
    "about": Subquery(
        Subject.objects.filter(entry_id=OuterRef("pk")).values(
            pairs=_RowsAsJSON(F("role"), F("contact_uuid"))
        )
    ),
    "has_snapshots": _AsNumber(Exists(Snapshot.objects.filter(entry_id=OuterRef("pk")))),
}


def _expression(name: str) -> Any:
    """Give what is read for a field of a row."""
    if name in _OF_OTHERS:
        return _OF_OTHERS[name]
    return _READ_AS.get(name, F)(f"entry__{name}" if name in _OF_ENTRY else name)


_FIELDS = {f"raw_{name}": _expression(name) for name in RawRow._fields}


def lines(rows: QuerySet[EntryStatus], language: str) -> Iterator[list[str]]:
    """Write rows in the reader's language, which has gone when a file is sent."""
    writer = LineWriter(timezone.get_current_timezone())
    for some in _pieces(rows):
        with override(language):
            written = writer.lines(some)
        yield from written


def _pieces(rows: QuerySet[EntryStatus]) -> Iterator[list[RawRow]]:
    """Go through all rows, some at a time; each piece begins where the last one ended."""
    size = FIRST
    read: Callable[[], list[RawRow]] = partial(_piece, rows, None, size)
    while some := read():
        has_more, size = len(some) == size, CHUNK
        if has_more:
            place = Cursor(_moment(some[-1].asked_at), some[-1].entry_id)
            read = _ahead(partial(_piece, rows, place, size))
        yield some
        if not has_more:
            return


def _ahead(read: Callable[[], list[RawRow]]) -> Callable[[], list[RawRow]]:
    """Begin to read where the database works while this process writes what it has.

    SQLite works in this process, and what is not committed yet is seen by this thread alone.
    """
    if connection.vendor == "sqlite" or connection.in_atomic_block:
        return read
    return begin(read)


def _piece(rows: QuerySet[EntryStatus], place: Cursor | None, size: int) -> list[RawRow]:
    return list(map(RawRow._make, _read(behind(rows, place))[:size]))


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

    def lines(self, rows: Sequence[RawRow]) -> list[list[str]]:
        """Write some rows in the language that is on."""
        self.sentences.name_things(directory().things())
        self.words |= {state: status_word(state) for state in {row.state for row in rows}}
        about = [raw_decode(row.about)[0] for row in rows]
        kept = [row.entry_id for row in rows if row.has_snapshots]
        names = self._names(kept, {uuid for each in about for _role, uuid in each})
        personal = _personal(kept)
        return [self._line(*each, names, personal) for each in zip(rows, about, strict=True)]

    def _names(self, kept: Sequence[int], uuids: set[str]) -> Mapping[str, str]:
        """Name customers as they are called now; who is no more, as snapshots of the entries do."""
        if len(self.names) > MOST_NAMES:
            self.names.clear()
        new = uuids - self.names.keys()
        known = directory().names(new) if new else {}
        self.names |= {uuid: known.get(uuid, "") for uuid in new}
        unnamed = {uuid for uuid in uuids if not self.names[uuid]} if kept else set()
        return self.names | names_kept(kept, unnamed) if unnamed else self.names

    def _line(
        self,
        row: RawRow,
        about: Sequence[tuple[str, str]],
        names: Mapping[str, str],
        personal: Mapping[int, Sequence[dict[str, Any]]],
    ) -> list[str]:
        customers = {role: names[uuid] for role, uuid in about}
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
            self._asked(row.data, personal.get(row.entry_id, ())),
            row.trace_id,
            _key(row.submission_key),
            _key(row.part_of) if row.part_of else "",
        ]

    def _asked(self, data: str, personal: Iterable[dict[str, Any]]) -> str:
        """Write what was asked; what the database has is just that, but for what it writes else."""
        if not personal and "\\" not in data and not _FRACTION.search(data):
            return data
        asked = raw_decode(data)[0]
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


def _personal(entries: Sequence[int]) -> Mapping[int, Sequence[dict[str, Any]]]:
    """Read what was personal in what was asked, as far as it is still kept, by entry."""
    personal = defaultdict(list)
    if entries:
        asked = Snapshot.objects.filter(entry_id__in=entries, moment=Snapshot.Moment.ASKED)
        for entry, data in asked.order_by("pk").values_list("entry_id", "data"):
            personal[entry].append(data)
    return personal


_NO_MICROSECONDS = ".000000"
# A number that is no whole one: each database has its own way to write that.
_FRACTION = re.compile(r"[\[: ]-?[0-9]+[.eE]")


def _key(text: str) -> str:
    """Write a UUID with its dashes, which SQLite does not keep."""
    if len(text) != _HEX:
        return text
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_HEX = 32  # characters of a UUID without dashes

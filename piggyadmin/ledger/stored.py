"""Rows of the ledger as the database holds them, and their hashes.

What `hash_chain.py` hashes is written here a second time, straight from the texts of the database:
to make objects of a million entries, and JSON of those, takes several times as long as to hash it.
Moments, UUIDs and JSON are read as texts; whatever else is put into a text that is hashed is
quoted, so that two different rows never make the same text.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from json.encoder import c_make_encoder, encode_basestring_ascii  # type: ignore[attr-defined]
from json.scanner import make_scanner
from typing import Any, NamedTuple

from django.db import connection, models

from piggyadmin.ledger.models import Entry, EntryStatus, Event, Snapshot, Subject
from piggyadmin.sealing import KeyMissing

# Instead of a hash: no key opens what is hashed.
UNREADABLE = "unreadable"
# What databases and their drivers give in types of their own.
_AS_TEXTS = (models.DateTimeField, models.JSONField, models.UUIDField)


class StoredEvent(NamedTuple):
    """An event, and whether it is what its hash says."""

    entry_id: int | None
    sequence: int
    kind: str
    detail: Any
    is_unchanged: bool


class StoredEntry(NamedTuple):
    """An entry by its hash, and what else says the same of it."""

    pk: int
    submission_key: str
    digest: str
    action: str
    # What its line in the list of states has a copy of.
    copied: tuple[Any, ...]


class StoredSnapshot(NamedTuple):
    """A snapshot by its hash; it has none where no key opens it."""

    entry_id: int
    pk: int
    seal: str


class StoredStatus(NamedTuple):
    """A line of the list of states: what follows from the events, and what the entry says."""

    entry_id: int
    known: tuple[Any, ...]
    copied: tuple[Any, ...]
    part_of: str
    updated_at: str


def events(where: str, values: Sequence[Any]) -> Iterator[StoredEvent]:
    """Read events, and hash them as `hash_chain.event_digest` does."""
    names = ("sequence", "previous_hash", "hash", "entry_id", "at", "kind", "detail")
    for sequence, previous, own, entry, at, kind, text in _rows(Event, names, where, values):
        detail = decode(text)
        written = (
            f'{{"at":{_quote(moment(at))},"detail":{_write(detail)},'
            f'"entry":{"null" if entry is None else repr(entry)},"kind":{_quote(kind)},'
            f'"previous":{_quote(previous)},"sequence":{sequence!r}}}'
        )
        yield StoredEvent(entry, sequence, kind, detail, _hash(written) == own)


def entries(where: str, values: Sequence[Any]) -> list[Any]:
    """Read entries for `entry`, each a row whose key is the first value."""
    names = (
        *(
            "id",
            "created_at",
            "person_id",
            "person_name",
            "action",
            "entity",
            "deduplication_key",
            "reason",
        ),
        *("comment", "repeat_of", "data", "preview", "trace_id", "submission_key"),
    )
    return _rows(Entry, names, where, values)


def entry(row: Any, subjects: Iterable[tuple[str, str]]) -> StoredEntry:
    """Hash an entry with the contacts that it is about, as `hash_chain.summary` does."""
    pk, at, person, name, action, entity, likeness, reason, *rest, trace_id, key = row
    comment, repeat_of, data, preview = rest
    at, key = moment(at), uuid(key)
    written = (
        f'{{"action":{_quote(action)},"comment":{_quote(comment)},"created_at":{_quote(at)},'
        f'"data":{_write(decode(data))},"entity":{_quote(entity)},"id":{pk!r},'
        f'"likeness":{_quote(likeness)},"person":{person!r},"person_name":{_quote(name)},'
        f'"preview":{_write(decode(preview))},"reason":{_quote(reason)},'
        f'"repeat_of":{_quote(uuid(repeat_of))},"subjects":{_write(sorted(subjects))},'
        f'"submission_key":{_quote(key)},"trace_id":{_quote(trace_id)}}}'
    )
    return StoredEntry(pk, key, _hash(written), action, (at, person, action, entity, reason))


def subjects(where: str, values: Sequence[Any]) -> list[tuple[int, str, str]]:
    """Read which contacts entries are about: the entry, the role and the contact."""
    return _rows(Subject, ("entry_id", "role", "contact_uuid"), where, values)


def snapshots(where: str, values: Sequence[Any]) -> Iterator[StoredSnapshot]:
    """Read snapshots, and hash them as `hash_chain.seal_of` does."""
    names = ("id", "entry_id", "salt", "contact_uuid", "moment", "place", "taken_at", "data")
    opened = Snapshot._meta.get_field("data").opened
    for pk, entry, salt, contact, when, place, at, data in _rows(Snapshot, names, where, values):
        try:
            text = opened(data)
        except KeyMissing:
            yield StoredSnapshot(entry, pk, UNREADABLE)
            continue
        written = (
            f'{{"contact_uuid":{_quote(contact)},"data":{_write(decode(text))},'
            f'"moment":{_quote(when)},"place":{_quote(place)},"salt":{_quote(salt)},'
            f'"taken_at":{_quote(moment(at))}}}'
        )
        yield StoredSnapshot(entry, pk, _hash(written))


def statuses(where: str, values: Sequence[Any]) -> Iterator[StoredStatus]:
    """Read the list of states."""
    names = (
        *("entry_id", "state", "is_followed", "is_flagged", "asked_at", "person_id", "action"),
        *("entity", "reason", "part_of", "updated_at"),
    )
    for entry, *known, at, person, action, entity, reason, whole, changed in _rows(
        EntryStatus, names, where, values
    ):
        copied = (moment(at), person, action, entity, reason)
        yield StoredStatus(entry, tuple(known), copied, uuid(whole), moment(changed))


def _rows(
    model: type[models.Model], names: Sequence[str], where: str, values: Sequence[Any]
) -> list[Any]:
    table = model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_columns(model, names)} FROM {table} WHERE {where}", values)  # noqa: S608
        return list(cursor.fetchall())


@cache
def _columns(model: type[models.Model], names: Sequence[str]) -> str:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return ", ".join(
        f"CAST({field.column} AS text)" if isinstance(field, _AS_TEXTS) else str(field.column)
        for field in fields
    )


# --- Texts -----------------------------------------------------------------------------------

_quote = encode_basestring_ascii
_WHOLE_TIME = len("03:04:05.123456")


def _hash(written: str) -> str:
    return sha256(written.encode()).hexdigest()


def moment(text: str) -> str:
    """Write a moment, as either database casts it to text, as it is hashed."""
    day, _space, time = text.removesuffix("+00").partition(" ")
    if len(time) == _WHOLE_TIME:
        return f"{day}T{time}+00:00"
    seconds, _point, fraction = time.partition(".")
    return f"{day}T{seconds}.{fraction:0<6}+00:00"


def uuid(text: str | None) -> str:
    """Write a UUID, as either database casts it to text, as it is hashed."""
    if text is None or "-" in text:
        return text or ""
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _number(text: str) -> float | int:
    """Write alike what databases do not keep apart."""
    value = float(text)
    return int(value) if value.is_integer() else value


# The decoder and the encoder of `json` without what they do around each document: several times as
# fast for short ones. What was decoded holds no cycles and nothing that JSON does not know.
_scan = make_scanner(json.JSONDecoder(parse_float=_number))  # type: ignore[arg-type]
_encode = c_make_encoder(None, None, _quote, None, ":", ",", True, False, True)  # noqa: FBT003


def decode(text: str | None) -> Any:
    """Read JSON; what is none was written by somebody else, and is found to be changed."""
    if text is None or text == "{}":
        return {} if text else None
    try:
        value, end = _scan(text, 0)
    except (ValueError, StopIteration):
        return text
    return value if end == len(text) else text


def _write(document: Any) -> str:
    return "".join(_encode(document, 0))

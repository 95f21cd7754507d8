"""The ledger as a file says of each entry what its list says."""

import csv
import io
import json
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper
from django.utils import timezone

from piggyadmin.ledger import exports
from piggyadmin.ledger.models import (
    Entry,
    EntryState,
    EntryStatus,
    LedgerEncoder,
    Snapshot,
    Subject,
)
from piggyadmin.ledger.rows import described
from piggyadmin.piggy.concurrency import begin
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
KEY = "0000000a-0000-4000-8000-00000000000a"


def written() -> list[dict[str, str]]:
    rows = EntryStatus.objects.order_by("-asked_at", "-entry_id")
    return [dict(zip(exports.COLUMNS, line, strict=True)) for line in exports.lines(rows, "en")]


def test_it_speaks_as_the_list_does():
    ends = (EntryState.DONE, EntryState.REJECTED, EntryState.UNKNOWN)
    for number, state in enumerate(ends):
        make_entry(state, number=number, contact=f"c{number}", comment=f"Number {number}.")
    EntryStatus.objects.filter(state=EntryState.DONE).update(is_flagged=True)
    shown = described(list(EntryStatus.objects.order_by("-asked_at", "-entry_id")))
    lines = written()
    assert [line["sentence"] for line in lines] == [row.sentence for row in shown]
    assert [line["comment"] for line in lines] == [row.entry.comment for row in shown]
    assert [line["submission_key"] for line in lines] == [
        str(row.entry.submission_key) for row in shown
    ]
    assert all(line["contacts"].startswith("contact c") for line in lines)


def test_every_row_once_over_all_pieces(monkeypatch):
    monkeypatch.setattr(exports, "FIRST", 2)
    monkeypatch.setattr(exports, "CHUNK", 3)
    entries = [make_entry(EntryState.DONE, number=number) for number in range(8)]
    keys = {str(entry.submission_key) for entry in entries}
    lines = written()
    assert len(lines) == 8
    assert {line["submission_key"] for line in lines} == keys


def test_nothing_at_all():
    assert written() == []


def test_what_was_personal_stands_in_it_as_long_as_it_is_kept():
    entry = make_entry(EntryState.DONE, contact="c1", data={"email": True, "credits": 5})
    Snapshot.objects.create(
        entry=entry,
        contact_uuid="c1",
        moment=Snapshot.Moment.ASKED,
        place="",
        data={"email": "mira@example.test"},
    )
    (line,) = written()
    data = json.loads(line["data"])
    assert data == {"email": "mira@example.test", "credits": 5, "contact_uuid": "c1"}


def test_a_row_in_the_language_of_who_asked():
    make_entry(EntryState.DONE)
    rows = EntryStatus.objects.order_by("-asked_at", "-entry_id")
    (line,) = exports.lines(rows, "nl")
    assert "Gelukt" in line
    text = io.StringIO()
    csv.writer(text).writerow(line)
    assert all(isinstance(cell, str) for cell in line)


def test_what_was_asked_is_written_as_it_always_was():
    kinds = [
        {"name": 'Zoë “é” \\ "', "n": 1.5, "big": 10**20, "small": 1e-07, "no": None},
        {"credits": 5, "list": [1, -2.5, "x"], "text": "at 5.30, 7.e"},
        {"credits": 5, "yes": True},
    ]
    for number, data in enumerate(kinds):
        make_entry(EntryState.DONE, number=number, data=data)
    told = {line["submission_key"]: line["data"] for line in written()}
    encode = LedgerEncoder(ensure_ascii=False).encode
    for entry in Entry.objects.all():
        assert told[str(entry.submission_key)] == encode(entry.data)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Amsterdam", "Asia/Kolkata", "Australia/Lord_Howe"])
def test_moments_are_those_of_the_reader(zone):
    moments = [
        datetime(2026, 3, 29, 0, 59, 59, 1, UTC),
        datetime(2026, 3, 29, 1, 0, 0, 0, UTC),
        datetime(2026, 10, 3, 15, 29, 0, 120000, UTC),
        datetime(2026, 10, 3, 15, 31, 0, 0, UTC),
    ]
    for number, at in enumerate(moments):
        entry = make_entry(EntryState.DONE, number=number)
        EntryStatus.objects.filter(entry=entry).update(asked_at=at, updated_at=at)
    with timezone.override(zone):
        lines = written()
    wanted = sorted(at.astimezone(ZoneInfo(zone)).isoformat() for at in moments)
    assert sorted(line["asked_at"] for line in lines) == wanted
    assert sorted(line["changed_at"] for line in lines) == wanted


def test_who_is_gone_is_called_as_snapshots_say(monkeypatch):
    """Also where names are forgotten meanwhile, as there are too many to be remembered."""
    for name, number in (("MOST_NAMES", 0), ("FIRST", 1), ("CHUNK", 1)):
        monkeypatch.setattr(exports, name, number)
    entry = make_entry(EntryState.DONE, contact="c1")
    Snapshot.objects.create(
        entry=entry,
        contact_uuid="c1",
        moment=Snapshot.Moment.BEFORE,
        place="contact",
        data={"uuid": "c1", "firstname": "Mira", "lastname": "Jansen"},
    )
    for number in (2, 3):
        make_entry(EntryState.DONE, number=number, contact="c2")
    (shown,) = described(list(EntryStatus.objects.filter(entry=entry)))
    assert shown.sentence in {line["sentence"] for line in written()}


def test_keys_have_their_dashes_and_steps_say_of_what():
    key = uuid4()
    entry = make_entry(EntryState.DONE)
    EntryStatus.objects.filter(entry=entry).update(part_of=key)
    (line,) = written()
    assert (line["part_of"], line["submission_key"]) == (str(key), str(entry.submission_key))


@pytest.mark.parametrize("text", ["0000000a00004000800000000000000a", KEY])
def test_a_key_is_written_alike_from_either_database(text):
    assert exports._key(text) == KEY


@pytest.mark.parametrize("name", ["asked_at", "updated_at"])
def test_postgresql_gives_moments_in_utc(name):
    """Its own text of a moment is in the time zone of whoever asks, and leaves noughts out."""
    postgresql = DatabaseWrapper(connection.settings_dict)
    query = exports._read(EntryStatus.objects.all()).query
    statement, _values = query.get_compiler(connection=postgresql).as_sql()
    column = f'"{EntryStatus._meta.db_table}"."{name}"'
    text = f"to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')"
    assert f'{text} AS "raw_{name}"' in statement


def test_postgresql_gives_whom_an_entry_is_about_in_the_order_of_their_keys():
    postgresql = DatabaseWrapper(connection.settings_dict)
    query = exports._read(EntryStatus.objects.all()).query
    statement, _values = query.get_compiler(connection=postgresql).as_sql()
    pairs = 'json_build_array(U0."role", U0."contact_uuid") ORDER BY id'
    assert f"COALESCE(json_agg({pairs})::text, '[]')" in statement


def test_all_whom_an_entry_is_about_are_named_in_their_order():
    entry = make_entry(EntryState.DONE, contact="c2")
    odd = """c1", ['x'] é"""
    Subject.objects.create(entry=entry, contact_uuid=odd, role="source")
    Subject.objects.create(entry=entry, contact_uuid="c0", role="destination")
    make_entry(EntryState.DONE, number=2, contact="c3")
    told = {line["submission_key"]: line["contacts"] for line in written()}
    assert told[str(entry.submission_key)] == f"contact c2, source {odd}, destination c0"


@pytest.mark.django_db(transaction=True)
def test_what_another_process_reads_is_read_while_this_one_writes(monkeypatch):
    begun = []

    def noted(read):
        begun.append(read)
        return begin(read)

    monkeypatch.setattr(exports, "begin", noted)
    monkeypatch.setattr(exports, "FIRST", 2)
    monkeypatch.setattr(exports, "CHUNK", 3)
    keys = {str(make_entry(EntryState.DONE, number=n).submission_key) for n in range(8)}
    assert {line["submission_key"] for line in written()} == keys
    assert len(begun) == (0 if connection.vendor == "sqlite" else 3)
    elsewhere = SimpleNamespace(vendor="postgresql", in_atomic_block=False)
    monkeypatch.setattr(exports, "connection", elsewhere)
    begun.clear()
    lines = written()
    assert len(lines) == 8
    assert {line["submission_key"] for line in lines} == keys
    assert len(begun) == 3

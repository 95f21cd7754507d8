"""The ledger as a file says of each entry what its list says."""

import csv
import io
import json

import pytest

from piggyadmin.ledger import exports
from piggyadmin.ledger.models import EntryState, EntryStatus, Snapshot
from piggyadmin.ledger.rows import described
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db


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

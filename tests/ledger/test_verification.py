"""Verification of ledgers of any length, and of what nobody who means well writes."""

import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piggyadmin.ledger import hash_chain, snapshots, triggers, verification, writes
from piggyadmin.ledger.management.commands import ledger_verify
from piggyadmin.ledger.models import EntryState, EntryStatus, Event, Snapshot
from piggyadmin.ledger.snapshots import Personal
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    return [make_entry(EntryState.DONE, number=number, contact=f"c{number}") for number in range(5)]


@pytest.fixture
def unguarded():
    triggers.take_down(connection)
    yield
    triggers.put_up(connection)


def keep(entry, data):
    """Have an event bring a snapshot in."""
    kept = snapshots.rows(entry, Snapshot.Moment.BEFORE, [Personal("c", "", data)])
    with hash_chain.turn() as head:
        writes.append_inside(head, entry, "kept", {}, kept=kept)


def test_chunks_are_put_together(entries, monkeypatch):
    monkeypatch.setattr(verification, "CHUNK", 2)
    for entry in entries:
        keep(entry, {"n": 1.0})
    assert list(verification.verify()) == []


def test_more_entries_with_snapshots_than_an_expression_may_have_terms():
    """SQLite takes 1,000 terms, and so many values in one statement as 1,000 entries would need."""
    for number in range(1_050):
        entry = make_entry(number=number)
        keep(entry, {"n": number})
    assert list(verification.verify()) == []


def test_it_needs_as_many_queries_for_a_chunk_as_for_one(entries, django_assert_num_queries):
    with CaptureQueriesContext(connection) as captured:
        list(verification.verify())
    make_entry(EntryState.DONE, number=9)
    with django_assert_num_queries(len(captured)):
        list(verification.verify())


def test_progress_is_told(entries):
    told = []
    list(verification.verify(lambda done, everything: told.append((done, everything))))
    assert told[-1] == (20, 20)


def test_the_command_tells_how_far_it_is(entries, capsys, monkeypatch):
    monkeypatch.setattr(ledger_verify, "PROGRESS_SECONDS", 0)
    call_command("ledger_verify", progress=True)
    assert "20 of 20 events and entries (100 %)" in capsys.readouterr().err
    call_command("ledger_verify")
    assert not capsys.readouterr().err


# --- What nobody who means well writes -------------------------------------------------------


@pytest.mark.parametrize(
    "detail",
    [
        [],
        {"snapshots": 7},
        {"snapshots": [{}]},
        {"snapshots": [{"seal": "x", "taken_at": "2026-99-99T00:00:00Z"}]},
        {"taken_before": 7, "seals": None},
    ],
)
@pytest.mark.parametrize("kind", [EntryState.DONE, "forgotten"])
def test_nonsense_is_found_and_does_not_stop_it(entries, unguarded, detail, kind):
    Event.objects.filter(sequence=6).update(detail=detail, kind=kind)
    assert "Event 6 was changed." in list(verification.verify())


def test_events_beside_the_chain_are_found(entries):
    """Where places are not unique any more, one of two events in a place is passed over."""
    walk = verification._Walk(verification._Counter(lambda done, everything: None))
    assert list(walk.on(map)) == []
    assert list(walk.ends(None)) == []
    walk.seen -= 1
    assert "have the place of another one" in next(walk.ends(None))


@pytest.mark.django_db(transaction=True)
def test_a_long_ledger_is_shared_out_among_processes(entries, monkeypatch, capsys):
    monkeypatch.setattr(verification, "SPAN", 3)
    monkeypatch.setattr(ledger_verify, "SPAN", 3)
    call_command("ledger_verify")
    assert "The ledger is whole. 15:" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("number", [1, 4])
def test_an_entry_that_is_gone_is_missed(entries, unguarded, number):
    gone = entries[number].pk
    with connection.cursor() as cursor:
        checks = {"sqlite": "PRAGMA foreign_keys", "postgresql": "SET session_replication_role"}
        off, on = {"sqlite": ("= OFF", "= ON"), "postgresql": ("= replica", "= origin")}[
            connection.vendor
        ]
        cursor.execute(f"{checks[connection.vendor]} {off}")
        cursor.execute("DELETE FROM actions_entry WHERE id = %s", [gone])
        cursor.execute(f"{checks[connection.vendor]} {on}")
    assert f"Entry {gone} is gone, and something of it is left." in list(verification.verify())


def test_a_whole_stretch_of_the_chain_that_is_gone_is_missed(entries, unguarded, monkeypatch):
    monkeypatch.setattr(verification, "SPAN", 3)
    Event.objects.filter(sequence__range=(4, 6)).delete()
    assert "Events 4 to 6 are missing." in list(verification.verify())


# --- Meanwhile -------------------------------------------------------------------------------


def test_what_changes_between_two_looks_is_looked_at_again(entries, monkeypatch):
    agrees = verification._agrees
    monkeypatch.setattr(verification, "_agrees", lambda *args: bool(monkeypatch.undo()))
    assert list(verification.verify()) == []
    assert verification._agrees is agrees


def test_states_that_were_changed_long_ago_are_told_of_at_once(entries):
    EntryStatus.objects.update(state="rejected", updated_at=timezone.now() - timedelta(days=1))
    assert len(list(verification.verify())) == len(entries)


def test_a_snapshot_that_came_in_between_two_looks_is_not_missed(entries, monkeypatch):
    keep(entries[0], {"n": 1})
    read = verification._snapshots

    def nothing_yet(query):
        monkeypatch.undo()
        return []

    monkeypatch.setattr(verification, "_snapshots", nothing_yet)
    assert list(verification.verify()) == []
    assert read is verification._snapshots


# --- Texts as the databases give them --------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05.000000+00:00"),
        ("2026-01-02 03:04:05.12", "2026-01-02T03:04:05.120000+00:00"),
        ("2026-01-02 03:04:05.123456+00", "2026-01-02T03:04:05.123456+00:00"),
    ],
)
def test_moments(text, moment):
    assert verification._moment(text) == moment


@pytest.mark.parametrize("text", ["a" * 32, "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"])
def test_uuids(text):
    assert verification._uuid(text) == "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"


@pytest.mark.parametrize("value", [1.0, 1e3, 1.5, -0.0, 1e400, "é\ufffd", [1.0, {"b": 2, "a": 1}]])
def test_json_hashes_as_what_was_stored(value):
    stored = verification._decode(json.dumps({"n": value}))
    assert hash_chain.steady_digest(stored) == hash_chain.digest({"n": value})


def test_what_is_no_json_stays_text():
    assert verification._decode("{") == "{"
    assert verification._decode(None) is None
    assert verification._decode("{}") == {}


def test_every_part_of_an_entry_is_read_as_it_was_hashed():
    """The rows have the names of what is hashed."""
    row = verification._EntryRow(*verification._EntryRow._fields)
    entry = SimpleNamespace(**row._asdict())
    assert hash_chain.entry_content(row, []) == hash_chain.entry_content(entry, [])

"""Verification of ledgers of any length, and of what nobody who means well writes."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piggyadmin.ledger import (
    appending,
    hash_chain,
    snapshots,
    stored,
    triggers,
    verification,
)
from piggyadmin.ledger.management.commands import ledger_verify
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus, Event, Head, Snapshot
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
    with hash_chain.locked_head() as head:
        appending.append_inside(head, entry, "kept", {}, kept=kept)


@pytest.mark.usefixtures("any_kind_of_event")
def test_chunks_are_put_together(entries, monkeypatch):
    monkeypatch.setattr(verification, "CHUNK", 2)
    for entry in entries:
        keep(entry, {"n": 1.0})
    assert list(verification.verify()) == []


@pytest.mark.usefixtures("any_kind_of_event")
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
        {"snapshots": [7, {"seal": []}]},
        {"taken_before": 7, "seals": None},
        {"taken_before": "2026-01-01T00:00:00", "seals": 7},
        {"seals": [[], {}]},
    ],
)
@pytest.mark.parametrize("kind", [EntryState.DONE, "forgotten"])
def test_nonsense_is_found_and_does_not_stop_it(entries, unguarded, detail, kind):
    Event.objects.filter(sequence=6).update(detail=detail, kind=kind)
    assert list(verification.verify()).count("Event 6 was changed.") == 1


def test_events_beside_the_chain_are_found(entries):
    """Where places are not unique any more, one of two events in a place is passed over."""
    walk = verification._Walk(verification._Counter(lambda done, everything: None))
    assert list(walk.on(verification.walk_along, map)) == []
    assert list(walk.ends(None)) == []
    walk.missing += 1
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


@pytest.mark.parametrize("pk", [-7, 0, 2**62])
def test_however_far_an_entry_is_from_the_others_it_is_looked_at(entries, pk):
    entry = Entry.objects.get(pk=entries[0].pk)
    entry.pk, entry.submission_key = pk, uuid4()
    entry.save(force_insert=True)
    assert any(
        f"Entry {pk} " in each and "did not come in" in each for each in verification.verify()
    )


def test_however_far_an_event_is_from_the_others_it_is_looked_at(entries, unguarded):
    Event.objects.filter(sequence=15).update(sequence=2**62)
    findings = list(verification.verify())
    assert f"Event {2**62} was changed." in findings
    assert f"Events 15 to {2**62 - 1} are missing." in findings


def test_what_came_in_last_is_looked_at_too(entries):
    """What is appended once entries were looked at is read before the verification ends."""

    def each(look, spans):
        results = list(map(look, spans))
        if look is verification.inspect:
            event = appending.append(entries[0], "looked")
            triggers.take_down(connection)
            Event.objects.filter(pk=event.pk).update(detail={"n": 7})
            triggers.put_up(connection)
        return results

    assert list(verification.verify(each=each)) == ["Event 16 was changed."]


@pytest.mark.usefixtures("any_kind_of_event")
def test_a_snapshot_that_no_key_opens_is_said_to_be_so_once(entries, settings):
    """Which one came in cannot be told of it, so none is said to be missing beside it."""
    keep(entries[0], {"n": 1})
    kept = Snapshot.objects.get().pk
    settings.SECRET_KEY = "another"
    words = "was changed, or its key is not set any more."
    assert list(verification.verify()) == [f"Snapshot {kept} {words}"]


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


@pytest.mark.usefixtures("any_kind_of_event")
def test_a_snapshot_that_came_in_between_two_looks_is_not_missed(entries, monkeypatch):
    keep(entries[0], {"n": 1})
    read = stored.snapshots

    def nothing_yet(where, values):
        monkeypatch.undo()
        return []

    monkeypatch.setattr(stored, "snapshots", nothing_yet)
    assert list(verification.verify()) == []
    assert read is stored.snapshots


# --- The newest links alone --------------------------------------------------------------------


def test_the_newest_links_of_a_whole_chain_fit(entries):
    end = verification.newest_links(3)
    assert (end.length, end.fits) == (Event.objects.count(), True)
    assert end.grew_at == Event.objects.order_by("-sequence").first().at


def test_a_newest_link_that_was_changed_does_not_fit(entries, unguarded):
    newest = Event.objects.order_by("-sequence").first()
    Event.objects.filter(pk=newest.pk).update(detail={"changed": True})
    assert not verification.newest_links(3).fits


def test_without_its_head_nothing_fits(entries, unguarded):
    Head.objects.all().delete()
    assert verification.newest_links() == (0, None, False)

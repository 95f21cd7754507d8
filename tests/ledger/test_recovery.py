"""What nobody is at work on any more is settled; nothing is sent."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.ledger import (
    appending,
    entries,
    hash_chain,
    recovery,
    snapshots,
)
from piggyadmin.ledger.leases import this_process
from piggyadmin.ledger.models import FLAGGED, EntryState, EntryStatus, Snapshot
from tests.ledger.making import left_behind, make_entry

pytestmark = pytest.mark.django_db


def test_the_second_press_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(recovery, "WAIT_FOR_FIRST_SECONDS", 0)
    entry = make_entry()
    assert recovery.wait_for_outcome(entry) == entry
    assert entries.reread(entry).state == EntryState.INTENDED


def test_recovery_leaves_what_was_settled_meanwhile():
    entry = make_entry()
    EntryStatus.objects.filter(entry=entry).update(owner="elsewhere|1|1")
    seen = EntryStatus.objects.get(entry=entry)
    appending.append(entry, EntryState.REJECTED)
    assert not recovery.recover_one(seen, timezone.now() + timedelta(hours=1))
    assert entries.reread(entry).state == EntryState.REJECTED


def test_recover_waits_for_the_lease(db):
    entry = left_behind(EntryState.SENT)
    assert recovery.recover() == []
    assert recovery.recover(timezone.now() + timedelta(seconds=60)) == [entry]
    assert entries.reread(entry).state == EntryState.UNKNOWN


def test_recover_what_was_only_intended(db):
    entry = left_behind()
    recovery.recover(timezone.now() + timedelta(seconds=60))
    assert entries.reread(entry).state == EntryState.SETTLED_NOT_DONE


def test_recover_at_once_when_the_process_of_this_machine_is_dead(db):
    machine, pid, _began = this_process().split("|")
    entry = left_behind(EntryState.SENT, owner=f"{machine}|{pid}|1")
    assert recovery.recover() == [entry]


def test_recover_leaves_what_is_at_work(db):
    entry = left_behind(EntryState.SENT, owner=this_process())
    assert recovery.recover(timezone.now() + timedelta(seconds=90)) == []
    assert entries.reread(entry).state == EntryState.SENT


@pytest.mark.parametrize(
    ("states", "kind", "detail"),
    [
        ((), EntryState.SETTLED_NOT_DONE, {"by": "never sent"}),
        ((EntryState.SENT,), EntryState.UNKNOWN, {"by": "recovery", "error": "Interrupted"}),
    ],
)
def test_what_is_recovered_says_why(states, kind, detail):
    entry = left_behind(*states)
    assert recovery.recover(timezone.now() + timedelta(seconds=60)) == [entry]
    event = entries.reread(entry).last_event
    assert (event.kind, event.detail) == (kind, detail)
    assert recovery.recover(timezone.now() + timedelta(seconds=60)) == []


def test_what_somebody_took_up_again_meanwhile_is_left():
    """It is seen only once the end of the chain is held."""
    entry = left_behind(EntryState.SENT)
    seen = EntryStatus.objects.get(entry=entry)
    seen.lease_until = timezone.now() - timedelta(hours=1)
    assert not recovery.recover_one(seen, timezone.now())
    assert entries.reread(entry).state == EntryState.SENT


def test_it_is_looked_more_and_more_seldom(monkeypatch):
    entry, other = make_entry(), make_entry(EntryState.DONE, number=1)
    clock, pauses = [0.0], []

    def sleep(seconds):
        pauses.append(round(seconds, 4))
        clock[0] += seconds
        if len(pauses) == 8:
            appending.append(entry, EntryState.REJECTED)

    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", sleep)
    assert recovery.wait_for_outcome(other) == other
    assert pauses == []
    assert recovery.wait_for_outcome(entry).state == EntryState.REJECTED
    assert pauses == [0.05, 0.075, 0.1125, 0.1688, 0.2531, 0.3797, 0.5, 0.5]


def test_it_is_waited_for_so_long_and_no_longer(monkeypatch):
    entry, clock = make_entry(), [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(time, "sleep", lambda _: clock.append(clock.pop() + 17.5))
    assert recovery.wait_for_outcome(entry).state == EntryState.INTENDED
    assert clock == [135.0]


def test_a_first_that_died_is_not_waited_for(monkeypatch):
    entry = left_behind(EntryState.SENT, owner="")
    monkeypatch.setattr(time, "sleep", lambda _: pytest.fail("It waits."))
    assert recovery.wait_for_outcome(entry).state == EntryState.UNKNOWN


def test_what_is_mended_is_told_and_keeps_what_came_with_it():
    entry = make_entry(EntryState.UNKNOWN, EntryState.SETTLED_NOT_DONE)
    part = snapshots.Personal("c1", "", {"name": "Mira"})
    kept = snapshots.rows(entry, Snapshot.Moment.ANSWER, [part])
    with hash_chain.locked_head() as head:
        recovery.mend(head, entry, EntryState.DONE, {"result": {"uuid": "r"}}, kept=kept)
    done, flagged = list(entry.events.all())[-2:]
    assert (done.kind, done.detail["result"]) == ("done", {"uuid": "r"})
    assert (flagged.kind, set(flagged.detail)) == (FLAGGED, {"words"})
    assert flagged.detail["words"].startswith("It was found not to be done, and then Piggy did")
    assert Snapshot.objects.get().data == {"name": "Mira"}
    status = EntryStatus.objects.get(entry=entry)
    assert (status.state, status.is_flagged) == ("done", True)


@pytest.mark.parametrize("state", [EntryState.SENT, EntryState.UNKNOWN, EntryState.REJECTED])
def test_nothing_else_is_mended(state):
    entry = make_entry(state)
    with pytest.raises(appending.Superseded), hash_chain.locked_head() as head:
        recovery.mend(head, entry, EntryState.DONE, {}, kept=[])
    assert entries.reread(entry).state == state

"""What nobody is at work on any more is settled; nothing is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.ledger import (
    appending,
    entries,
    recovery,
)
from piggyadmin.ledger.leases import this_process
from piggyadmin.ledger.models import (
    EntryState,
    EntryStatus,
)
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

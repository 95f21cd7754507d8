"""The whole ledger is verified in the background, and what is found is kept with the run."""

import pytest
from django.db import connection

from piggyadmin.ledger import triggers, verification_runs
from piggyadmin.ledger.models import EntryState, Event, Head
from piggyadmin.ledger.verification_runs import begin, newest_run, result_of
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.runs import cancel, carry, claim
from tests.ledger.making import make_entry, somebody
from tests.ledger.test_head_seals import sealed

__all__ = ["sealed"]
pytestmark = pytest.mark.django_db


def verified():
    run = begin(somebody())
    carry(claim("me"))
    return result_of(Run.objects.get(pk=run.pk))


def test_a_whole_ledger(sealed):
    make_entry(EntryState.DONE)
    result = verified()
    assert (result.number, result.findings, result.rows) == (0, [], 4)
    assert (result.by, result.end) == ("Sanne", str(Head.objects.get()))
    assert (result.seals, result.seconds >= 0) == (0, True)


def test_what_does_not_fit_is_kept(sealed, monkeypatch):
    monkeypatch.setattr(verification_runs, "MOST_FINDINGS", 2)
    make_entry(EntryState.DONE)
    triggers.take_down(connection)
    Event.objects.update(kind="done")
    triggers.put_up(connection)
    result = verified()
    assert result.number > 2
    assert len(result.findings) == 2


def test_an_empty_ledger():
    assert verified().end == "0:"


def test_one_at_a_time():
    assert begin(somebody()) == begin(somebody("other")) == newest_run()


def test_of_what_did_not_come_to_its_end_there_is_no_result():
    assert newest_run() is None
    run = begin(somebody())
    assert result_of(run) is None
    cancel(run)
    assert newest_run().state == RunState.CANCELLED
    assert result_of(newest_run()) is None


def test_it_stops_where_somebody_cancels_it():
    make_entry()
    run = begin(somebody())
    claimed = claim("me")
    cancel(run)
    carry(claimed)
    assert newest_run().state == RunState.CANCELLED

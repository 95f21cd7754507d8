"""Runs from the first pair to the last, over surprises and what comes between."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from piggyadmin.duplicates.certain import running
from piggyadmin.duplicates.merging import runs as merging
from piggyadmin.duplicates.models import CertainRun, MergeRun, Pair, PairStatus
from piggyadmin.ledger import conflicts, recovery, steps, writes
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus
from piggyadmin.ledger.operations import Refused
from piggyadmin.ledger.verification import verify
from piggyadmin.tasks.models import Run, RunState
from tests.duplicates.certain.making import (
    carried,
    checked,
    confirmed,
    fresh,
    states,
    twins,
    work,
)
from tests.ledger.making import make_entry, somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("certain")]
REFUSE = {"kind": "code", "code": 1003, "method": "POST", "path": "^contacts/merge$"}


@pytest.fixture
def run(sandbox) -> CertainRun:
    """Three pairs that somebody said yes to."""
    for number in (1, 2, 3):
        twins(sandbox, number)
    return confirmed(checked())


def is_there(sandbox, uuid: str) -> bool:
    return "uuid" in (sandbox.api("GET", f"contacts/{uuid}", check=False) or {})


def test_all_are_merged(run):
    run = carried(run)
    assert (run.status, states(run)) == ("done", ["merged"] * 3)
    assert set(Pair.objects.values_list("status", flat=True)) == {PairStatus.MERGED}
    whole = running.entry_of(run)
    assert whole.follow_up.detail["words"] == "3 pairs were merged."
    merges = Entry.objects.filter(status__part_of=run.key)
    assert {merge.action for merge in merges} == {"merge-duplicates"}
    assert {merge.reason for merge in merges} == {"Double account"}
    assert MergeRun.objects.filter(status="done").count() == 3
    assert Entry.objects.filter(action="merge-contacts").count() == 3
    assert list(verify()) == []


def test_the_first_one_goes_alone(run):
    work(running.CARRIER, times=3)
    assert states(run) == ["merging", "ready", "ready"]
    work("merge-run")
    work(running.CARRIER, times=1)
    assert states(run) == ["merged", "merging", "merging"]


def test_no_more_than_a_few_at_a_time(run, monkeypatch):
    monkeypatch.setattr(running, "AT_ONCE", 1)
    work(running.CARRIER, times=1)
    work("merge-run")
    work(running.CARRIER, times=2)
    assert states(run) == ["merged", "merging", "ready"]


def test_stops_at_the_first_surprise(run, sandbox):
    sandbox.faults(REFUSE, merge_seconds=0)
    run = carried(run)
    assert (run.status, states(run)) == ("stopped", ["merging", "ready", "ready"])
    assert "stopped at a surprise" in run.surprise
    assert EntryStatus.objects.get(entry=running.entry_of(run)).is_flagged
    sandbox.faults(merge_seconds=0)

    running.resume(run, by=somebody())  # nobody has settled the merge
    run = carried(run)
    assert run.status == "stopped"
    merging.resume(MergeRun.objects.get(), person=somebody(), comment="Go on.")
    joost = somebody("joost")
    running.resume(run, by=joost)
    run = carried(run)
    assert (run.status, states(run)) == ("done", ["merged"] * 3)
    assert Entry.objects.filter(action="merge-duplicates").latest("pk").person == joost
    assert list(verify()) == []


def test_a_merge_that_is_given_up(run, sandbox):
    sandbox.faults(REFUSE, merge_seconds=0)
    run = carried(run)
    sandbox.faults(merge_seconds=0)
    merging.abandon(MergeRun.objects.get(), person=somebody(), comment="Two people.")
    running.resume(run, by=somebody())
    run = carried(run)
    assert (run.status, states(run)) == ("done", ["not-merged", "merged", "merged"])
    assert run.pairs.get(position=1).words == "It was given up."


def test_only_a_stopped_one_is_taken_up(run):
    running.resume(run, by=somebody("joost"))
    assert fresh(run).status == "running"
    nobody = somebody("piet")
    nobody.groups.clear()
    with pytest.raises(PermissionDenied):
        running.resume(run, by=nobody)


def left_out(run: CertainRun) -> str:
    """Carry a run of which the first pair is not merged; gives why."""
    run = carried(run)
    assert (run.status, states(run)) == ("done", ["not-merged", "merged", "merged"])
    return run.pairs.get(position=1).words


def pair_of(run: CertainRun) -> Pair:
    row = run.pairs.get(position=1)
    return Pair.objects.get(first=row.first, second=row.second)


def test_what_somebody_decided_meanwhile(run):
    Pair.objects.filter(pk=pair_of(run).pk).update(status=PairStatus.DISMISSED)
    assert "decided by somebody" in left_out(run)


def test_what_is_no_pair_any_more(run):
    pair_of(run).delete()
    assert "decided by somebody" in left_out(run)


def test_whose_data_changed_in_the_mirror(run):
    Pair.objects.filter(pk=pair_of(run).pk).update(first_fingerprint="0" * 32)
    assert "changed meanwhile" in left_out(run)


def test_whose_data_changed_at_piggy(run, sandbox):
    values = {"attributes": {"company": "Beans"}}
    sandbox.api("PUT", f"contacts/{pair_of(run).first}", json=values)
    assert "changed meanwhile" in left_out(run)


def test_where_somebody_has_to_choose_by_now(run, sandbox):
    values = {"attributes": {"phonenumber": "0687654321"}}
    sandbox.api("PUT", f"contacts/{pair_of(run).first}", json=values)
    assert "has to choose" in left_out(run)


def test_at_which_somebody_else_looks(run):
    until = timezone.now() + timedelta(minutes=5)
    held = {"held_by": 0, "held_by_name": "Noor", "held_until": until}
    Pair.objects.filter(pk=pair_of(run).pk).update(**held)
    assert "Noor was looking" in left_out(run)


def test_with_whom_something_else_is_under_way(run):
    make_entry(EntryState.UNKNOWN, slug="delete-contact", contact=pair_of(run).first)
    assert "under way" in left_out(run)


def test_stops_where_whose_it_is_may_not_any_more(run):
    somebody().groups.clear()
    run = carried(run)
    assert (run.status, states(run)) == ("stopped", ["ready"] * 3)
    assert "may not merge many pairs" in run.surprise
    running.resume(run, by=somebody("joost"))
    assert carried(run).status == "done"


@pytest.mark.parametrize(
    "refusal", [PermissionDenied("No."), Refused({"contact_uuids": "No."}), "duplicate"]
)
def test_stops_where_a_merge_cannot_be_asked_for(run, monkeypatch, refusal):
    if refusal == "duplicate":
        refusal = conflicts.DuplicateRequest(running.entry_of(run))

    def refuse(*_args, **_more):
        raise refusal

    monkeypatch.setattr(steps, "carry_step", refuse)
    run = carried(run)
    assert (run.status, states(run)) == ("stopped", ["ready"] * 3)
    assert "No." in run.surprise or "asked for the same" in run.surprise


def test_goes_on_after_a_kill_between_two_steps(run, monkeypatch):
    """The merge stands in the ledger, and nothing else knows of it."""
    with monkeypatch.context() as killed:

        def die(*_args):
            raise SystemExit

        killed.setattr(merging, "begin", die)
        with pytest.raises(SystemExit):
            work(running.CARRIER, times=1)
    assert Entry.objects.filter(action="merge-duplicates").count() == 1
    run = carried(run)
    assert states(run) == ["merged"] * 3
    assert Entry.objects.filter(action="merge-duplicates").count() == 3


def test_goes_on_after_a_kill_before_an_outcome_was_stored(run, monkeypatch):
    with monkeypatch.context() as killed:
        killed.setattr(writes, "_conclude", lambda *_args: None)
        work(running.CARRIER, times=1)
    assert Entry.objects.get(action="merge-duplicates").state == EntryState.INTENDED
    with monkeypatch.context() as dead:
        dead.setattr(recovery, "recover", list)
        work(running.CARRIER, times=1)
    assert states(run) == ["ready"] * 3
    EntryStatus.objects.update(owner="")  # its process is gone
    run = carried(run)
    assert (run.status, states(run)) == ("done", ["merged"] * 3)


def test_cancelled(run):
    work(running.CARRIER, times=1)
    running.cancel(fresh(run), by=somebody())
    work(running.CARRIER, "merge-run")
    run = fresh(run)
    running.note_ends(run)
    assert (run.status, states(run)) == ("cancelled", ["merged", "ready", "ready"])


def test_a_cancelled_one_needs_no_look(run, sandbox):
    sandbox.faults(REFUSE, merge_seconds=0)
    run = carried(run)
    running.cancel(run, by=somebody())
    assert not EntryStatus.objects.get(entry=running.entry_of(run)).is_flagged
    running.cancel(run, by=somebody())
    assert fresh(run).status == "cancelled"


def test_cancelled_before_anybody_said_yes(sandbox):
    twins(sandbox, 1)
    run = checked()
    running.cancel(run, by=somebody())
    assert fresh(run).status == "cancelled"
    assert not Entry.objects.exists()


def test_cancelled_while_it_is_carried(run, monkeypatch):
    monkeypatch.setattr(Run, "heartbeat", lambda *_, **__: CertainRun.objects.update(status="done"))
    work(running.CARRIER, times=1)
    assert states(run) == ["ready"] * 3


def test_background_work_that_was_given_up(run):
    Run.objects.filter(name=running.CARRIER).update(state=RunState.FAILED, last_error="Boom")
    running.keep_going()
    run = fresh(run)
    assert run.status == "stopped"
    assert "Boom" in run.surprise
    running.keep_going()
    running.resume(run, by=somebody())
    assert carried(run).status == "done"


def test_background_work_that_is_lost_begins_anew(run):
    Run.objects.filter(name=running.CARRIER).update(state=RunState.DONE)
    running.keep_going()
    assert carried(run).status == "done"

"""Runs from the first row to the last, over pauses and what comes between."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.bulk import running
from piggyadmin.bulk.models import BulkPiece, BulkRun, BulkRunStatus
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus, PersonLookUp
from piggyadmin.ledger.verification import verify
from piggyadmin.tasks.models import Run, RunState
from tests.bulk.making import SHOP, balance, carried, checked, confirmed, states

MIRA = "mira.jansen@example.test"
OTHER = "m.jansen@example.test"
LIST = f"e-mail;credits\n{MIRA};5\n{OTHER};7\nnobody@example.test;3\n{MIRA};5\n"
GIVING = {"method": "POST", "path": "^credit-receptions"}
Status = BulkRunStatus


@pytest.fixture
def second(maker) -> User:
    other = User.objects.create_user("second", password="piggy-test", first_name="Second")
    other.groups.set(maker.groups.all())
    return other


@pytest.fixture
def run(sandbox, maker) -> BulkRun:
    """A run of two rows that are to be done, confirmed."""
    return confirmed(checked(LIST, maker, shop_uuid=SHOP))


def test_a_run(sandbox, maker):
    before = balance(sandbox)
    run = checked(LIST, maker, shop_uuid=SHOP)
    assert run.status == Status.CHECKED
    assert states(run) == ["ready", "ready", "faulty", "repeated"]
    assert run.totals["gives"] == 12
    assert balance(sandbox) == before

    run = carried(confirmed(run))
    assert run.status == Status.DONE
    assert states(run) == ["done", "done", "faulty", "repeated"]
    assert balance(sandbox) == before + 5
    whole = running.entry_of(run)
    assert whole.state == EntryState.DONE
    assert whole.follow_up.detail["words"] == "2 rows were done. 2 rows were not."
    steps = Entry.objects.filter(status__part_of=run.key)
    assert [step.state for step in steps] == [EntryState.DONE] * 2
    assert {step.reason for step in steps} == {"Goodwill"}
    assert not BulkPiece.objects.exists()
    assert list(verify()) == []


def test_repeats_where_they_are_wanted(sandbox, maker):
    before = balance(sandbox)
    run = carried(confirmed(checked(LIST, maker, shop_uuid=SHOP), includes_repeats=True))
    assert states(run) == ["done", "done", "faulty", "done"]
    assert balance(sandbox) == before + 10


def test_what_was_done_before_is_found(sandbox, maker, run):
    carried(run)
    again = checked(LIST, maker, shop_uuid=SHOP)
    assert states(again) == ["done-before", "done-before", "faulty", "repeated"]
    assert "did the same on" in again.rows.first().words


def test_what_is_done_meanwhile_is_not_done_again(sandbox, maker):
    one, other = (checked(LIST, maker, shop_uuid=SHOP) for _ in range(2))
    carried(confirmed(one))
    other = carried(confirmed(other))
    assert states(other)[:2] == ["done-before"] * 2
    assert other.status == Status.DONE


@pytest.mark.parametrize("code", [503, 429])
def test_what_passes_is_waited_for(sandbox, run, code):
    before = balance(sandbox)
    sandbox.faults({"kind": "status", "status": code, **GIVING})
    run = carried(run, times=1)
    assert run.status == Status.RUNNING
    assert run.trouble
    assert run.goes_on_at
    sandbox.faults()
    run = carried(run)
    assert (run.status, run.trouble) == (Status.DONE, "")
    assert balance(sandbox) == before + 5


def test_a_refused_token_pauses(sandbox, run, maker):
    sandbox.faults({"kind": "status", "status": 401, **GIVING})
    run = carried(run)
    assert run.status == Status.PAUSED
    assert "token" in run.trouble
    sandbox.faults()
    running.resume(run, by=maker)
    assert carried(run).status == Status.DONE


def test_what_piggy_refuses_is_told(sandbox, run):
    sandbox.faults({"kind": "code", "code": 1015, **GIVING})
    run = carried(run)
    assert states(run)[:2] == ["rejected"] * 2
    assert "more than may be given" in run.rows.first().words
    assert run.status == Status.DONE


def test_a_lost_answer_is_found_by_its_reference(sandbox, run):
    before = balance(sandbox)
    sandbox.faults({"kind": "drop_after", **GIVING})
    run = carried(run)
    assert states(run)[:2] == ["done"] * 2
    settled = EntryStatus.objects.filter(part_of=run.key, state=EntryState.SETTLED_DONE)
    assert settled.count() == 2
    assert balance(sandbox) == before + 5


def test_each_row_that_is_looked_for_shows_that_its_worker_lives(sandbox, run, monkeypatch):
    """Else somebody else takes it over in the midst, again and again until it is given up."""
    told, heartbeat = list[int](), Run.heartbeat

    def tell(work: Run, progress: int, of: int) -> None:
        told.append(progress)
        heartbeat(work, progress, of)

    monkeypatch.setattr(Run, "heartbeat", tell)
    sandbox.faults({"kind": "drop_after", **GIVING})
    assert carried(run).status == Status.DONE
    assert told == [0, 1, 2]


def test_what_was_not_found_is_asked_for_once_more(sandbox, run, maker, later):
    before = balance(sandbox)
    sandbox.faults({"kind": "drop_before", **GIVING})
    run = carried(run)
    assert states(run)[:2] == ["not-done"] * 2
    assert balance(sandbox) == before
    sandbox.faults()
    running.ask_anew(run, by=maker)
    run = carried(run)
    assert states(run)[:2] == ["done"] * 2
    assert balance(sandbox) == before + 5


# --- Whose it is -----------------------------------------------------------------------------


def test_who_is_disabled_does_nothing_more(sandbox, run, maker, second):
    maker.is_active = False
    maker.save()
    run = carried(run)
    assert run.status == Status.STOPPED
    assert "may not do" in run.trouble
    assert EntryStatus.objects.get(entry=running.entry_of(run)).is_flagged
    assert not Entry.objects.filter(status__part_of=run.key).exists()

    running.resume(run, by=second)
    run = carried(run)
    assert run.status == Status.DONE
    steps = Entry.objects.filter(status__part_of=run.key, status__state=EntryState.DONE)
    assert {step.person_name for step in steps} == {"Second"}


def test_background_work_that_failed_stops_it(sandbox, run):
    Run.objects.filter(name=running.CARRIER).update(state=RunState.FAILED, last_error="Oops")
    running.notice_failure(run)
    assert run.status == Status.STOPPED
    assert "Oops" in run.trouble


def test_a_check_that_failed_is_begun_anew(sandbox, maker):
    run = checked(LIST, maker, shop_uuid=SHOP)
    BulkRun.objects.update(status=Status.CHECKING)
    Run.objects.filter(name=running.CHECKER).update(state=RunState.FAILED, last_error="Oops")
    run.refresh_from_db()
    running.notice_failure(run)
    assert run.status == Status.DRAFT
    assert states(run) == []


def test_piggy_away_while_checking(sandbox, maker):
    sandbox.faults({"kind": "status", "status": 503})
    run = checked(LIST, maker, shop_uuid=SHOP)
    assert run.status == Status.CHECKING
    assert run.trouble


# --- Look-ups --------------------------------------------------------------------------------


def test_vouchers_are_looked_up(sandbox, maker):
    text = "code\nWELCOME-ACTIVE\nWELCOME-EXPIRED\nNO-SUCH\n"
    run = checked(text, maker, action="find-voucher-by-code")
    running.begin_look_ups(run, by=maker)
    run = carried(run)
    assert states(run) == ["done", "done", "rejected"]
    assert run.rows.first().answer["status"] == "ACTIVE"
    assert not Entry.objects.exists()


def test_balances_are_looked_up_and_that_is_kept(sandbox, maker):
    run = checked(f"klant\n{MIRA}\n", maker, action="get-contact-credit-balance")
    running.begin_look_ups(run, by=maker)
    run = carried(run)
    assert run.rows.get().answer["credits"] == balance(sandbox)
    assert PersonLookUp.objects.get().person == maker


def test_look_ups_wait_as_well(sandbox, maker):
    run = checked("code\nWELCOME-ACTIVE\n", maker, action="find-voucher-by-code")
    sandbox.faults({"kind": "status", "status": 503})
    running.begin_look_ups(run, by=maker)
    assert carried(run, times=1).goes_on_at
    sandbox.faults()
    assert states(carried(run)) == ["done"]

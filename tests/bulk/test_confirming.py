"""The yes to a run: what it is of, and for how long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.bulk import confirming, running
from piggyadmin.bulk.models import BulkRun, BulkRunStatus
from piggyadmin.ledger import approvals
from piggyadmin.ledger.models import Approval, Entry
from piggyadmin.ledger.operations import Refused
from tests.bulk.making import SHOP, balance, carried, checked, confirmed, states

MIRA = "mira.jansen@example.test"
LIST = f"e-mail;credits\n{MIRA};5\n{MIRA};5\n{MIRA};6\n"


def test_what_it_is_of(sandbox, maker):
    run = checked(LIST, maker, shop_uuid=SHOP)
    plan = confirming.plan_of(run, includes_repeats=False)
    assert (plan.rows, plan.repeats, plan.gives) == (2, 0, 11)
    plan = confirming.plan_of(run, includes_repeats=True)
    assert (plan.rows, plan.repeats, plan.gives) == (3, 1, 16)


def test_what_one_contact_gets_in_a_day_needs_a_second_person(sandbox, maker, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 10
    run = checked(LIST, maker, shop_uuid=SHOP)
    assert confirming.needs_second_person(run, person=maker, includes_repeats=False)
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    assert not confirming.needs_second_person(run, person=maker, includes_repeats=False)


def test_a_no_changes_nothing_of_the_rows(sandbox, maker, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 10
    run = confirmed(checked(LIST, maker, shop_uuid=SHOP), includes_repeats=True)
    assert run.status == BulkRunStatus.WAITING
    confirming.refuse(run, confirming.approval_of(run), person=maker, note="")
    assert states(run) == ["ready", "repeated", "ready"]


def test_what_was_checked_long_ago_is_not_approved(sandbox, maker, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 10
    run = confirmed(checked(LIST, maker, shop_uuid=SHOP))
    BulkRun.objects.update(checked_at=timezone.now() - timedelta(days=2))
    run.refresh_from_db()
    assert confirming.is_stale(run)
    with pytest.raises(Refused):
        confirming.approve(run, confirming.approval_of(run), person=maker, note="")
    assert not Entry.objects.exists()


def one_row(number, person):
    return checked(f"e-mail;credits\n{MIRA};{number}\n", person, shop_uuid=SHOP)


def test_runs_that_were_checked_side_by_side_add_up(sandbox, maker, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 500
    before = balance(sandbox)
    another = User.objects.create_superuser("another")
    first, second = one_row(400, maker), one_row(401, another)
    assert states(carried(confirmed(first))) == ["done"]
    second = carried(confirmed(second))
    assert states(second) == ["rejected"]
    words = "A second person has to approve this one. Do it from its own page."
    assert second.rows.get().words == words
    assert balance(sandbox) == before + 400


def test_a_list_that_one_person_splits_adds_up(sandbox, maker, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 500
    carried(confirmed(one_row(400, maker)))
    rest = checked("e-mail;credits\nm.jansen@example.test;101\n", maker, shop_uuid=SHOP)
    assert states(rest) == ["ready"]
    assert confirming.needs_second_person(rest, person=maker, includes_repeats=False)
    assert confirmed(rest).status == BulkRunStatus.WAITING


def test_what_a_second_person_approved_is_done_whatever_was_given_meanwhile(
    sandbox, maker, settings
):
    settings.FOUR_EYES_CREDITS_ABOVE = 500
    large, small = one_row(600, maker), one_row(400, maker)
    carried(confirmed(small))
    large = confirmed(large)
    second = User.objects.create_superuser("second")
    confirming.approve(large, confirming.approval_of(large), person=second, note="")
    assert states(carried(large)) == ["done"]


def test_of_two_presses_the_one_in_the_ledger_counts(sandbox, maker, monkeypatch):
    run = checked(f"e-mail;credits\n{MIRA};4\n{MIRA};4\n", maker, shop_uuid=SHOP)
    other, begin = BulkRun.objects.get(pk=run.pk), running.begin

    def interrupted(entry):
        """Let the other press come before what the first one asked for begins."""
        monkeypatch.setattr(running, "begin", begin)
        confirmed(other, includes_repeats=True)
        return begin(entry)

    monkeypatch.setattr(running, "begin", interrupted)
    run = confirmed(run)
    assert (run.includes_repeats, states(run)) == (False, ["ready", "repeated"])
    assert Entry.objects.get().preview["repeats"] == 0


@pytest.mark.parametrize("begins_after", [False, True])
def test_a_press_that_needs_somebody_else_beside_one_that_begins_leaves_no_request(
    sandbox, maker, settings, monkeypatch, begins_after
):
    settings.FOUR_EYES_CREDITS_ABOVE = 11
    run = checked(LIST, maker, shop_uuid=SHOP)
    other, keep, begin = BulkRun.objects.get(pk=run.pk), approvals.ask, running.begin

    def later(*_entry):
        """Leave it to whoever comes later to begin what stands in the ledger."""

    def interrupted(*args, **asked):
        """Let the press that needs nobody come between the other one's refusal and request."""
        monkeypatch.setattr(approvals, "ask", keep)
        confirmed(other)
        return keep(*args, **asked)

    monkeypatch.setattr(approvals, "ask", interrupted)
    monkeypatch.setattr(running, "begin", later if begins_after else begin)
    confirmed(run, includes_repeats=True)
    if begins_after:
        begin(Entry.objects.get())
    approval = Approval.objects.get()
    assert (approval.status, approval.decided_by_name) == ("withdrawn", maker.name)
    assert "went ahead" in approval.note
    assert states(carried(run)) == ["done", "repeated", "done"]


def test_of_two_requests_the_first_one_counts(sandbox, maker, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 10
    run = checked(LIST, maker, shop_uuid=SHOP)
    other = BulkRun.objects.get(pk=run.pk)
    confirmed(run)
    assert not confirmed(other, includes_repeats=True).includes_repeats

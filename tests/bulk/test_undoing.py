"""Runs that take another run back: its done rows, each once, seen and agreed to before."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import get_action
from piggyadmin.bulk import running, undoing
from piggyadmin.bulk.models import BulkRow, BulkRun, BulkRunStatus
from piggyadmin.ledger import outcomes
from piggyadmin.ledger.models import Approval, Entry
from piggyadmin.ledger.verification import verify
from tests.bulk.making import (
    CREDITS,
    SHOP,
    balance,
    carried,
    checked,
    confirmed,
    states,
    work,
)
from tests.conftest import signed_in

MIRA = "mira.jansen@example.test"
OTHER = "m.jansen@example.test"
LIST = f"e-mail;credits\n{MIRA};5\n{OTHER};7\nnobody@example.test;3\n{MIRA};5\n"
REVERSE = "reverse-credit-reception"
REASON = "Correction of a mistake"


@pytest.fixture
def page(maker):
    """A browser of somebody who may do things with many rows."""
    return signed_in(maker)


@pytest.fixture
def done(sandbox, maker) -> BulkRun:
    """A run whose first two rows were done."""
    return carried(confirmed(checked(LIST, maker, shop_uuid=SHOP)))


def asked_back(page, run: BulkRun) -> BulkRun:
    """Press the button that takes a run back, and have the rows checked."""
    answer = page.post(f"/bulk/{run.pk}/undo/")
    assert answer.status_code == 302
    work(running.CHECKER)
    return BulkRun.objects.latest("pk")


def words(answer) -> str:
    return " ".join(answer.text.split())


def test_a_run_is_taken_back(sandbox, done, page):
    before = balance(sandbox)
    shown = words(page.get(f"/bulk/{done.pk}/"))
    assert "Take 2 rows back…" in shown
    assert "Just the failed rows, to mend" in shown
    back = asked_back(page, done)
    assert (back.action, back.undoes, back.status) == (REVERSE, done, BulkRunStatus.CHECKED)
    assert states(back) == ["ready", "ready"]
    assert [row.line for row in back.rows.all()] == [row.line for row in done.rows.all()[:2]]
    assert back.rows.first().cells[:2] == [MIRA, "5"]
    assert back.totals["gives"] == 12
    shown = words(page.get(f"/bulk/{back.pk}/"))
    assert "Reverse a credit reception, with 2 rows?" in shown
    assert "This takes back what another run has done." in shown
    assert "This moves 12 credits in all." in shown
    assert "Just the failed rows, to mend" not in shown
    assert balance(sandbox) == before

    page.post(f"/bulk/{back.pk}/confirm/", {"check_number": "1", "reason": REASON})
    back = carried(back)
    assert states(back) == ["done", "done"]
    assert balance(sandbox) == before - 5
    reasons = Entry.objects.filter(action=REVERSE).values_list("status__reason", flat=True)
    assert set(reasons) == {REASON}
    assert "began to take it back" in words(page.get(f"/bulk/{done.pk}/"))
    assert list(verify()) == []


def test_a_reason_is_wanted(done, page):
    back = asked_back(page, done)
    answer = page.post(f"/bulk/{back.pk}/confirm/", {"check_number": "1"})
    assert answer.status_code == 422


def test_what_was_taken_back_already_is_left_out(sandbox, done, page):
    first = carried(confirmed(asked_back(page, done)))
    before = balance(sandbox)
    back = asked_back(page, done)
    assert set(states(back)) <= {"faulty", "done-before"}
    assert "has reversed this on" in back.rows.first().words
    shown = words(page.get(f"/bulk/{back.pk}/"))
    assert "did this with the very same list" in shown
    assert first.get_absolute_url() in shown
    assert "There is nothing to do" in shown
    assert balance(sandbox) == before


def test_one_row_that_was_taken_back_by_itself(sandbox, done, page):
    entry = Entry.objects.get(submission_key=done.rows.first().submission_key(done))
    giving = get_action(CREDITS)
    filled = giving.undo(entry, outcomes.recall(giving, entry).result)
    row = f"{filled['contact_uuid']}\t{filled['credit_reception_uuid']}"
    alone = checked(f"contact_uuid\tcredit_reception_uuid\n{row}", done.person, action=REVERSE)
    carried(confirmed(alone))
    assert states(asked_back(page, done)) == ["faulty", "ready"]


def test_above_the_limit_a_second_person_decides(sandbox, done, page, settings):
    settings.FOUR_EYES_CREDITS_ABOVE = 11
    settings.FOUR_EYES_INDEPENDENT_DAYS = 0
    back = confirmed(asked_back(page, done))
    assert back.status == BulkRunStatus.WAITING
    assert Approval.objects.get().action == "in-bulk"


def test_without_the_right_to_reverse_nobody_does(done, page, maker):
    permissions = get_action(REVERSE).permission.split(".")[1]
    for group in maker.groups.all():
        group.permissions.remove(*group.permissions.filter(codename=permissions))
    assert "Take 2 rows back…" not in words(page.get(f"/bulk/{done.pk}/"))
    assert page.post(f"/bulk/{done.pk}/undo/").status_code == 403
    assert BulkRun.objects.count() == 1


def test_while_it_moves_it_is_not_taken_back(sandbox, maker, page):
    run = confirmed(checked(LIST, maker, shop_uuid=SHOP))
    page.post(f"/bulk/{run.pk}/undo/")
    assert BulkRun.objects.count() == 1


def test_what_nothing_reverses(sandbox, maker, page):
    run = checked("e-mail\nnew.one@example.test", maker, action="create-contact")
    run = carried(confirmed(run))
    assert run.status == BulkRunStatus.DONE
    assert "back…" not in page.get(f"/bulk/{run.pk}/").text
    assert page.post(f"/bulk/{run.pk}/undo/").status_code == 404


def test_a_row_by_which_nothing_is_known(sandbox, done, page):
    BulkRow.objects.filter(run=done, position=1).update(attempts=3, cells=[MIRA])
    back = asked_back(page, done)
    assert states(back) == ["faulty", "ready"]
    row = back.rows.first()
    assert row.words == "Piggy has told nothing by which this could be taken back."
    assert len(row.cells) == len(back.columns)


def test_uses_of_vouchers_are_taken_back(sandbox, maker, page):
    uses = f"code;shop_uuid;contact_uuid\nWELCOME-ACTIVE;{SHOP};{MIRA}\n"
    run = carried(confirmed(checked(uses, maker, action="redeem-voucher")))
    assert states(run) == ["done"]
    back = carried(confirmed(asked_back(page, run)))
    assert (back.action, states(back)) == ("reverse-voucher-redemption", ["done"])
    assert voucher_status(sandbox) == "ACTIVE"


def test_vouchers_are_switched_on_and_off_again(sandbox, maker, page):
    run = carried(confirmed(checked("code\nWELCOME-ACTIVE", maker, action="deactivate-voucher")))
    on = carried(confirmed(asked_back(page, run)))
    assert (on.action, states(on)) == ("activate-voucher", ["done"])
    again = asked_back(page, run)
    assert states(again) == ["faulty"]
    off = carried(confirmed(asked_back(page, on)))
    assert (off.action, states(off)) == ("deactivate-voucher", ["done"])


def test_checked_anew(sandbox, done, page):
    back = asked_back(page, done)
    page.post(f"/bulk/{back.pk}/choose/")
    back.refresh_from_db()
    assert back.status == BulkRunStatus.DRAFT
    assert "Check all rows" in page.get(f"/bulk/{back.pk}/").text
    page.post(f"/bulk/{back.pk}/check/")
    work(running.CHECKER)
    back.refresh_from_db()
    assert (back.status, states(back)) == (BulkRunStatus.CHECKED, ["ready", "ready"])


def test_a_run_that_takes_nothing_back_has_no_such_rows(done):
    assert list(undoing.rows_to_undo(done)) == []
    assert undoing.why_not(done, done.rows.first()) == ""


def test_who_disabled_is_asked_about(done, maker):
    assert undoing.can_be_undone(done, maker)
    maker.groups.clear()
    assert not undoing.can_be_undone(done, User.objects.get(pk=maker.pk))


def voucher_status(sandbox) -> str:
    return str(sandbox.api("GET", "vouchers/find?code=WELCOME-ACTIVE")["status"])

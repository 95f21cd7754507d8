"""The yes to many pairs: to which, by whom, and for how long."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from piggyadmin.duplicates.certain import confirming
from piggyadmin.duplicates.models import CertainPair, CertainRun
from piggyadmin.ledger.models import ApprovalStatus, Entry, EntryState
from piggyadmin.ledger.operations import Refused
from tests.duplicates.certain.making import (
    carried,
    checked,
    confirmed,
    fresh,
    seen,
    states,
    twins,
)
from tests.ledger.making import somebody

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("certain")]


@pytest.fixture
def run(sandbox) -> CertainRun:
    """Two pairs that were checked."""
    twins(sandbox, 1)
    twins(sandbox, 2)
    return checked()


def test_only_what_was_seen_and_left_ticked(run):
    assert confirming.plan_of(run).pairs == 0
    assert confirming.plan_of(seen(run, but=1)).pairs == 1


def test_another_survivor_is_another_plan(run):
    before = confirming.plan_of(seen(run))
    row = run.pairs.first()
    CertainPair.objects.filter(pk=row.pk).update(survivor=row.source)
    assert confirming.plan_of(run).digest != before.digest


def test_stands_in_the_ledger_with_why(run):
    run = confirmed(run)
    entry = Entry.objects.get(action="merge-certain-pairs")
    assert (run.status, entry.state) == ("running", EntryState.DONE)
    assert entry.reason == run.reason == "Double account"
    assert entry.data["pairs"] == 2


def test_whoever_may_not_merge_many_is_refused(run):
    nobody = somebody()
    nobody.groups.clear()
    with pytest.raises(PermissionDenied):
        confirming.confirm(seen(run), person=nobody, reason="", comment="")
    assert not Entry.objects.exists()


@pytest.fixture
def waiting(run, settings) -> CertainRun:
    """A run that waits for a second person."""
    settings.FOUR_EYES = True
    settings.FOUR_EYES_INDEPENDENT_DAYS = 0
    assert confirming.needs_second_person(run)
    return confirmed(run)


def test_a_second_person_begins_it(waiting):
    approval = confirming.approval_of(waiting)
    assert (waiting.status, waiting.reason) == ("waiting", "Double account")
    confirming.approve(waiting, approval, person=somebody("joost"), note="Looked at all.")
    run = carried(waiting)
    assert (run.status, states(run)) == ("done", ["merged", "merged"])
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.APPROVED


def test_nobody_approves_their_own(waiting):
    with pytest.raises(PermissionDenied):
        confirming.approve(waiting, confirming.approval_of(waiting), person=somebody(), note="")
    assert fresh(waiting).status == "waiting"


def test_what_was_checked_long_ago_is_not_approved(waiting):
    waiting.checked_at = timezone.now() - timedelta(days=2)
    approval = confirming.approval_of(waiting)
    with pytest.raises(Refused):
        confirming.approve(waiting, approval, person=somebody("joost"), note="")


def test_other_pairs_are_not_approved(waiting):
    CertainPair.objects.filter(position=1).update(is_wanted=False)
    approval = confirming.approval_of(waiting)
    with pytest.raises(Refused):
        confirming.approve(waiting, approval, person=somebody("joost"), note="")


def test_a_no_leaves_the_pairs_as_they_were(waiting):
    approval, joost = confirming.approval_of(waiting), somebody("joost")
    confirming.refuse(waiting, approval, person=joost, note="Too many.")
    run = fresh(waiting)
    assert (run.status, states(run)) == ("checked", ["ready", "ready"])
    assert run.key != waiting.key
    confirming.refuse(run, approval, person=joost, note="Again.")  # it was decided
    assert fresh(run).key == run.key


def test_withdrawn_by_who_asked(waiting):
    approval = confirming.approval_of(waiting)
    confirming.refuse(waiting, approval, person=somebody(), note="")
    approval.refresh_from_db()
    assert approval.status == ApprovalStatus.WITHDRAWN
    assert confirming.is_stale(CertainRun())

"""The yes to a run: what it is of, and for how long."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.bulk import confirming
from piggyadmin.bulk.models import BulkRun, BulkRunStatus
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Refused
from tests.bulk.making import SHOP, checked, confirmed, states

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
    assert confirming.needs_second_person(run, includes_repeats=False)
    settings.FOUR_EYES_CREDITS_ABOVE = 100
    assert not confirming.needs_second_person(run, includes_repeats=False)


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

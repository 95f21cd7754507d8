"""Periodic work: by whoever comes first, and by one at a time."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from piggyadmin.tasks import schedule
from piggyadmin.tasks.models import Schedule
from piggyadmin.tasks.schedule import claim, every, make_rows, run_periodic

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls(monkeypatch):
    monkeypatch.setattr(schedule, "_periodic", {})
    calls = []
    every(60, "tick")(lambda: calls.append("tick"))
    make_rows()
    make_rows()
    return calls


def do_it(owner):
    periodic = claim(owner)
    assert periodic
    assert claim("another") is None
    run_periodic(periodic, owner)


def past():
    return Now() - timedelta(seconds=1)


def test_by_one_and_once_in_its_time(calls):
    do_it("a")
    assert calls == ["tick"]
    assert claim("b") is None
    Schedule.objects.update(next_at=past())
    assert claim("b")


def test_not_twice_at_a_time(calls):
    claim("a")
    Schedule.objects.update(next_at=past())
    assert claim("b") is None
    Schedule.objects.update(lease_until=past())
    schedule.renew(["a"])
    assert claim("b") is None


def test_again_when_the_worker_has_gone(calls):
    claim("a")
    Schedule.objects.update(next_at=past(), lease_until=past())
    assert claim("b")


def test_a_failure_is_kept_and_the_next_time_comes(calls):
    def fail():
        raise ValueError("secret")

    every(60, "tick")(fail)
    do_it("a")
    row = Schedule.objects.get()
    assert "ValueError" in row.last_error
    assert "secret" not in row.last_error
    assert row.lease_until is None
    every(60, "tick")(lambda: None)
    Schedule.objects.update(next_at=past())
    do_it("a")
    assert Schedule.objects.get().last_error == ""

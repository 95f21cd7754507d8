"""Runs: started once, owned by one, and carried to an end whatever happens."""

from datetime import timedelta

import pytest
import redis
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone

from piggyadmin.accounts.roles import Role
from piggyadmin.piggy.actor import current_actor
from piggyadmin.piggy.errors import Busy
from piggyadmin.piggy.throttle import _in_background
from piggyadmin.piggy.trace import current_trace_id, use_trace_id
from piggyadmin.tasks import backend, resumables, runs
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.runs import RetryLater, carry, claim, start
from tests.conftest import person
from tests.tasks.signals import same_signals

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    known: dict[str, resumables.Resumable] = {}
    monkeypatch.setattr(resumables, "_resumables", known)
    resumables.resumable("work", label="Work")(lambda run: None)
    return known


def work(step):
    """Let runs of the name "work" be carried by this function."""
    resumables.resumable("work", label="Work")(step)
    return start("work", key="1", payload={"a": 1})


def claimed(owner: str) -> Run:
    run = claim(owner)
    assert run
    return run


def fresh(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def leave(run: Run) -> None:
    """Let the lease end, as if the worker had gone."""
    Run.objects.filter(pk=run.pk).update(lease_until=Now() - timedelta(seconds=1))


def make_due(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(due_at=Now())


def waits(run: Run) -> float:
    """Give the seconds until it is due."""
    return (fresh(run).due_at - timezone.now()).total_seconds()


def execute_what_waits() -> None:
    """Have the engine execute what was handed over, and give the signals back that it takes."""
    with same_signals():
        call_command("db_worker", queue_name=backend.QUEUE, batch=True, interval=0, reload=False)


class TestStart:
    def test_once_per_key_while_unfinished(self):
        run = start("work", key="1", payload={})
        assert start("work", key="1", payload={}) == run
        assert start("work", key="2", payload={}) != run
        carry(claimed("me"))
        assert fresh(run).state == RunState.DONE
        assert start("work", key="1", payload={}) != run

    def test_keeps_who_asked_and_the_trace(self):
        somebody = person(Role.STAFF)
        with use_trace_id("f" * 32):
            run = start("work", key="1", payload={}, by=somebody)
        assert (run.asked_by_id, run.asked_by_name) == (somebody.pk, "Staff")
        assert run.trace_id == "f" * 32
        with use_trace_id("f" * 32):
            assert start("work", key="2", payload={}).trace_id != "f" * 32

    def test_later(self):
        start("work", key="1", payload={}, at=timezone.now() + timedelta(hours=1))
        assert claim("me") is None

    def test_a_person_need_not_wait(self):
        hour = timezone.now() + timedelta(hours=1)
        run = start("work", key="1", payload={}, at=hour)
        start("work", key="1", payload={})
        assert claim("me") is None
        start("work", key="1", payload={}, by=person(Role.STAFF))
        assert claim("me") == run

    def test_gives_up_when_it_cannot_be_stored(self, monkeypatch):
        def broken(**_values):
            raise IntegrityError

        monkeypatch.setattr(Run.objects, "create", broken)
        with pytest.raises(RuntimeError):
            start("work", key="1", payload={})

    def test_what_nobody_can_do(self):
        with pytest.raises(LookupError):
            start("nothing", key="1", payload={})

    @pytest.mark.django_db(transaction=True)
    def test_calls_a_worker_once_committed(self, monkeypatch):
        called: list[int] = []
        monkeypatch.setattr(backend, "take_over", called.append)
        with transaction.atomic():
            run = start("work", key="1", payload={})
        execute_what_waits()
        execute_what_waits()
        assert called == [run.pk]

    @pytest.mark.django_db(transaction=True)
    def test_works_in_a_worker_of_django_tasks_itself(self, monkeypatch):
        monkeypatch.setattr(backend, "take_over", runs.carry_at_once)
        run = start("work", key="1", payload={})
        execute_what_waits()
        assert fresh(run).state == RunState.DONE

    def test_needs_no_transport(self, monkeypatch):
        def broken(*_args, **_kwargs):
            raise redis.ConnectionError

        monkeypatch.setattr(type(backend.wake), "enqueue", broken)
        backend.hand_over(start("work", key="1", payload={}).pk)
        assert claim("me")


class TestClaim:
    def test_by_one(self):
        start("work", key="1", payload={})
        first = claimed("a")
        assert first.state == RunState.RUNNING
        assert first.attempts == 1
        assert claim("b") is None

    def test_again_when_the_worker_has_gone(self):
        run = start("work", key="1", payload={})
        claim("a")
        leave(run)
        again = claimed("b")
        assert (again.owner, again.attempts, again.crashes) == ("b", 2, 1)

    def test_not_while_the_lease_is_renewed(self):
        run = start("work", key="1", payload={})
        claim("a")
        leave(run)
        runs.renew(["a"])
        assert claim("b") is None

    def test_not_what_this_version_does_not_know(self, registry):
        start("work", key="1", payload={})
        registry.clear()
        assert claim("me") is None
        assert str(Run.objects.get().label) == "work"


class TestCarry:
    def test_to_its_end(self):
        seen = []

        def step(run):
            run.heartbeat(progress=1, of=2)
            seen.append((current_trace_id(), _in_background.get(), current_actor().action))

        run = work(step)
        carry(claimed("me"))
        done = fresh(run)
        assert (done.state, done.progress, done.of, done.owner) == (RunState.DONE, 2, 2, "")
        assert done.finished_at
        assert seen == [(run.trace_id, True, "work")]

    def test_later(self):
        def step(run):
            raise RetryLater(60)

        run = work(step)
        carry(claimed("me"))
        assert fresh(run).state == RunState.WAITING
        assert 55 < waits(run) < 61
        assert fresh(run).failures == 0

    def test_waits_longer_after_each_failure_and_gives_up(self, settings):
        settings.TASKS_BACKOFF_SECONDS = 1

        def step(run):
            raise ValueError("mira.jansen@example.test")

        run = work(step)
        pauses = []
        for _ in range(runs.MAX_FAILURES):
            carry(claimed("me"))
            pauses.append(waits(run))
            make_due(run)
        assert pauses[:5] == sorted(pauses[:5])
        assert pauses[4] > 15
        given_up = fresh(run)
        assert given_up.state == RunState.FAILED
        assert "ValueError" in given_up.last_error
        assert "mira" not in given_up.last_error
        assert claim("me") is None

    def test_waits_for_piggy_as_long_as_it_takes(self):
        def step(run):
            raise Busy(trace_id="1", retry_after=300)

        run = work(step)
        for _ in range(runs.MAX_FAILURES + 2):
            carry(claimed("me"))
            assert waits(run) > 290
            make_due(run)
        assert fresh(run).state == RunState.WAITING
        assert "Busy" in fresh(run).last_error

    def test_progress_makes_failures_good(self):
        def step(run):
            run.heartbeat(progress=run.progress + 1)
            raise ValueError

        run = work(step)
        for _ in range(runs.MAX_FAILURES + 1):
            carry(claimed("me"))
            make_due(run)
        assert fresh(run).failures == 1

    def test_what_kills_its_workers_is_given_up(self):
        run = work(lambda run: None)
        for _ in range(runs.MAX_FAILURES + 2):
            mine = claimed("me")
            leave(run)
        carry(mine)
        assert fresh(run).state == RunState.FAILED

    def test_stops_when_another_worker_has_it(self):
        reached = []

        def step(run):
            leave(run)
            other = claimed("other")
            carry_on = other.heartbeat
            try:
                run.heartbeat(progress=1)
            finally:
                carry_on(progress=5)
            reached.append("end")

        run = work(step)
        carry(claimed("me"))
        assert not reached
        assert (fresh(run).owner, fresh(run).progress) == ("other", 5)

    def test_is_handed_back(self):
        run = work(lambda run: run.heartbeat(progress=3))
        carry(claimed("me"), should_stop=lambda: True)
        assert (fresh(run).state, fresh(run).progress, fresh(run).failures) == ("waiting", 3, 0)
        assert claim("other") == run


class TestCancelAndRetry:
    def test_cancel_what_waits(self):
        run = start("work", key="1", payload={})
        assert runs.cancel(run)
        assert fresh(run).state == RunState.CANCELLED
        assert not runs.cancel(run)

    def test_cancel_what_runs(self):
        def step(run):
            run.heartbeat(progress=1)
            assert runs.cancel(run)
            run.heartbeat(progress=2)

        run = work(step)
        carry(claimed("me"))
        assert (fresh(run).state, fresh(run).progress) == (RunState.CANCELLED, 1)

    def test_cancel_what_a_gone_worker_left(self):
        run = start("work", key="1", payload={})
        claim("me")
        runs.cancel(run)
        leave(run)
        carry(claimed("other"))
        assert fresh(run).state == RunState.CANCELLED

    def test_retry(self):
        run = start("work", key="1", payload={})
        runs.cancel(run)
        assert runs.retry(run)
        assert not runs.retry(run)
        assert claim("me") == run

    def test_retry_earlier(self):
        run = start("work", key="1", payload={}, at=timezone.now() + timedelta(hours=1))
        assert runs.retry(run)
        assert claim("me") == run

    def test_no_retry_beside_another(self):
        run = start("work", key="1", payload={})
        runs.cancel(run)
        start("work", key="1", payload={})
        assert not runs.retry(run)
        assert fresh(run).state == RunState.CANCELLED


def test_what_is_done_shows_no_half_bar():
    """A step says how far it is before it takes the next one, and so never says that it ends."""
    run = work(lambda run: [run.heartbeat(progress=number, of=2) for number in range(2)])
    carry(claimed("one"))
    done = fresh(run)
    assert (done.state, done.progress, done.of) == (RunState.DONE, 2, 2)


def test_what_never_said_how_much_there_is_keeps_what_it_said():
    run = work(lambda run: run.heartbeat(progress=7))
    carry(claimed("one"))
    assert (fresh(run).progress, fresh(run).of) == (7, None)

"""The token bucket: its rules, and its stores under several processes and threads at once.

PostgreSQL and Redis are taken from TEST_POSTGRESQL and TEST_REDIS_URL, by default on this
machine; where they cannot be reached the tests that need them are skipped.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
import redis

from piggyadmin.piggy.errors import Busy
from piggyadmin.piggy.models import Bucket
from piggyadmin.piggy.throttle import (
    BACKGROUND_PATIENCE_SECONDS,
    PATIENCE_SECONDS,
    DatabaseThrottle,
    RedisThrottle,
    Reservation,
    TokenBucket,
    in_background,
    throttle_from_settings,
    without_waiting,
)
from tests.postgresql import database_or_skip

ROOT = Path(__file__).resolve().parents[2]
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
RATE, BURST = 40, 10  # calls per second, and at once
PROCESSES, THREADS, CALLS = 3, 3, 8  # threads of each process, calls of each thread


# --- The rules, on a clock of our own --------------------------------------------------------


class Clockwork(TokenBucket):
    """Keeps the moment in memory, and lets time pass by sleeping."""

    def __init__(self, rate: float = 5, burst: int = 20) -> None:
        self.now, self.free_at = 1000.0, 0.0
        super().__init__("memory", calls_per_second=rate, burst=burst, sleep=self.pass_time)

    def pass_time(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds

    def ask(self, most_ahead: float) -> Reservation:
        ahead = max(self.free_at, self.now) - self.now
        if ahead > most_ahead + 1e-9:
            return Reservation(is_taken=False, ahead=ahead)
        self.free_at = self.now + ahead + self.interval
        return Reservation(is_taken=True, ahead=ahead + self.interval)

    def times(self, calls: int) -> list[float]:
        moments = []
        for _ in range(calls):
            self.take()
            moments.append(self.now - 1000)
        return moments


def test_a_burst_goes_out_at_once_and_then_one_per_interval():
    assert Clockwork(rate=5, burst=3).times(6) == pytest.approx([0, 0, 0, 0.2, 0.4, 0.6])


def test_a_quiet_time_gives_the_burst_back_and_no_more():
    bucket = Clockwork(rate=5, burst=3)
    bucket.times(3)
    bucket.now += 3600
    assert [moment - 3600 for moment in bucket.times(4)] == pytest.approx([0, 0, 0, 0.2])


def test_a_person_who_would_wait_too_long_is_told():
    bucket = Clockwork(rate=5, burst=2)
    bucket.free_at = bucket.now + bucket.window + PATIENCE_SECONDS
    with pytest.raises(Busy) as caught:
        bucket.take()
    assert caught.value.retry_after == pytest.approx(PATIENCE_SECONDS)
    assert caught.value.nothing_changed
    assert not caught.value.passing


def test_work_in_the_background_leaves_half_of_the_burst_alone():
    bucket = Clockwork(rate=5, burst=20)
    with in_background():
        assert bucket.times(10) == [0] * 10
        bucket.take()
    assert bucket.now > 1000.1


def test_work_in_the_background_goes_only_when_nobody_waits():
    bucket = Clockwork(rate=5, burst=4)
    bucket.times(10)  # a person has taken turns that are still to come
    waiting_until = bucket.free_at
    with in_background():
        bucket.take()
    assert bucket.now >= waiting_until - bucket.window / 2


@pytest.mark.parametrize("burst", [1, 2])
def test_work_in_the_background_goes_even_with_a_tiny_burst(burst):
    bucket = Clockwork(rate=5, burst=burst)
    with in_background():
        moments = bucket.times(3)
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(moments))


def test_work_in_the_background_does_not_wait_for_ever(monkeypatch):
    bucket = Clockwork()
    monkeypatch.setattr(bucket, "ask", lambda _most: Reservation(is_taken=False, ahead=60))
    with in_background(), pytest.raises(Busy):
        bucket.take()
    assert bucket.now - 1000 >= BACKGROUND_PATIENCE_SECONDS


def test_what_is_worth_no_waiting_takes_half_of_the_burst_and_is_refused_then():
    bucket = Clockwork(rate=5, burst=20)
    with without_waiting():
        assert bucket.times(10) == [0] * 10
        with pytest.raises(Busy):
            bucket.take()
    assert bucket.now == 1000.0
    assert bucket.times(10) == pytest.approx([0] * 10)


def test_the_rules_need_a_store():
    with pytest.raises(NotImplementedError):
        TokenBucket("x", calls_per_second=1, burst=1).take()


# --- The settings ----------------------------------------------------------------------------


def test_without_a_limit_there_is_no_throttle_and_no_query(settings, django_assert_num_queries, db):
    settings.PIGGY_CALLS_PER_SECOND = 0
    with django_assert_num_queries(0):
        assert throttle_from_settings("a") is None


def test_the_database_keeps_the_bucket_by_default(settings):
    settings.PIGGY_CALLS_PER_SECOND, settings.PIGGY_CALLS_BURST = 5, 20
    settings.REDIS_URL = ""
    throttle = throttle_from_settings("a")
    assert isinstance(throttle, DatabaseThrottle)
    assert (throttle.name, throttle.interval, throttle.window) == ("a", 0.2, 4)


def test_redis_keeps_it_where_configured(settings):
    settings.PIGGY_CALLS_PER_SECOND, settings.REDIS_URL = 5, "redis://redis.example.test:6379/1"
    assert isinstance(throttle_from_settings("a"), RedisThrottle)


# --- The database ----------------------------------------------------------------------------


@pytest.mark.django_db
def test_turns_in_the_database():
    slept: list[float] = []
    throttle = DatabaseThrottle("a", calls_per_second=2, burst=3, sleep=slept.append)
    for _ in range(4):
        throttle.take()
    assert slept == [pytest.approx(0.5, abs=0.2)]
    assert throttle.ask(most_ahead=0.1) == Reservation(
        is_taken=False, ahead=pytest.approx(2, abs=0.2)
    )
    assert str(Bucket.objects.get()) == "a"


@pytest.mark.django_db
def test_a_row_that_somebody_else_makes_at_this_very_moment(monkeypatch):
    throttle = DatabaseThrottle("a", calls_per_second=2, burst=3, sleep=pytest.fail)
    run = throttle._run

    def run_late(statement, *values):
        outcome = run(statement, *values)
        Bucket.objects.get_or_create(name="a")
        return outcome

    monkeypatch.setattr(throttle, "_run", run_late)
    throttle.take()
    assert Bucket.objects.get().name == "a"
    assert throttle.ask(most_ahead=10) == Reservation(
        is_taken=True, ahead=pytest.approx(1, abs=0.2)
    )


@pytest.mark.django_db
def test_a_turn_is_one_query(django_assert_num_queries):
    throttle = DatabaseThrottle("a", calls_per_second=2, burst=3)
    throttle.take()
    with django_assert_num_queries(1):
        throttle.take()


@pytest.mark.django_db
def test_accounts_have_buckets_of_their_own():
    slept: list[float] = []
    for name in ("a", "b"):
        DatabaseThrottle(name, calls_per_second=1, burst=1, sleep=slept.append).take()
    assert slept == []


# --- Redis -----------------------------------------------------------------------------------


@pytest.fixture
def redis_name() -> Iterator[str]:
    """A bucket of our own in Redis."""
    client = redis.Redis.from_url(REDIS, socket_connect_timeout=1)
    name = f"test-{uuid4().hex}"
    with closing(client):
        try:
            client.ping()
        except redis.RedisError as error:
            pytest.skip(f"no Redis at {REDIS}: {error}")
        yield name
        client.delete(f"piggyadmin:bucket:{name}")


def test_turns_in_redis(redis_name):
    slept: list[float] = []
    with closing(redis.Redis.from_url(REDIS)) as client:
        throttle = RedisThrottle(
            redis_name, client=client, calls_per_second=2, burst=3, sleep=slept.append
        )
        for _ in range(4):
            throttle.take()
        assert slept == [pytest.approx(0.5, abs=0.2)]
        refused = throttle.ask(most_ahead=0.1)
        assert refused == Reservation(is_taken=False, ahead=pytest.approx(2, abs=0.2))
        assert 0 < client.pttl(f"piggyadmin:bucket:{redis_name}") <= 3000


@pytest.mark.django_db
def test_without_redis_the_database_keeps_the_rate():
    client = redis.Redis(host="127.0.0.1", port=1, retry=None)
    slept: list[float] = []
    throttle = RedisThrottle("a", client=client, calls_per_second=1, burst=1, sleep=slept.append)
    throttle.take()
    assert slept == []
    throttle.take()
    assert slept == [pytest.approx(1, abs=0.2)]


# --- Several processes at once ---------------------------------------------------------------


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A database of our own on the PostgreSQL server."""
    with database_or_skip() as url:
        yield url


def environment(**variables: str) -> dict[str, str]:
    """Make the environment of a console that calls for a real account."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "PYTHONPATH": str(ROOT),
        "PIGGY_CALLS_PER_SECOND": str(RATE),
        "PIGGY_CALLS_BURST": str(BURST),
        **variables,
    }


def run_together(name: str, variables: dict[str, str]) -> list[float]:
    """Let several processes of several threads call at once; give the moments of all calls."""
    worker = [sys.executable, "-m", "tests.piggy.throttle_worker", name]
    worker += [str(THREADS), str(CALLS)]
    processes = [
        subprocess.Popen(worker, env=variables, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        for _ in range(PROCESSES)
    ]
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES
    return sorted(float(moment) for output in outputs for moment in output.split())


def assert_rate_was_kept(moments: list[float]) -> None:
    """No stretch of time may hold more calls than the burst and the rate allow."""
    assert len(moments) == PROCESSES * THREADS * CALLS
    # Between its turn and the note of its time each thread may have waited for the processor.
    late = PROCESSES * THREADS
    for first, start in enumerate(moments):
        for last in range(first, len(moments)):
            allowed = BURST + RATE * (moments[last] - start) + late
            assert last - first + 1 <= allowed
    assert moments[-1] - moments[0] >= (len(moments) - BURST - late) / RATE


MAKE_TABLE = """
import django
django.setup()
from django.db import connection
from piggyadmin.piggy.models import Bucket
with connection.schema_editor() as editor:
    editor.create_model(Bucket)
"""


def make_table(variables: dict[str, str]) -> None:
    """Make the one table that is needed; all migrations would take longer than the test itself."""
    subprocess.run([sys.executable, "-c", MAKE_TABLE], env=variables, cwd=ROOT, check=True)


def test_processes_together_keep_the_rate_on_sqlite(tmp_path):
    variables = environment(DATA_DIR=str(tmp_path))
    make_table(variables)
    assert_rate_was_kept(run_together("a", variables))


def test_processes_together_keep_the_rate_on_postgresql(tmp_path, postgresql_url):
    variables = environment(DATA_DIR=str(tmp_path), DATABASE_URL=postgresql_url)
    make_table(variables)
    assert_rate_was_kept(run_together("a", variables))


def test_processes_together_keep_the_rate_on_redis(tmp_path, redis_name):
    variables = environment(DATA_DIR=str(tmp_path), REDIS_URL=REDIS)
    assert_rate_was_kept(run_together(redis_name, variables))

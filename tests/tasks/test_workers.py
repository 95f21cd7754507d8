"""Workers as real processes: killed, stopped, and many of them on one database."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from itertools import count, pairwise
from pathlib import Path
from threading import Event

import pytest
import redis
from django.db import ProgrammingError, transaction

from piggyadmin.tasks import backend, resumables
from piggyadmin.tasks.models import Run, RunState, Worker
from piggyadmin.tasks.runs import start
from piggyadmin.tasks.workers import WorkerProcess
from tests.tasks.processes import Console, console, end_gracefully, wait_until
from tests.tasks.signals import same_signals

REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
_keys = count(1)


@pytest.fixture
def on_sqlite(directory) -> Iterator[Console]:
    with console(directory) as made:
        yield made


@pytest.fixture
def redis_url() -> Iterator[str]:
    url = f"{REDIS}/15"
    client = redis.Redis.from_url(url)
    try:
        is_ours = not client.dbsize()
    except redis.ConnectionError:
        pytest.skip(f"no Redis at {REDIS}")
    if not is_ours:
        pytest.skip("database 15 of Redis is in use")
    yield url
    client.flushdb()
    client.close()


def is_written(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


class Steps:
    """A run that leaves a mark for each of its steps."""

    def __init__(self, here: Console, number: int, pause: float) -> None:
        self.directory = here.directory / f"run-{next(_keys)}"
        self.directory.mkdir()
        self.number = number
        payload = {"directory": str(self.directory), "steps": number, "pause": pause}
        self.begun_at = time.time()
        here.start({"name": "sample-steps", "key": str(self.directory), "payload": payload})

    def mark(self, number: int) -> Path:
        return self.directory / f"step-{number}"

    @property
    def worker(self) -> int:
        """The process that did the last step so far."""
        marks = [self.mark(n) for n in range(1, self.number + 1) if is_written(self.mark(n))]
        return int(marks[-1].read_text().split("-")[0])

    def wait_for(self, number: int) -> None:
        wait_until(lambda: is_written(self.mark(number)))

    def assert_each_once(self) -> None:
        self.wait_for(self.number)
        marks = [self.mark(number).read_text() for number in range(1, self.number + 1)]
        assert [text.count("\n") for text in marks] == [1] * self.number


def wait_for_workers(here: Console, number: int = 1) -> None:
    wait_until(lambda: here.log.read_text().count("starts") >= number)


def kill_and_go_on(here: Console) -> None:
    """Kill the worker that is at it; another one finishes."""
    workers = [here.worker(), here.worker()]
    wait_for_workers(here, 2)
    steps = Steps(here, 20, 0.05)
    steps.wait_for(5)
    killed = steps.worker
    os.kill(killed, signal.SIGKILL)
    steps.assert_each_once()
    assert steps.worker != killed
    survivor = next(worker for worker in workers if worker.pid != killed)
    assert end_gracefully(survivor) == 0
    assert_well(here)


def three_workers(here: Console) -> None:
    """Let three workers share many runs."""
    workers = [here.worker() for _ in range(3)]
    wait_for_workers(here, 3)
    runs = []
    for number in range(30):
        path = here.directory / f"many-{number}"
        path.mkdir()
        payload = {"directory": str(path), "steps": 10, "pause": 0.005}
        runs.append({"name": "sample-steps", "key": str(path), "payload": payload})
    here.start(*runs)
    last = [here.directory / f"many-{n}" / "step-10" for n in range(30)]
    wait_until(lambda: all(path.exists() for path in last))
    wait_until(lambda: "waiting" not in here.start() and "running" not in here.start())
    for path in last:
        assert (path.parent / "begun").read_text().count("\n") == 1
    assert {end_gracefully(worker) for worker in workers} == {0}
    assert_well(here)


def assert_well(here: Console) -> None:
    """See that no worker complained."""
    lines = [json.loads(line) for line in here.log.read_text().splitlines()]
    complaints = [line for line in lines if line["level"] != "INFO"]
    assert not complaints, "\n".join(str(line) for line in complaints)


class TestOnSqlite:
    def test_kill_9(self, on_sqlite):
        kill_and_go_on(on_sqlite)

    def test_three_workers(self, on_sqlite):
        three_workers(on_sqlite)

    def test_begins_soon_and_stops_gracefully(self, on_sqlite):
        on_sqlite.environment["TASKS_POLL_SECONDS"] = "1"
        on_sqlite.start()
        worker = on_sqlite.worker()
        wait_for_workers(on_sqlite)
        time.sleep(0.5)
        steps = Steps(on_sqlite, 50, 0.1)
        steps.wait_for(2)
        begun_at = float((steps.directory / "begun").read_text())
        assert begun_at - steps.begun_at < 2
        assert end_gracefully(worker) == 0
        assert not steps.mark(50).exists()
        assert on_sqlite.start() == {"waiting": 1}
        another = on_sqlite.worker()
        steps.assert_each_once()
        assert end_gracefully(another) == 0
        assert_well(on_sqlite)

    def test_periodic_work_is_shared(self, on_sqlite):
        on_sqlite.environment["SAMPLE_TICKS"] = str(on_sqlite.directory)
        for _ in range(2):
            on_sqlite.worker()
        ticks = on_sqlite.directory / "ticks"
        wait_until(lambda: ticks.exists() and ticks.read_text().count("\n") >= 4)
        times = [float(line.split()[1]) for line in ticks.read_text().splitlines()]
        assert min(later - earlier for earlier, later in pairwise(times)) > 0.2

    def test_outlives_a_database_that_is_not_there_yet(self, tmp_path):
        here = Console(tmp_path)
        try:
            worker = here.worker()
            wait_until(lambda: "looking again" in here.log.read_text())
            here.prepare()
            Steps(here, 2, 0).assert_each_once()
            assert end_gracefully(worker) == 0
        finally:
            here.end()

    def test_goes_with_its_parent(self, on_sqlite):
        worker = on_sqlite.worker("manage.py", "worker", "--parent", "1")
        assert worker.wait(30) == 0

    def test_the_keeper_replaces_a_worker_and_takes_it_along(self, on_sqlite):
        supervisor = on_sqlite.worker(
            "-m", "piggyadmin.tasks.supervisor", "--parent", str(os.getpid())
        )
        wait_for_workers(on_sqlite)
        first = Steps(on_sqlite, 2, 0)
        first.assert_each_once()
        os.kill(first.worker, signal.SIGKILL)
        wait_for_workers(on_sqlite, 2)
        second = Steps(on_sqlite, 2, 0)
        second.assert_each_once()
        supervisor.kill()
        supervisor.wait()
        wait_until(lambda: not is_running(second.worker))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # One that nobody has waited for is over as well.
    return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"


@pytest.mark.django_db(transaction=True)
def test_an_engine_that_ends_within_a_transaction_keeps_no_run_from_being_stored(
    monkeypatch, settings
):
    settings.WORKER_GRACE_SECONDS = 3
    has_begun = Event()

    def until_asked_to_stop(run: Run) -> None:
        has_begun.set()
        while True:
            run.heartbeat()
            time.sleep(0.01)

    def end_within_a_transaction(_on_signal: Callable[[], object]) -> None:
        assert has_begun.wait(30)
        transaction.set_autocommit(False)
        Worker.objects.update(host="elsewhere")
        raise SystemExit

    monkeypatch.setattr(resumables, "_resumables", {})
    resumables.resumable("endless", label="Endless")(until_asked_to_stop)
    monkeypatch.setattr(backend, "execute", end_within_a_transaction)
    start("endless", key="1", payload={})
    with same_signals():
        WorkerProcess().run()
    assert Run.objects.get().state == RunState.WAITING
    assert not Worker.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_signal_counts_though_what_it_interrupts_raises_something_else(monkeypatch, caplog):
    def is_interrupted(on_signal: Callable[[], object]) -> None:
        assert not times, "The signal was lost."
        times.append(1)
        on_signal()
        raise ProgrammingError

    times: list[int] = []
    monkeypatch.setattr(backend, "execute", is_interrupted)
    with same_signals():
        WorkerProcess().run()
    assert times
    assert "looking again" not in caplog.text


class TestOnPostgres:
    def test_kill_9(self, tmp_path, postgres_url):
        with console(tmp_path, DATABASE_URL=postgres_url) as here:
            kill_and_go_on(here)

    def test_three_workers(self, tmp_path, postgres_url):
        with console(tmp_path, DATABASE_URL=postgres_url) as here:
            three_workers(here)


class TestOverRedis:
    def test_work_goes_over_redis_and_is_not_lost_with_it(self, directory, redis_url):
        with console(directory, TASKS_BACKEND="rq", REDIS_URL=redis_url) as here:
            kill_and_go_on(here)
            with redis.Redis.from_url(redis_url) as client:
                assert client.keys("rq:results:*")
            lost = Steps(here, 3, 0)
            with redis.Redis.from_url(redis_url) as client:
                assert client.llen("rq:queue:piggyadmin") == 1
                client.flushdb()
            here.worker()
            lost.assert_each_once()

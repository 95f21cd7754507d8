"""A whole console of which processes and connections die at random while they are at work."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from itertools import count, cycle, islice
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import requests
from django.db import connection

from piggyadmin.tasks.models import UNFINISHED, Run
from tests.sandbox.server import SandboxServer, children_of
from tests.tasks.processes import Console, wait_until

START_SECONDS = 180.0
# Within this time somebody holds a write, be it only to show that it lives.
WRITES_WITHIN_SECONDS = 30.0
# The byte of SQLite's shared memory that whoever writes has locked, in WAL mode.
WRITE_LOCK = 120
PROCESSES_OF_THE_WEB = 2


class Victim(Enum):
    """What is killed, or cut."""

    WEB = "a process of the web server"
    WORKER = "a worker"
    DATABASE = "connections of the database"
    SANDBOX = "the sandbox"


def victims(number: int, dice: random.Random) -> list[Victim]:
    """Give so many in any order, each kind as often as the others."""
    drawn = list(islice(cycle(Victim), number))
    dice.shuffle(drawn)
    return drawn


def replace_worker(console: Console, victim: Any) -> None:
    """Kill a worker without warning, and start another one in its place."""
    victim.kill()
    victim.wait()
    console.worker()


class Chaos:
    """Kills what a console lives on; whatever it kills is replaced."""

    def __init__(self, console: Console, sandbox: SandboxServer, dice: random.Random) -> None:
        self.console, self.sandbox, self.dice = console, sandbox, dice
        self.port = int(console.environment["PORT"])
        self.web = console.worker("-m", "gunicorn", "piggyadmin.wsgi", "-c", "gunicorn.conf.py")

    @property
    def url(self) -> str:
        """Where the web server answers."""
        return f"http://127.0.0.1:{self.port}"

    def end_web(self) -> None:
        """End the web server with all its processes, so that none stays connected."""
        for pid in (self.web.pid, *children_of(self.web.pid)):
            os.kill(pid, signal.SIGKILL)
        self.web.wait()

    def wait_for_web(self) -> None:
        """Wait until the web server answers."""
        wait_until(self._answers, START_SECONDS)

    def _answers(self) -> bool:
        assert self.web.poll() is None, self.console.log.read_text()
        with suppress(requests.RequestException):
            return requests.get(f"{self.url}/readyz", timeout=5).ok
        return False

    @property
    def workers(self) -> list[Any]:
        """The workers that live."""
        alive = (each for each in self.console.processes if each.poll() is None)
        return [each for each in alive if each is not self.web]

    def hit(self, victim: Victim) -> None:
        """Kill one of a kind, or cut it."""
        hits: dict[Victim, Callable[[], None]] = {
            Victim.WEB: lambda: os.kill(self.dice.choice(self._web_processes()), signal.SIGKILL),
            Victim.WORKER: lambda: replace_worker(self.console, self.dice.choice(self._at_work())),
            Victim.DATABASE: self._cut_postgresql
            if connection.vendor == "postgresql"
            else self._kill_writer,
            Victim.SANDBOX: self.sandbox.kill_and_start_again,
        }
        hits[victim]()

    def _web_processes(self) -> list[int]:
        """Give those that answer, which the web server replaces by itself."""
        return wait_until(lambda: children_of(self.web.pid), START_SECONDS)  # type: ignore[no-any-return]

    def _at_work(self) -> list[Any]:
        """Give the workers that carry runs; where none does, any of them."""
        owners = Run.objects.filter(state__in=UNFINISHED).values_list("owner", flat=True)
        pids = {int(owner.rsplit("-", 2)[1]) for owner in owners if owner.count("-") >= 2}
        return [each for each in self.workers if each.pid in pids] or self.workers

    def _cut_postgresql(self) -> None:
        """End all connections but that of the test."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )

    def _kill_writer(self) -> None:
        """Kill a process in the midst of a transaction that has written, or is about to."""
        pid = wait_until(self._stopped_writer, WRITES_WITHIN_SECONDS)
        dying = [each for each in self.workers if each.pid == pid]
        os.kill(pid, signal.SIGKILL)
        for worker in dying:
            replace_worker(self.console, worker)

    def _stopped_writer(self) -> int | None:
        """Stop the process that holds the lock for writing; one that is faster goes on."""
        ours = {each.pid for each in self.workers} | set(children_of(self.web.pid))
        for pid in _writers() & ours:
            os.kill(pid, signal.SIGSTOP)
            if pid in _writers():
                return pid
            os.kill(pid, signal.SIGCONT)
        return None


def _writers() -> set[int]:
    """Give the processes that hold the lock for writing to the database of the test."""
    inode = Path(f"{connection.settings_dict['NAME']}-shm").stat().st_ino
    found = set()
    for line in Path("/proc/locks").read_text().splitlines():
        words = line.split()
        # 1: POSIX ADVISORY WRITE <pid> <device>:<inode> <first> <last>; waiters have an arrow.
        is_held = words[1] == "POSIX" and words[3] == "WRITE"
        if is_held and words[5].endswith(f":{inode}") and words[6] == str(WRITE_LOCK):
            found.add(int(words[4]))
    return found


# --- Those who use it meanwhile --------------------------------------------------------------


class Till:
    """A program at the console's door that gives credits, while everything around it dies.

    As programs should, it asks again with the same key until it is told what became of it. It gives
    each number of credits once, from `first` on.
    """

    PAUSE_SECONDS = 0.2
    # Somebody is still at it, or what answers has died: the same key tells.
    ASKS_AGAIN = frozenset({409, 500})
    SO_OFTEN = 50

    def __init__(self, url: str, secret: str, body: dict[str, Any], first: int) -> None:
        self.url = f"{url}/api/actions/create-credit-reception/"
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.body, self.first = body, first
        self.told: dict[UUID, int] = {}

    def keep_giving(self, is_closed: threading.Event) -> None:
        """Give again and again."""
        for number in count(self.first):
            if is_closed.wait(self.PAUSE_SECONDS):
                return
            key = uuid4()
            self.told[key] = self._give(number, key)

    def _give(self, number: int, key: UUID) -> int:
        body, status = self.body | {"credits": number}, 0
        for _ in range(self.SO_OFTEN):
            with suppress(requests.RequestException):
                headers = self.headers | {"Idempotency-Key": str(key)}
                status = requests.post(self.url, json=body, headers=headers, timeout=60).status_code
                if status not in self.ASKS_AGAIN:
                    break
            time.sleep(self.PAUSE_SECONDS)
        return status


def keep_looking(url: str, cookies: dict[str, str], is_closed: threading.Event) -> None:
    """Look at a page again and again, as whoever has asked for a run does."""
    while not is_closed.wait(Till.PAUSE_SECONDS):
        with suppress(requests.RequestException):
            requests.get(url, cookies=cookies, timeout=60)


@contextmanager
def meanwhile(*doings: Callable[[threading.Event], None]) -> Iterator[None]:
    """Have things done, each in a thread of its own, as long as the `with` lasts."""
    is_closed = threading.Event()
    threads = [threading.Thread(target=each, args=(is_closed,), daemon=True) for each in doings]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        is_closed.set()
        for thread in threads:
            thread.join(60)

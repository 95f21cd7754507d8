"""A worker: a process whose threads carry runs, as long as it is not asked to stop.

The main thread is the engine's: it executes what django-tasks brings, and takes the signals. One
thread looks for work, shows that the process lives and renews its leases; every run and all
periodic work has a thread of its own.
"""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections
from django.db.models.functions import Now

from piggyadmin.piggy.trace import use_trace_id
from piggyadmin.tasks import backend, runs, schedule
from piggyadmin.tasks.models import Run, Worker
from piggyadmin.tasks.signals import worker_stopped

# Without a sign of life for this long a worker counts as gone.
ALIVE_SECONDS = 60
HEARTBEAT_SECONDS = 10.0
# After a failure of the database or of Redis, doubled each time.
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 15.0
_STORE_ERRORS = (DatabaseError, InterfaceError, redis.RedisError)

if TYPE_CHECKING:
    from django.db.models import QuerySet

logger = logging.getLogger(__name__)


def worker_is_alive() -> bool:
    """Tell whether any worker has given a sign of life within the last minute."""
    return alive_workers().exists()


def alive_workers() -> "QuerySet[Worker]":
    """Select the workers that have given a sign of life within the last minute."""
    return Worker.objects.filter(last_seen__gt=Now() - timedelta(seconds=ALIVE_SECONDS))


@dataclass
class Slot:
    """A thread at work, and what it does."""

    owner: str
    run: Run | None = None
    thread: threading.Thread = field(init=False)

    @property
    def is_stuck(self) -> bool:
        """Whether it is so long since the last beat that others may take the run."""
        if self.run is None:
            return False
        return bool(time.monotonic() - self.run.heartbeat_at > settings.TASKS_STUCK_SECONDS)


class WorkerProcess:
    """The worker of this process."""

    def __init__(self, *, parent: int = 0) -> None:
        """Make a worker; with `parent` it stops when it is no longer that process's child."""
        self.parent = parent
        host = socket.gethostname()[:100]
        pid = os.getpid()
        self.row = Worker(name=f"{host}-{pid}-{uuid4().hex[:6]}", host=host, pid=pid)
        self.stopping = threading.Event()
        self._wake = threading.Event()
        self._has_executed = threading.Event()
        self._has_looked = threading.Event()
        self._called: SimpleQueue[int] = SimpleQueue()
        self._slots: dict[str, Slot] = {}
        self._numbers = count(1)
        self._seen_at = self._renewed_at = float("-inf")

    # --- life

    def run(self) -> None:
        """Work until somebody wants it to end."""
        self._take_signals()
        backend.take_over = self.take_over
        logger.info("Worker %s starts", self.row.name)
        threading.Thread(target=self._keep_looking, name="look", daemon=True).start()
        with suppress(SystemExit):
            self._keep_going(self._execute, self.stopping.wait)
        self._has_executed.set()
        # A signal ends the engine anywhere, also where it has just begun a transaction that nobody
        # would end: as long as this thread winds up, no run could store what became of it.
        close_connections()
        self.stop()
        self._has_looked.wait(FIRST_PAUSE_SECONDS)
        self._wind_up()
        logger.info("Worker %s has stopped", self.row.name)

    def _take_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)

    def stop(self, *_signal: Any) -> None:
        """Take no more work, and let what is going on end or be handed back at its next beat."""
        self.stopping.set()
        self._wake.set()

    def take_over(self, pk: int) -> None:
        """Have a run carried by this worker, if nobody else has it."""
        self._called.put(pk)
        self._wake.set()

    def _keep_going(self, look: Callable[[], bool], rest: Callable[[float], Any]) -> None:
        """Look again and again, at once after success; whatever fails is tried again later."""
        next_pause = FIRST_PAUSE_SECONDS
        while not self.stopping.is_set():
            try:
                with use_trace_id():
                    found = look()
            except Exception as error:
                is_expected = isinstance(error, _STORE_ERRORS)
                if is_expected and self.stopping.is_set():
                    return
                logger.warning(
                    "%s; looking again in %.1f s",
                    type(error).__name__,
                    next_pause,
                    exc_info=None if is_expected else error,
                )
                close_connections()
                self.stopping.wait(next_pause)
                next_pause = min(next_pause * 2, LONGEST_PAUSE_SECONDS)
                continue
            next_pause = FIRST_PAUSE_SECONDS
            if not found:
                rest(settings.TASKS_POLL_SECONDS)

    def _wind_up(self) -> None:
        """Wait for the threads, showing that they are at it, and sign off."""
        until = time.monotonic() + settings.WORKER_GRACE_SECONDS
        while self._slots and time.monotonic() < until:
            with suppress(*_STORE_ERRORS):
                self._show_life()
            for slot in list(self._slots.values()):
                slot.thread.join(0.05)
        if self._slots:
            logger.warning("Worker %s leaves %d runs to others", self.row.name, len(self._slots))
        with suppress(*_STORE_ERRORS):
            Worker.objects.filter(pk=self.row.pk).delete()
        worker_stopped.send(WorkerProcess)
        close_connections()

    # --- looking for work

    def _execute(self) -> bool:
        """Let the engine work until a signal ends it, or it loses what it works on."""
        # An event that is just being set could not be set by the next signal, which would wait.
        signals: list[None] = []
        try:
            backend.execute(partial(signals.append, None))
        finally:
            self._take_signals()
            if signals:
                self.stop()
        return False

    def _keep_looking(self) -> None:
        self._keep_going(self._look, self._rest)
        close_connections()
        self._has_looked.set()
        # A signal that came before the engine took signals, or the end of the parent.
        while not self._has_executed.wait(FIRST_PAUSE_SECONDS):
            os.kill(os.getpid(), signal.SIGTERM)

    def _rest(self, seconds: float) -> None:
        """Wait until there is something to do, or for so long."""
        self._wake.wait(seconds)
        self._wake.clear()

    def _look(self) -> bool:
        """Look around once, and tell whether there may be more to do."""
        if self.parent and os.getppid() != self.parent:
            logger.warning("Worker %s stops: its parent has gone", self.row.name)
            self.stop()
            return False
        self._show_life()
        return self._take_periodic() | self._take_run()

    def _show_life(self) -> None:
        now = time.monotonic()
        if now - self._seen_at >= HEARTBEAT_SECONDS:
            if self._seen_at == float("-inf"):
                schedule.make_rows()
            if not Worker.objects.filter(pk=self.row.pk).update(last_seen=Now()):
                self.row.save(force_insert=True)
            self._seen_at = now
        if now - self._renewed_at >= settings.TASKS_LEASE_SECONDS / 3:
            slots = [slot for slot in list(self._slots.values()) if not slot.is_stuck]
            runs.renew([slot.owner for slot in slots if slot.run])
            schedule.renew([slot.owner for slot in slots if not slot.run])
            self._renewed_at = now

    @property
    def _has_room(self) -> bool:
        carried = [slot for slot in list(self._slots.values()) if slot.run]
        return bool(len(carried) < settings.WORKER_THREADS)

    def _take_periodic(self) -> bool:
        owner = self._next_owner()
        periodic = schedule.claim(owner)
        if periodic:
            self._start(Slot(owner), lambda: schedule.run_periodic(periodic, owner))
        return bool(periodic)

    def _take_run(self) -> bool:
        """Claim a run: first those that this worker was told of, then any."""
        if not self._has_room:
            return False
        owner = self._next_owner()
        run = self._claim_called(owner) or runs.claim(owner)
        if run:
            carried = run
            self._start(
                Slot(owner, run), lambda: runs.carry(carried, should_stop=self.stopping.is_set)
            )
        return bool(run)

    def _claim_called(self, owner: str) -> Run | None:
        with suppress(Empty):
            while True:
                if run := runs.claim(owner, only=self._called.get_nowait()):
                    return run
        return None

    def _next_owner(self) -> str:
        return f"{self.row.name}/{next(self._numbers)}"

    def _start(self, slot: Slot, work: Callable[[], None]) -> None:
        slot.thread = threading.Thread(target=self._work, args=(slot, work), daemon=True)
        self._slots[slot.owner] = slot
        slot.thread.start()

    def _work(self, slot: Slot, work: Callable[[], None]) -> None:
        try:
            work()
        except _STORE_ERRORS as error:
            # Its lease ends, and somebody goes on.
            logger.warning("Lost hold of %s: %s", slot.owner, type(error).__name__)
        finally:
            close_connections()
            del self._slots[slot.owner]
            self._wake.set()


def close_connections() -> None:
    """Close this thread's connections, broken ones among them."""
    for connection in connections.all(initialized_only=True):
        with suppress(DatabaseError, InterfaceError):
            connection.close()

"""Writing the request log, beside the calls and never in their way.

A call only puts what happened into a queue. A thread of each process writes it to the database a
moment later, when the page that made the call is ready, and several calls at once where there are
many. When that fails the log has a gap, and nobody who is at work notices.
"""

import atexit
import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, Full, Queue
from threading import Event, Lock, Thread
from typing import Any, cast

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from piggyadmin.piggy.actor import Actor, current_actor
from piggyadmin.piggy.client import Exchange, without_secrets
from piggyadmin.request_log.models import LoggedCall, hour_of
from piggyadmin.request_log.scrub import scrubbed_answer, scrubbed_query, scrubbed_request

# Calls that may wait to be written; more are left out.
QUEUE_LIMIT = 2_000
# Calls written in one go.
BATCH = 100
# How long, in seconds, a call waits for others, so that writing does not hold its own page up.
GATHER_SECONDS = 0.1
# How long, in seconds, the end of a process waits until all is written.
LAST_WAIT_SECONDS = 3.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Seen:
    """An attempt of a call, when it ended, and for whom it was made."""

    exchange: Exchange
    actor: Actor
    at: datetime


class Recorder:
    """The client's observer: keeps every attempt of a call."""

    def __init__(self) -> None:
        self._queue: Queue[Seen] = Queue(QUEUE_LIMIT)
        self._lock = Lock()
        self._process = 0
        self._is_urgent = Event()

    def __call__(self, exchange: Exchange) -> None:
        """Take note of an attempt; costs next to nothing and never fails."""
        try:
            self._queue.put_nowait(Seen(exchange, current_actor(), timezone.now()))
        except Full:
            logger.warning("The request log is behind: a call was left out")
        except Exception as error:  # noqa: BLE001  (the call itself must not suffer)
            logger.warning("A call was not logged: %s", type(error).__name__)
        else:
            self._start_thread()

    def _start_thread(self) -> None:
        """Start this process's thread at its first call, also after a fork."""
        if self._process == os.getpid():
            return
        with self._lock:
            if self._process != os.getpid():
                self._process = os.getpid()
                Thread(target=self._write_for_ever, name="request-log", daemon=True).start()
                atexit.register(self.wait)

    def _write_for_ever(self) -> None:
        while True:
            self.write(is_waiting=True)

    def write(self, *, is_waiting: bool = False) -> None:
        """Write what waits in the queue, or, with `is_waiting`, what comes next."""
        batch = self._next_batch(is_waiting=is_waiting)
        try:
            LoggedCall.objects.bulk_create([row_of(seen) for seen in batch])
        except Exception as error:  # noqa: BLE001  (a gap in the log is all that may happen)
            logger.warning("%d calls were not logged: %s", len(batch), type(error).__name__)
        finally:
            if is_waiting:
                close_old_connections()
            for _ in batch:
                self._queue.task_done()

    def _next_batch(self, *, is_waiting: bool) -> list[Seen]:
        batch = []
        if is_waiting:
            batch.append(self._queue.get())
            self._is_urgent.wait(GATHER_SECONDS)
        try:
            while len(batch) < BATCH:
                batch.append(self._queue.get_nowait())
        except Empty:
            pass
        return batch

    def wait(self, seconds: float = LAST_WAIT_SECONDS) -> None:
        """Wait until all is written, but not for long."""
        give_up_at = time.monotonic() + seconds
        self._is_urgent.set()
        while self._queue.unfinished_tasks and time.monotonic() < give_up_at:
            time.sleep(0.01)
        self._is_urgent.clear()


def row_of(seen: Seen) -> LoggedCall:
    """Make the row of an attempt, without secrets."""
    exchange, actor = seen.exchange, seen.actor
    return LoggedCall(
        at=seen.at,
        hour=hour_of(seen.at),
        method=exchange.method,
        path=without_secrets(exchange.path)[: _length("path")],
        status=exchange.status,
        error=type(exchange.error).__name__ if exchange.error else "",
        seconds=exchange.seconds,
        attempt=exchange.attempt,
        trace_id=exchange.trace_id,
        person_id=actor.person_id,
        person_name=actor.person_name[: _length("person_name")],
        action=actor.action[: _length("action")],
        entry_id=actor.entry_id,
        query=scrubbed_query(exchange.path, exchange.query),
        request_body=scrubbed_request(exchange.path, exchange.request_body),
        response_body=scrubbed_answer(exchange.path, exchange.response_body),
    )


def _length(name: str) -> int | None:
    field: Any = LoggedCall._meta.get_field(name)
    return cast("int | None", field.max_length)


_recorder = Recorder()


def recorder_from_settings() -> Callable[[Exchange], None] | None:
    """Give what keeps the calls of this process; None where the settings want none kept."""
    return _recorder if settings.REQUEST_LOG_DAYS else None

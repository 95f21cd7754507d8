"""Counting, beside the work and never in its way.

A process adds up what happens in it, and a thread of its own adds that to the database a moment
later. So whichever process is asked knows what all of them counted, also those on other machines
and those that have ended.
"""

import atexit
import json
import logging
import os
import time
from collections import Counter
from collections.abc import Sequence
from threading import Event, Lock, Thread

from django.db import close_old_connections

from piggyadmin.bulk_insert import insert
from piggyadmin.metrics.models import MetricTotal

# So long, in seconds, what was counted waits for more.
GATHER_SECONDS = 1.0

logger = logging.getLogger(__name__)


class Totals:
    """What this process has counted and not stored yet."""

    def __init__(self) -> None:
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()
        self._has_some = Event()
        self._process = 0

    def add(self, metric: str, labels: Sequence[str], number: float = 1) -> None:
        """Count something; costs next to nothing."""
        with self._lock:
            self._begin()
            # A Counter takes any number, but its type says whole ones.
            self._numbers[metric, json.dumps(labels)] += number  # type: ignore[assignment]
        self._has_some.set()

    def _begin(self) -> None:
        """Start this process's thread at its first count, also after a fork, and with nothing."""
        if self._process == os.getpid():
            return
        self._process = os.getpid()
        self._numbers.clear()
        Thread(target=self._store_for_ever, name="metrics", daemon=True).start()
        atexit.register(self.store)

    def _store_for_ever(self) -> None:
        while True:
            self._has_some.wait()
            time.sleep(GATHER_SECONDS)
            self.store()
            close_old_connections()

    def store(self) -> None:
        """Add it all to what the database holds; where that fails, it is stored the next time."""
        with self._lock:
            numbers, self._numbers = self._numbers, Counter()
            self._has_some.clear()
        rows = [
            MetricTotal(metric=metric, labels=labels, number=number)
            # All processes lock rows in one order, so that none waits for another for ever.
            for (metric, labels), number in sorted(numbers.items())
        ]
        try:
            insert(rows, unique=("metric", "labels"), adds=("number",))
        except Exception as error:  # noqa: BLE001  (whoever is at work must not suffer)
            logger.warning("What was counted is not stored yet: %s", type(error).__name__)
            with self._lock:
                self._numbers.update(numbers)


totals = Totals()

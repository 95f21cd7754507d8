"""Outcomes that the database did not take, stored as soon as it takes them again.

Whoever carried a write out cannot wait for a database that is away or full. The process itself
remembers what became of it, and a thread tries again and again. Should the process end before, the
entry has no owner any more, and is recovered as one whose outcome is unknown.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection

# Between two attempts, in seconds: the database's return is noticed within that.
TRY_AGAIN_SECONDS = 2.0
# What a database raises that is away, or that has no room left.
AWAY = (OperationalError, InterfaceError)

logger = logging.getLogger(__name__)


class Backlog:
    """What is still to be stored, in its order, and the thread that is at it."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, store: Callable[[], None]) -> None:
        """Have something stored as soon as that is possible; at once is not tried."""
        with self._lock:
            self._waiting.append(store)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="backlog", daemon=True)
                self._thread.start()

    def join(self, seconds: float) -> None:
        """Wait until all is stored, but not longer than some seconds."""
        if thread := self._thread:
            thread.join(seconds)

    def _work(self) -> None:
        while self._has_more():
            time.sleep(TRY_AGAIN_SECONDS)
            self._store_all()
            connection.close()

    def _has_more(self) -> bool:
        with self._lock:
            if not self._waiting:
                self._thread = None
            return bool(self._waiting)

    def _store_all(self) -> None:
        while self._waiting:
            try:
                self._waiting[0]()
            except AWAY as error:
                logger.warning("An outcome was not stored yet: %s", type(error).__name__)
                return
            except Exception:
                # Without its outcome the entry is recovered when this process ends.
                logger.exception("An outcome cannot be stored")
            self._waiting.popleft()


backlog = Backlog()

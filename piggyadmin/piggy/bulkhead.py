"""Slow answers of Piggy's must not take all threads of the web server.

Everybody who waits for Piggy has a thread of this process, and there are only so many: when all of
them wait, not even the sign-in page answers. So fewer pages than there are threads may have calls
under way, and of those only some on the same kind of endpoint, so that one slow kind leaves room
for the others. The calls of one page count once: they hold one thread.

Who finds it full waits while calls are answered quickly, and is told at once when they are not.
Work in the background has threads of its own, and is not counted.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

from django.conf import settings

from piggyadmin.piggy.errors import BulkheadFull
from piggyadmin.piggy.throttle import is_in_background
from piggyadmin.piggy.trace import current_trace_id

# The share of the threads that is kept free for pages that need nothing from Piggy.
RESERVE = 0.25
# The share of the rest that calls of one kind may take.
KIND_SHARE = 0.5
# Where half of those under way have lasted for so long, in seconds, nobody waits for a place.
SLOW_SECONDS = 0.5


@dataclass(frozen=True)
class Use:
    """Calls of one page on one kind of endpoint."""

    trace_id: str
    kind: str
    begun: float


class Bulkhead:
    """Lets so many pages have calls under way, in all and of one kind."""

    def __init__(self, threads: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.most = max(1, threads - max(1, round(threads * RESERVE)))
        self.most_of_a_kind = max(1, round(self.most * KIND_SHARE))
        self._clock = clock
        self._uses: list[Use] = []
        self._changed = Condition()

    @contextmanager
    def admit(self, path: str, *, is_write: bool) -> Iterator[None]:
        """Hold a place while a call to this path is under way.

        Raises:
            BulkheadFull: there is none, and it is no use waiting; nothing was sent.
        """
        if is_in_background():
            yield
            return
        use = self._enter(current_trace_id(), path.partition("/")[0], is_write=is_write)
        try:
            yield
        finally:
            with self._changed:
                self._uses.remove(use)
                self._changed.notify_all()

    def _enter(self, trace_id: str, kind: str, *, is_write: bool) -> Use:
        with self._changed:
            while crowd := self._crowd(trace_id, kind):
                pause = SLOW_SECONDS - self._typical_age(crowd)
                if pause <= 0:
                    raise BulkheadFull(is_write=is_write, trace_id=trace_id)
                self._changed.wait(pause)
            use = Use(trace_id, kind, self._clock())
            self._uses.append(use)
            return use

    def _crowd(self, trace_id: str, kind: str) -> list[Use]:
        """Give those under way that leave no room; none where there is a place."""
        of_a_kind = [use for use in self._uses if use.kind == kind]
        for uses, most in ((self._uses, self.most), (of_a_kind, self.most_of_a_kind)):
            pages = {use.trace_id for use in uses}
            if trace_id not in pages and len(pages) >= most:
                return uses
        return []

    def _typical_age(self, uses: list[Use]) -> float:
        """Give the seconds that half of them have lasted for."""
        moments = sorted(use.begun for use in uses)
        return self._clock() - moments[(len(moments) - 1) // 2]


def bulkhead_from_settings() -> Bulkhead:
    """Give the bulkhead of this process, by the threads of its web server."""
    return Bulkhead(settings.WEB_THREADS)

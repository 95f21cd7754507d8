"""Slow answers of Piggy's must not take all threads of the web server.

Everybody who waits for Piggy has a thread of this process, and there are only so many: when all of
them wait, not even the sign-in page answers. So fewer pages than there are threads may have calls
under way, and of those only some on the same kind of endpoint, so that one slow kind leaves room
for the others. The calls of one page count once: they hold one thread.

Who finds it full waits while calls are answered and none too slowly, else is told at once.
Work in the background has threads of its own, and is not counted.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

from django.conf import settings

from piggyadmin.piggy.errors import BulkheadFull
from piggyadmin.piggy.throttle import is_in_background, may_wait
from piggyadmin.piggy.trace import current_trace_id

# The share of the threads that is kept free for pages that need nothing from Piggy.
RESERVE = 0.25
# The share of the rest that calls of one kind may take.
KIND_SHARE = 0.5
# Nobody waits for a place when for so long, in seconds, no call has begun or ended there ...
STALL_SECONDS = 0.8
# ... or when half of those under way have lasted for so long.
SLOW_SECONDS = 3.0


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
        self._moved_at: dict[str, float] = {}  # by kind
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
            self._leave(use)

    def _enter(self, trace_id: str, kind: str, *, is_write: bool) -> Use:
        with self._changed:
            while (pause := self._pause(trace_id, kind)) is not None:
                if pause <= 0 or not may_wait():
                    raise BulkheadFull(is_write=is_write, trace_id=trace_id)
                self._changed.wait(pause)
            use = Use(trace_id, kind, self._clock())
            self._uses.append(use)
            self._moved_at[kind] = use.begun
            return use

    def _leave(self, use: Use) -> None:
        with self._changed:
            self._uses.remove(use)
            self._moved_at[use.kind] = self._clock()
            self._changed.notify_all()

    def _pause(self, trace_id: str, kind: str) -> float | None:
        """Give the seconds that it is worth waiting for a place; None where there is one."""
        of_a_kind = [use for use in self._uses if use.kind == kind]
        for uses, most in ((self._uses, self.most), (of_a_kind, self.most_of_a_kind)):
            pages = {use.trace_id for use in uses}
            if trace_id not in pages and len(pages) >= most:
                return self._patience(uses)
        return None

    def _patience(self, uses: list[Use]) -> float:
        """Give the seconds after which these would have to be called slow."""
        begun = sorted(use.begun for use in uses)
        typical = begun[(len(begun) - 1) // 2]
        moved_at = max(self._moved_at[use.kind] for use in uses)
        return min(typical + SLOW_SECONDS, moved_at + STALL_SECONDS) - self._clock()


def bulkhead_from_settings() -> Bulkhead:
    """Give the bulkhead of this process, by the threads of its web server."""
    return Bulkhead(settings.WEB_THREADS)

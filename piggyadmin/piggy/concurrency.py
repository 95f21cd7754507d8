"""Calls that do not depend on each other, made side by side."""

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ParamSpec, TypeVar, overload

from django.db import close_old_connections
from django.utils import timezone, translation

THREADS = 32

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
P = ParamSpec("P")
T = TypeVar("T")


@overload
def gather(a: Callable[[], A], b: Callable[[], B], /) -> tuple[A, B]: ...
@overload
def gather(a: Callable[[], A], b: Callable[[], B], c: Callable[[], C], /) -> tuple[A, B, C]: ...
@overload
def gather(
    a: Callable[[], A], b: Callable[[], B], c: Callable[[], C], d: Callable[[], D], /
) -> tuple[A, B, C, D]: ...
@overload
def gather(*calls: Callable[[], T], head_start: float = 0) -> tuple[T, ...]: ...


def gather(*calls: Callable[[], Any], head_start: float = 0) -> tuple[Any, ...]:
    """Make calls at the same time and give their results in the order of the calls.

    All speak the caller's language, in the caller's time zone. The last one runs in the caller's
    own thread, `head_start` seconds after the others (see `begin`). When some fail, the first one's
    error is raised, after all have ended.
    """
    begun = [begin(call) for call in calls[:-1]]
    if head_start:
        time.sleep(head_start)
    last = [_outcome(call) for call in calls[-1:]]
    outcomes = [*map(_outcome, begun), *last]
    errors = [outcome for outcome in outcomes if isinstance(outcome, _Failed)]
    if errors:
        raise errors[0].error
    return tuple(outcomes)


def begin(call: Callable[[], T], *, head_start: float = 0) -> Callable[[], T]:
    """Begin a call in another thread, in this one's language and time zone.

    Args:
        call: what is made.
        head_start: the seconds for which this thread stands back, unless the call ends sooner. Of
            two threads that compute, each waits for the other: a request leaves later the more its
            sender has to do beside it.

    Returns:
        What waits for its result, or raises its error. A call that still waits for a thread is made
        there, so that calls within calls cannot block each other.
    """
    future = _submit(call)
    if head_start:
        wait([future], head_start)
    return partial(_result, call, future)


def gather_in_turn(calls: Iterable[Callable[[], T]]) -> Generator[T, None, None]:
    """Make any number of calls, as many at a time as there are threads.

    Yields their results in the order of the calls, each as soon as it is there; the next call is
    only taken from `calls` then. Those not begun are left undone when the caller stops listening.
    """
    waiting: deque[tuple[Callable[[], T], Future[T]]] = deque()
    try:
        for call in calls:
            waiting.append((call, _submit(call)))
            if len(waiting) >= THREADS:
                yield _result(*waiting.popleft())
        while waiting:
            yield _result(*waiting.popleft())
    finally:
        for _call, future in waiting:
            future.cancel()


def as_here(call: Callable[P, T]) -> Callable[P, T]:
    """Bind a call to this thread's context, language and zone, to be made once in another thread.

    Django ties language and zone to the thread.
    """
    context, language = copy_context(), translation.get_language()
    zone = timezone.get_current_timezone()

    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        with translation.override(language), timezone.override(zone):
            return call(*args, **kwargs)

    return partial(context.run, made)


def _submit(call: Callable[[], T]) -> Future[T]:
    return _pool().submit(_elsewhere, as_here(call))


def _result(call: Callable[[], T], future: Future[T]) -> T:
    """Give the result of a call; one that still waits for a thread is made in this one."""
    return call() if future.cancel() else future.result()


@dataclass
class _Failed:
    error: Exception


def _outcome(call: Callable[[], T]) -> T | _Failed:
    try:
        return call()
    except Exception as error:  # noqa: BLE001  (raised when all calls have ended)
        return _Failed(error)


def _elsewhere(call: Callable[[], T]) -> T:
    """Make a call; then give up database connections that this thread has held for too long."""
    try:
        return call()
    finally:
        close_old_connections()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="side-by-side")

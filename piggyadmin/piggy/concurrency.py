"""Calls that do not depend on each other, made side by side."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import tzinfo
from functools import cache
from typing import Any, TypeVar, overload

from django.db import close_old_connections
from django.utils import timezone, translation

THREADS = 32

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")
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
def gather(*calls: Callable[[], T]) -> tuple[T, ...]: ...


def gather(*calls: Callable[[], Any]) -> tuple[Any, ...]:
    """Make calls at the same time and give their results in the order of the calls.

    All speak the caller's language, in the caller's time zone. The last one runs in the caller's
    own thread. When some fail, the first one's error is raised, after all have ended.
    """
    language, zone = translation.get_language(), timezone.get_current_timezone()
    futures: list[Future[Any]] = [
        _pool().submit(copy_context().run, _elsewhere, call, language, zone) for call in calls[:-1]
    ]
    outcomes = [_outcome(call) for call in calls[-1:]]
    # A call that still waits for a thread is made here, so that calls within calls cannot block
    # each other.
    outcomes[:0] = [
        _outcome(call if future.cancel() else future.result)
        for call, future in zip(calls, futures, strict=False)
    ]
    errors = [outcome for outcome in outcomes if isinstance(outcome, _Failed)]
    if errors:
        raise errors[0].error
    return tuple(outcomes)


@dataclass
class _Failed:
    error: Exception


def _outcome(call: Callable[[], T]) -> T | _Failed:
    try:
        return call()
    except Exception as error:  # noqa: BLE001  (raised when all calls have ended)
        return _Failed(error)


def _elsewhere(call: Callable[[], T], language: str | None, zone: tzinfo) -> T:
    """Call as if in the caller's thread, whose language and zone Django ties to that thread.

    Afterwards, database connections that this thread has held for too long are given up.
    """
    try:
        with translation.override(language), timezone.override(zone):
            return call()
    finally:
        close_old_connections()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="side-by-side")

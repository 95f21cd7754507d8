"""Finding out once what several parts of one page want to know.

The parts know nothing of each other, and may be read side by side.
"""

from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_found: ContextVar[dict[Hashable, Future[Any]] | None] = ContextVar("found_once", default=None)


@contextmanager
def nothing_twice() -> Iterator[None]:
    """Have what is wanted with `once` found out once inside the block; then it is forgotten."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)


def once(find: Callable[[], T], *key: Hashable) -> T:
    """Find something out, or give what was found, or failed, by this key before.

    Who wants what is just being found out, in another thread, waits for it. Outside of such a block
    it is found out anew.
    """
    found = _found.get()
    if found is None:
        return find()
    own: Future[T] = Future()
    first: Future[T] = found.setdefault(key, own)
    if first is own:
        try:
            own.set_result(find())
        except Exception as error:  # noqa: BLE001  (raised for all who want it)
            own.set_exception(error)
    return first.result()


def found_once(find: Callable[P, T]) -> Callable[P, T]:
    """Have a function find out only once, inside such a block, what it is asked."""

    @wraps(find)
    def found(*args: P.args, **kwargs: P.kwargs) -> T:
        return once(partial(find, *args, **kwargs), find, *args, *kwargs.items())

    return found

"""The one number that ties a page, its calls to Piggy, the log and the ledger together."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

_trace_id: ContextVar[str] = ContextVar("trace_id", default="")


def new_trace_id() -> str:
    """Make a trace id: 32 hexadecimal digits."""
    return uuid4().hex


def current_trace_id() -> str:
    """Give the trace id of what is going on now; one is made where none was set."""
    if not _trace_id.get():
        _trace_id.set(new_trace_id())
    return _trace_id.get()


@contextmanager
def use_trace_id(trace_id: str | None = None) -> Iterator[str]:
    """Carry `trace_id` (or a new one) through everything that happens inside the block."""
    token = _trace_id.set(trace_id or new_trace_id())
    try:
        yield _trace_id.get()
    finally:
        _trace_id.reset(token)

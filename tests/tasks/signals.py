"""Signals of this process, which an engine or a worker in it takes."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def same_signals() -> Iterator[None]:
    """Give the signals back that are taken within."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT)
    handlers = {number: signal.getsignal(number) for number in numbers}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)

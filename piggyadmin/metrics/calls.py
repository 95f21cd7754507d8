"""Counting calls to Piggy, and how long they wait for their turn.

A call is named by its endpoint, never by what its path names: no label tells of anybody.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.dispatch import receiver

from piggyadmin.metrics.counting import totals
from piggyadmin.piggy.client import Exchange
from piggyadmin.piggy.endpoints import endpoint_of
from piggyadmin.piggy.signals import call_attempted, turn_awaited
from piggyadmin.tasks.signals import worker_stopped

CALLS, TURNS = "piggy_call_seconds", "throttle_wait_seconds"
# Of a histogram, so many were no longer than this; and all of them together took so long.
SUM = "_sum"
# Upper bounds in seconds: Piggy's usual answers, and up to the time after which we give up.
BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
LAST_BOUND = "+Inf"
# What an endpoint is called that is not known: Piggy's prefix itself, for one.
OTHER = "other"


@receiver(call_attempted)
def count_call(exchange: Exchange, **_more: Any) -> None:
    """Count an attempt by endpoint and status; by the kind of failure where nothing came back."""
    endpoint = endpoint_of(exchange.method, exchange.path)
    status = str(exchange.status or type(exchange.error).__name__)
    labels = (exchange.method, endpoint.path if endpoint else OTHER, status)
    observe(CALLS, labels, exchange.seconds)


@receiver(turn_awaited)
def count_turn(seconds: float, *, is_taken: bool, **_more: Any) -> None:
    """Count how long a call waited for its turn, and whether it got one."""
    observe(TURNS, ("taken" if is_taken else "refused",), seconds)


def observe(metric: str, labels: Sequence[str], seconds: float) -> None:
    """Count something that took so long."""
    if settings.METRICS:
        totals.add(metric, (*labels, bound_of(seconds)))
        totals.add(metric + SUM, labels, seconds)


def bound_of(seconds: float) -> str:
    """Give the least upper bound, as Prometheus writes it."""
    position = bisect_left(BOUNDS, seconds)
    return str(BOUNDS[position]) if position < len(BOUNDS) else LAST_BOUND


@receiver(worker_stopped)
def store_the_rest(**_more: Any) -> None:
    """Store what a worker has counted last."""
    totals.store()

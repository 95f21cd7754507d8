"""One token bucket per account, shared by all processes that call Piggy for it.

The API's limits are not documented, so we set our own: a number of calls per second, and a burst
that may go out at once after a quiet time. A call takes its turn before it is sent. People come
first: they take the next free turn and wait for it, while work in the background leaves half of
the burst alone and goes only when nobody is waiting.

Kept is a single moment, `free_at`, at which all room would be free again (the generic cell rate
algorithm): each call moves it one interval on, and may go once it is at most a burst ahead.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol

import redis
from django.conf import settings
from django.db import connections

from piggyadmin.piggy.errors import Busy
from piggyadmin.piggy.models import Bucket
from piggyadmin.piggy.trace import current_trace_id
from piggyadmin.redis_pool import redis_client

# A person waits at most this long for a turn before being told that it is busy.
PATIENCE_SECONDS = 10.0
# Work in the background waits longer, and looks again after at least this long.
BACKGROUND_PATIENCE_SECONDS = 300.0
BACKGROUND_PAUSE_SECONDS = 0.05
# The share of the burst that background work may use up.
BACKGROUND_SHARE = 0.5

_in_background: ContextVar[bool] = ContextVar("in_background", default=False)
_may_wait: ContextVar[bool] = ContextVar("may_wait", default=True)


@contextmanager
def in_background() -> Iterator[None]:
    """Let the calls of people go before the calls made inside the block."""
    token = _in_background.set(True)
    try:
        yield
    finally:
        _in_background.reset(token)


def is_in_background() -> bool:
    """Tell whether calls are made in the background now."""
    return _in_background.get()


@contextmanager
def without_waiting() -> Iterator[None]:
    """Refuse calls made inside the block as soon as they would have to wait, or others for them.

    They take what work in the background may take, and nothing finds out at its cost whether Piggy
    is back: what is asked for so is of use at once or not at all.
    """
    token = _may_wait.set(False)
    try:
        yield
    finally:
        _may_wait.reset(token)


def may_wait() -> bool:
    """Tell whether calls that are made now are worth waiting for."""
    return _may_wait.get()


class Throttle(Protocol):
    """What stands in front of every call."""

    def take(self) -> None:
        """Wait for a turn to call Piggy.

        Raises:
            Busy: it would take too long; nothing was sent.
        """


@dataclass(frozen=True)
class Reservation:
    """What became of asking for a turn; `ahead` is how far `free_at` lies ahead, in seconds."""

    is_taken: bool
    ahead: float


class TokenBucket:
    """The rules, wherever the moment is kept."""

    def __init__(
        self,
        name: str,
        *,
        calls_per_second: float,
        burst: int,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Limit the account `name`, over all processes that use the same store."""
        self.name = name
        self.interval = 1 / calls_per_second
        self.window = burst * self.interval
        self._sleep = sleep

    def take(self) -> None:
        """Wait for a turn to call Piggy.

        Raises:
            Busy: it would take too long; nothing was sent.
        """
        if not may_wait():
            self._take_at_once()
        elif is_in_background():
            self._take_when_quiet()
        else:
            self._take_next()

    def _take_next(self) -> None:
        """Take the next turn, be it in the future, and wait for it."""
        turn = self.ask(self.window - self.interval + PATIENCE_SECONDS)
        if not turn.is_taken:
            raise _busy(turn.ahead - self.window)
        self._wait(turn.ahead - self.window)

    def _take_at_once(self) -> None:
        """Take a turn while half of the burst is free."""
        turn = self.ask(self._most_ahead_when_quiet())
        if not turn.is_taken:
            raise _busy(turn.ahead)

    def _most_ahead_when_quiet(self) -> float:
        return max(0.0, self.window * BACKGROUND_SHARE - self.interval)

    def _take_when_quiet(self) -> None:
        """Look again and again, and take a turn only while half of the burst is free."""
        most_ahead = self._most_ahead_when_quiet()
        waited = 0.0
        while not (turn := self.ask(most_ahead)).is_taken:
            if waited >= BACKGROUND_PATIENCE_SECONDS:
                raise _busy(turn.ahead)
            pause = max(BACKGROUND_PAUSE_SECONDS, turn.ahead - most_ahead)
            pause *= 1 + random.random()  # noqa: S311  (so that workers do not all look at once)
            self._wait(pause)
            waited += pause

    def _wait(self, seconds: float) -> None:
        if seconds > 0:
            self._sleep(seconds)

    def ask(self, most_ahead: float) -> Reservation:
        """Take a turn if `free_at` lies at most this many seconds ahead."""
        raise NotImplementedError


def _busy(seconds: float) -> Busy:
    return Busy(trace_id=current_trace_id(), retry_after=max(1.0, seconds))


# The database's own clock, as machines may differ.
_CLOCKS = {
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
    "postgresql": "extract(epoch from clock_timestamp())",
}
_TAKE = """
    UPDATE {table} SET free_at = CASE WHEN free_at > {now} THEN free_at ELSE {now} END + %s
    WHERE name = %s AND free_at <= {now} + %s
    RETURNING free_at - {now}
"""
_LOOK = "SELECT free_at - {now} FROM {table} WHERE name = %s"


class DatabaseThrottle(TokenBucket):
    """Keeps the moment in one row, moved by one conditional UPDATE; SQLite and PostgreSQL.

    Calls to Piggy are made outside of transactions, or the row would stay locked for all others.
    """

    using = "default"

    def ask(self, most_ahead: float) -> Reservation:
        """Take a turn if `free_at` lies at most this many seconds ahead."""
        ahead = self._run(_TAKE, self.interval, self.name, most_ahead)
        if ahead is not None:
            return Reservation(is_taken=True, ahead=ahead)
        ahead = self._run(_LOOK, self.name)
        if ahead is None:
            rows = [Bucket(name=self.name)]
            Bucket.objects.using(self.using).bulk_create(rows, ignore_conflicts=True)
        elif ahead > most_ahead:
            return Reservation(is_taken=False, ahead=ahead)
        # The row is new, or there has come to be room since the first look.
        return self.ask(most_ahead)

    def _run(self, statement: str, *values: Any) -> float | None:
        """Run a statement and give the one number that it answers, if any."""
        connection = connections[self.using]
        now, table = _CLOCKS[connection.vendor], Bucket._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(statement.format(now=now, table=table), values)
            rows = cursor.fetchall()
        return float(rows[0][0]) if rows else None


_TAKE_IN_REDIS = """
    local time = redis.call('TIME')
    local now = time[1] + time[2] / 1000000
    local free_at = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
    if free_at - now > tonumber(ARGV[2]) then
        return {0, string.format('%.6f', free_at - now)}
    end
    free_at = free_at + ARGV[1]
    local milliseconds = math.ceil((free_at - now) * 1000) + 1000
    redis.call('SET', KEYS[1], string.format('%.6f', free_at), 'PX', milliseconds)
    return {1, string.format('%.6f', free_at - now)}
"""


class RedisThrottle(TokenBucket):
    """Keeps the moment in Redis, moved by one script; for many processes on many machines."""

    def __init__(self, name: str, *, client: redis.Redis, **figures: Any) -> None:
        """Limit the account `name`, over all processes that use the same Redis."""
        super().__init__(name, **figures)
        self._take = client.register_script(_TAKE_IN_REDIS)
        self._instead = DatabaseThrottle(name, **figures)

    def ask(self, most_ahead: float) -> Reservation:
        """Take a turn if `free_at` lies at most this many seconds ahead.

        Without Redis the database keeps the moment meanwhile.
        """
        try:
            is_taken, ahead = self._take(
                keys=[f"piggyadmin:bucket:{self.name}"], args=[self.interval, most_ahead]
            )
        except redis.RedisError:  # the pool has told of it
            return self._instead.ask(most_ahead)
        return Reservation(is_taken=bool(is_taken), ahead=float(ahead))


def throttle_from_settings(account: str) -> Throttle | None:
    """Give the throttle of an account as the settings have it; None where there is no limit."""
    if not settings.PIGGY_CALLS_PER_SECOND:
        return None
    figures: dict[str, Any] = {
        "calls_per_second": settings.PIGGY_CALLS_PER_SECOND,
        "burst": settings.PIGGY_CALLS_BURST,
    }
    if settings.REDIS_URL:
        client = redis_client(settings.REDIS_URL)
        return RedisThrottle(account, client=client, **figures)
    return DatabaseThrottle(account, **figures)

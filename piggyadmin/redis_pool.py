"""Connections to Redis that nobody has to wait for when it is away.

Redis is a help here, not a need: whatever is kept in it, there is a way to go on without. So an
answer is waited for only briefly, and after a failure nobody of this process asks for a while: that
raises a ConnectionError at once, which all who use it take as "go on without".
"""

import logging
import time
from collections import defaultdict
from functools import cache
from threading import Lock
from typing import Any

import redis
from django.conf import settings
from redis.connection import AbstractConnection, Connection

COOL_DOWN_SECONDS = 5.0

logger = logging.getLogger(__name__)


class Outage:
    """Whether a Redis is away, as far as this process knows."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_away = False
        self._asked_again_at = 0.0

    def check(self) -> None:
        """Let a command through, unless it would be in vain.

        Raises:
            ConnectionError: Redis failed a moment ago.
        """
        if self._is_away and time.monotonic() < self._asked_again_at:
            raise redis.ConnectionError("Redis is away.")

    def begin(self, error: Exception) -> None:
        """Take note of a failure, and tell of the first one."""
        with self._lock:
            if not self._is_away:
                logger.warning("Redis is away, going on without: %s", type(error).__name__)
            self._is_away = True
            self._asked_again_at = time.monotonic() + COOL_DOWN_SECONDS

    def end(self) -> None:
        """Take note of an answer."""
        if self._is_away:
            self._is_away = False
            logger.warning("Redis is back.")


# What this process knows of each Redis, by its address.
_outages: defaultdict[tuple[Any, ...], Outage] = defaultdict(Outage)


class _Guarded(AbstractConnection):
    """A connection that heeds an outage, and finds out about it."""

    outage: Outage

    def connect(self) -> Any:
        self.outage.check()
        return self._watched(super().connect)

    def send_packed_command(self, *args: Any, **options: Any) -> Any:
        self.outage.check()
        return self._watched(super().send_packed_command, *args, **options)

    def read_response(self, *args: Any, **options: Any) -> Any:
        answer = self._watched(super().read_response, *args, **options)
        self.outage.end()
        return answer

    def _watched(self, method: Any, *args: Any, **options: Any) -> Any:
        try:
            return method(*args, **options)
        except (redis.ConnectionError, redis.TimeoutError) as error:
            self.outage.begin(error)
            raise


class BriefPool(redis.ConnectionPool):
    """A pool of such connections, however they are made: TCP, TLS or a socket of this machine."""

    def __init__(self, connection_class: Any = Connection, **options: Any) -> None:
        outage = _outages[tuple(options.get(key) for key in ("host", "port", "path"))]
        guarded = type("Guarded", (_Guarded, connection_class), {"outage": outage})
        options.setdefault("socket_timeout", settings.REDIS_TIMEOUT)
        options.setdefault("socket_connect_timeout", settings.REDIS_TIMEOUT)
        super().__init__(connection_class=guarded, **options)


@cache
def redis_client(url: str) -> redis.Redis:
    """Give the client of this process for what is no cache."""
    return redis.Redis(connection_pool=BriefPool.from_url(url))

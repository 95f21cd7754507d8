"""The state of the line to one Piggy account, shared by all processes that call it.

What one call learns holds for all others:

429         nobody calls before Retry-After is over
503         maintenance: a call now and then finds out whether it is over, all others are refused
401         the token is refused: nothing is sent until it is replaced or an admin tries again. The
            client believes this only when a look-up made for it alone is answered so as well
failures    after several in a row the breaker opens; from then on it is as in maintenance

While something is wrong only look-ups find out whether it is over: a write could get lost. A call
that the line refuses is not sent, so nothing changes. While nothing is wrong a process reads the
state once a second, and writes nothing.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, cast

import redis
from django.conf import settings
from django.db import DatabaseError, transaction

from piggyadmin.piggy import models
from piggyadmin.piggy.errors import (
    STATES,
    Busy,
    Maintenance,
    OutcomeUnknown,
    PiggyError,
    Rejected,
    Unauthorized,
    Unreachable,
)
from piggyadmin.piggy.throttle import is_in_background, may_wait
from piggyadmin.piggy.trace import current_trace_id
from piggyadmin.redis_pool import redis_client

# How long, in seconds, a process relies on what it read.
CACHE_SECONDS = 1.0
# After a 429 without Retry-After everybody waits this long; a Retry-After counts up to the cap.
BUSY_SECONDS = 1.0
BUSY_CAP_SECONDS = 300.0
# A person waits at most this long before being told that Piggy is busy; background work longer.
BUSY_PATIENCE_SECONDS = 8.0
BACKGROUND_PATIENCE_SECONDS = 30.0
# In maintenance and with an open breaker, one look-up of all processes' goes out per this time.
PROBE_SECONDS = 3.0
# A 503's Retry-After puts the first of them off, up to this cap.
PROBE_CAP_SECONDS = 60.0
# Background work finds out by itself only where people have not for so long; until then its calls
# are refused as well, with the seconds after which to come back.
BACKGROUND_PROBE_SECONDS = 30.0
# Calls that fail one after the other before the breaker opens, and how long a failure counts.
BREAKER_FAILURES = 5
BREAKER_WINDOW_SECONDS = 60.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CircuitState:
    """What is known of the line; moments are seconds since 1970, and 0 means that it is not so."""

    busy_until: float = 0.0
    maintenance_since: float = 0.0
    refused_since: float = 0.0
    failures: int = 0
    failed_at: float = 0.0
    open_since: float = 0.0
    probe_at: float = 0.0

    @property
    def is_down(self) -> bool:
        """Whether all but an occasional look-up would be in vain."""
        return bool(self.maintenance_since or self.open_since)

    @property
    def is_refused(self) -> bool:
        """Whether Piggy does not accept the token."""
        return bool(self.refused_since)


CLEAR = CircuitState()


# --- The rules: what a state becomes when something happens ----------------------------------

Rule = Callable[[CircuitState], CircuitState]


def after_busy(state: CircuitState, now: float, retry_after: float | None) -> CircuitState:
    """Keep everybody waiting; a shorter wait does not cut a longer one."""
    pause = min(retry_after or BUSY_SECONDS, BUSY_CAP_SECONDS)
    return replace(state, busy_until=max(state.busy_until, now + pause))


def after_maintenance(state: CircuitState, now: float, retry_after: float | None) -> CircuitState:
    """Remember since when Piggy is being maintained, and when to look again."""
    pause = min(max(retry_after or 0.0, PROBE_SECONDS), PROBE_CAP_SECONDS)
    since = state.maintenance_since or now
    return replace(state, maintenance_since=since, probe_at=now + pause)


def after_refusal(state: CircuitState, now: float) -> CircuitState:
    """Remember since when the token is refused."""
    return replace(state, refused_since=state.refused_since or now)


def after_failure(state: CircuitState, now: float) -> CircuitState:
    """Count a failure, and open the breaker when there were too many in a row."""
    is_recent = now - state.failed_at <= BREAKER_WINDOW_SECONDS
    failures = (state.failures if is_recent else 0) + 1
    state = replace(state, failures=failures, failed_at=now)
    if failures < BREAKER_FAILURES and not state.open_since:
        return state
    return replace(state, open_since=state.open_since or now, probe_at=now + PROBE_SECONDS)


def after_success(state: CircuitState, now: float) -> CircuitState:
    """Forget what is over: Piggy answers. Only a new token or an admin ends a refusal."""
    busy_until = state.busy_until if state.busy_until > now else 0.0
    return CircuitState(busy_until=busy_until, refused_since=state.refused_since)


def after_probe(state: CircuitState, now: float, not_before: float) -> CircuitState:
    """Take the turn to find out, where it is due and nobody else has taken it."""
    if not state.is_down or now < not_before:
        return state
    return replace(state, probe_at=now + PROBE_SECONDS)


# --- Where the state is kept -----------------------------------------------------------------


class CircuitStore(Protocol):
    """Where the state of one account's line is kept."""

    def read(self) -> CircuitState:
        """Give the state as it is now."""

    def change(self, rule: Rule) -> tuple[CircuitState, CircuitState]:
        """Put a rule into effect, alone at that moment; give the states before and after."""


def _loaded(text: str | bytes | None) -> CircuitState:
    return CircuitState(**json.loads(text)) if text else CLEAR


def _dumped(state: CircuitState) -> str:
    return json.dumps(asdict(state))


class DatabaseStore:
    """Keeps the state in one row; SQLite and PostgreSQL."""

    def __init__(self, account: str) -> None:
        self.account = account

    def read(self) -> CircuitState:
        """Give the state as it is now; no row means that nothing ever went wrong."""
        rows = models.Circuit.objects.filter(pk=self.account)
        return _loaded(rows.values_list("state", flat=True).first())

    def change(self, rule: Rule) -> tuple[CircuitState, CircuitState]:
        """Put a rule into effect while the row is locked; give the states before and after."""
        with transaction.atomic():
            row = models.Circuit(account=self.account, state=_dumped(CLEAR))
            models.Circuit.objects.bulk_create([row], ignore_conflicts=True)
            row = models.Circuit.objects.select_for_update().get(pk=self.account)
            before = _loaded(row.state)
            after = rule(before)
            if after != before:
                row.state = _dumped(after)
                row.save(update_fields=["state"])
        return before, after


class RedisStore:
    """Keeps the state in one key; for many processes on many machines."""

    def __init__(self, account: str, client: redis.Redis) -> None:
        self.key = f"piggyadmin:line:{account}"
        self.client: Any = client  # whose types leave open whether it is asynchronous

    def read(self) -> CircuitState:
        """Give the state as it is now."""
        return _loaded(self.client.get(self.key))

    def change(self, rule: Rule) -> tuple[CircuitState, CircuitState]:
        """Put a rule into effect, anew when somebody else did so meanwhile."""

        def swap(pipe: Any) -> tuple[CircuitState, CircuitState]:
            before = _loaded(pipe.get(self.key))
            after = rule(before)
            pipe.multi()
            pipe.set(self.key, _dumped(after))
            return before, after

        states = self.client.transaction(swap, self.key, value_from_callable=True)
        return cast("tuple[CircuitState, CircuitState]", states)


# --- The line --------------------------------------------------------------------------------


class CircuitBreaker:
    """Lets calls through or refuses them, and learns from what becomes of them.

    Where the state cannot be kept, calls go through: that protects Piggy less, but people can work.
    """

    def __init__(
        self,
        store: CircuitStore,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._known = CLEAR
        self._read_at = float("-inf")

    def state(self) -> CircuitState:
        """Give the state, which may be a second old."""
        now = self._clock()
        if not 0 <= now - self._read_at < CACHE_SECONDS:
            try:
                self._known = self._store.read()
            except (DatabaseError, redis.RedisError) as error:
                logger.warning("The line's state is unknown: %s", type(error).__name__)
            self._read_at = now
        return self._known

    def admit(self, *, is_write: bool) -> None:
        """Let a call through, if need be after a wait.

        Raises:
            Unauthorized: Piggy does not accept the token.
            Maintenance: Piggy is being maintained.
            Unreachable: Piggy could not be reached several times in a row.
            Busy: Piggy wants no calls for longer than a person would wait.
        """
        give_up_at = self._clock() + _patience()
        while (obstacle := self._obstacle(is_write=is_write)) is not None:
            error, pause = obstacle
            if pause is None or self._clock() + pause > give_up_at:
                raise error
            self._sleep(pause)
            self._read_at = float("-inf")

    def _obstacle(self, *, is_write: bool) -> tuple[PiggyError, float | None] | None:
        """Give what stands in a call's way and the seconds after which to look again, if any."""
        state, trace_id = self.state(), current_trace_id()
        if state.is_refused:
            return Unauthorized(is_write=is_write, trace_id=trace_id), None
        if state.is_down and (is_write or not may_wait() or not self._takes_probe(state)):
            kind = Maintenance if state.maintenance_since else Unreachable
            left = self.pause_for_background() if is_in_background() else None
            return kind(is_write=is_write, trace_id=trace_id, retry_after=left), None
        left = state.busy_until - self._clock()
        if left <= 0:
            return None
        return Busy(is_write=is_write, trace_id=trace_id, retry_after=left), left

    def _takes_probe(self, state: CircuitState) -> bool:
        """Take the turn to find out whether Piggy is back, if it is due."""
        not_before = _probe_at(state)
        now = self._clock()
        if now < not_before:
            return False
        before, after = self._change(lambda found: after_probe(found, now, _probe_at(found)))
        return before != after or not after.is_down

    def learn(self, error: PiggyError | None, *, is_last: bool = True) -> None:
        """Draw conclusions from an attempt; `is_last` tells that the call is not repeated."""
        now = self._clock()
        if error is None or isinstance(error, Rejected):
            self._learn_success(now)
            return
        # Of the line a status tells the same, whether the call was a look-up or a write.
        kind = STATES.get(error.status or 0, type(error))
        if issubclass(kind, Unauthorized):
            self._change(lambda state: after_refusal(state, now))
        elif issubclass(kind, Busy):
            self._change(lambda state: after_busy(state, now, error.retry_after))
        elif issubclass(kind, Maintenance) and is_last:
            self._change(lambda state: after_maintenance(state, now, error.retry_after))
        elif issubclass(kind, Unreachable | OutcomeUnknown) and is_last:
            self._change(lambda state: after_failure(state, now))

    def _learn_success(self, now: float) -> None:
        """Forget what is over; nothing is written while nothing was wrong."""
        state = self.state()
        if after_success(state, now) != state:
            self._change(lambda found: after_success(found, now))

    def clear(self) -> None:
        """Forget everything: an admin wants it tried again."""
        self._change(lambda _state: CLEAR)

    def pause_for_background(self) -> float:
        """Give the seconds for which work in the background had better not begin."""
        state = self.state()
        now = self._clock()
        if state.is_refused:
            return BACKGROUND_PROBE_SECONDS
        if state.is_down:
            return max(0.0, state.probe_at + BACKGROUND_PROBE_SECONDS - now)
        return max(0.0, state.busy_until - now)

    def _change(self, rule: Rule) -> tuple[CircuitState, CircuitState]:
        """Put a rule into effect for everybody, or at least for this process."""
        try:
            before, after = self._store.change(rule)
        except (DatabaseError, redis.RedisError) as error:
            logger.warning("The line's state is not shared: %s", type(error).__name__)
            before, after = self._known, rule(self._known)
        self._known, self._read_at = after, self._clock()
        if _words(before) != _words(after):
            logger.warning("The line to Piggy: %s", _words(after))
        return before, after


def _patience() -> float:
    if not may_wait():
        return 0.0
    return BACKGROUND_PATIENCE_SECONDS if is_in_background() else BUSY_PATIENCE_SECONDS


def _probe_at(state: CircuitState) -> float:
    """Give the moment from which this caller may find out whether Piggy is back."""
    return state.probe_at + (BACKGROUND_PROBE_SECONDS if is_in_background() else 0.0)


def _words(state: CircuitState) -> str:
    """Say for the log how the line is."""
    if state.is_refused:
        return "token refused"
    if state.maintenance_since:
        return "maintenance"
    return "breaker open" if state.open_since else "open to all"


def circuit_breaker_from_settings(account: str) -> CircuitBreaker | None:
    """Give the line to an account as the settings have it."""
    if not settings.PIGGY_CIRCUIT_BREAKER:
        return None
    if settings.REDIS_URL:
        return CircuitBreaker(RedisStore(account, redis_client(settings.REDIS_URL)))
    return CircuitBreaker(DatabaseStore(account))

"""The only code that speaks HTTP to Piggy.

`PiggyClient` sends one call, repeats it where that is safe, and gives back the envelope's `data`
and `meta` or raises one error of `piggyadmin.piggy.errors`. Look-ups are repeated when they fail in
a way that passes; writes only where their service says that a repeat does no harm, because the API
has no idempotency keys.
"""

import hashlib
import logging
import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from http.cookiejar import DefaultCookiePolicy
from itertools import count
from os import environ
from threading import Lock
from typing import Any, NoReturn, TypeVar
from urllib.parse import quote

import requests
from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from requests.adapters import BaseAdapter
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from piggyadmin.piggy import clock, rate_limit
from piggyadmin.piggy.bulkhead import Bulkhead, bulkhead_from_settings
from piggyadmin.piggy.circuit_breaker import CircuitBreaker, circuit_breaker_from_settings
from piggyadmin.piggy.connection import TimedAdapter
from piggyadmin.piggy.errors import (
    UNAUTHORIZED,
    AnswerTooLarge,
    Busy,
    Malformed,
    NotFound,
    OutcomeUnknown,
    PiggyError,
    RawAnswer,
    Rejected,
    Unauthorized,
    Unreachable,
    error_from,
)
from piggyadmin.piggy.once import once
from piggyadmin.piggy.rate_limit import RateLimit
from piggyadmin.piggy.signals import call_attempted, turn_awaited
from piggyadmin.piggy.throttle import (
    Throttle,
    is_in_background,
    may_wait,
    throttle_from_settings,
)
from piggyadmin.piggy.tokens import current_token, forget_seen
from piggyadmin.piggy.trace import current_trace_id
from piggyadmin.piggy.types import Answer, Page, PageFacts, listed

API_PATH = "/api/v3/oauth/clients/"

# How often a call is repeated after its first attempt, where repeating is safe.
RETRIES = 2
# The pause before the first repeat; it doubles with each further one up to the cap.
BACKOFF_SECONDS = 0.5
BACKOFF_CAP_SECONDS = 4.0
# Share of a pause that is left to chance, so that callers do not come back all at once.
BACKOFF_JITTER = 0.5
# A longer Retry-After is not waited for: the person is told at once.
RETRY_AFTER_CAP_SECONDS = 8.0
# No repeat is begun when the call, pauses included, would have lasted longer than this.
RETRY_BUDGET_SECONDS = 10.0
# A repeat that has hardly any time left for its answer gets this much all the same.
LEAST_READ_SECONDS = 1.0
# Connections kept open per process; more are made where more calls are under way.
POOL_SIZE = 48
# A larger answer is not read.
ANSWER_LIMIT_BYTES = 20 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
# What is looked up to find out whether Piggy is back: it changes nothing and needs no parameters.
PROBE_PATH = "shops"
# The API's prefix itself answers too, to whoever has a token.
HEALTH_PATH = ""

# A name that resolves nowhere: the sandbox inside this process needs no network.
IN_PROCESS_URL = "http://sandbox.invalid"

OK = range(200, 300)
PLAIN_STEP = re.compile(r"[a-z-]+|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# The steps of paths behind which a secret stands.
SECRET_FOLLOWS = {"contact-session-tokens"}

logger = logging.getLogger(__name__)

A = TypeVar("A", bound=Answer)

# Called right before the first byte of a write can leave: until then nothing can have changed.
about_to_write: ContextVar[Callable[[], None] | None] = ContextVar("about_to_write", default=None)


@contextmanager
def on_first_write(callback: Callable[[], None]) -> Iterator[None]:
    """Call back once, right before the first write that is made inside the block can leave.

    When the callback raises, nothing is sent and the error goes to whoever made the call.
    """
    lock, is_called = Lock(), False

    def once() -> None:
        nonlocal is_called
        with lock:  # a write made side by side does not leave before the callback has ended
            if not is_called:
                callback()
                is_called = True

    token = about_to_write.set(once)
    try:
        yield
    finally:
        about_to_write.reset(token)


@dataclass(frozen=True)
class Envelope:
    """What a successful call brought, and ways to read it as typed values."""

    data: Any = None
    meta: Any = None
    is_write: bool = False
    trace_id: str = ""
    status: int | None = None

    def one(self, kind: type[A]) -> A:
        """Read `data` as one answer of `kind`."""
        answer = kind.read(self.data)
        return self.refuse() if answer is None else answer

    def several(self, kind: type[A]) -> list[A]:
        """Read `data` as a list; PHP may write one as an object with numbers for keys."""
        items = listed(self.data)
        is_list = bool(items) or self.data in ([], {})
        if not is_list or not all(isinstance(item, dict) for item in items):
            self.refuse()
        return [kind.model_validate(item) for item in items]

    def page(self, kind: type[A], *, page: int = 1, limit: int | None = None) -> Page[A]:
        """Read `data` as one page; `page` and `limit` are what was asked for."""
        facts = PageFacts.read(self.meta) or PageFacts()
        return facts.page_of(self.several(kind), page=page, limit=limit)

    def refuse(self) -> NoReturn:
        """Raise the error for an answer that is not what this call answers."""
        kind = OutcomeUnknown if self.is_write else Malformed
        raise kind(is_write=self.is_write, trace_id=self.trace_id, status=self.status)


@dataclass(frozen=True)
class Call:
    """One thing to ask of Piggy, however many attempts it takes."""

    method: str
    path: str
    params: Mapping[str, Any] | None = None
    json: Any = None
    repeatable: bool = False
    any_body: bool = False
    creates: bool = False
    reads: bool = False
    is_probe: bool = False  # finds out how the line is, so it goes out however that is
    begun: float = field(default_factory=time.monotonic)

    @property
    def is_write(self) -> bool:
        """Tell whether the call may change something at Piggy."""
        return (self.method != "GET" and not self.reads) or self.creates


@dataclass(frozen=True)
class Exchange:
    """One attempt of a call, for whoever watches; without the token.

    Query and bodies are as they were sent and answered: personal, and perhaps secret.
    """

    method: str
    path: str
    attempt: int
    seconds: float
    trace_id: str
    status: int | None
    error: PiggyError | None
    query: Mapping[str, Any] | None = None
    request_body: Any = None
    response_body: bytes | None = None


class PiggyClient:
    """Speaks to one Piggy account; may be shared by all threads of a process."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        adapter: BaseAdapter | None = None,
        throttle: Throttle | None = None,
        line: CircuitBreaker | None = None,
        bulkhead: Bulkhead | None = None,
        connect_timeout: float = 3.05,
        read_timeout: float = 30.0,
        observer: Callable[[Exchange], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Prepare the session; nothing is sent yet. Timeouts are seconds."""
        self.base_url = base_url.rstrip("/")
        self.timeout = (connect_timeout, read_timeout)
        self.observer = observer
        self.account = account_of(base_url, token)
        self.line = line
        self.rate_limit: RateLimit | None = None
        self._bulkhead = bulkhead
        self._throttle = throttle
        self._sleep = sleep
        self._has_token = bool(token)
        self._session = _session(self.base_url, token, adapter)

    def get(
        self, path: str, *, params: Mapping[str, Any] | None = None, creates: bool = False
    ) -> Envelope:
        """Look something up; repeated by itself when it fails in a way that passes.

        With `creates` it is one of the GETs that make something, and treated as a write.
        """
        call = Call("GET", path, params=params, repeatable=not creates, creates=creates)
        carry_out = partial(self._carry_out, call)
        return carry_out() if creates else once(carry_out, self.account, path, repr(params))

    def post(
        self, path: str, *, json: Any = None, repeatable: bool = False, any_body: bool = False
    ) -> Envelope:
        """Send a POST. With `any_body`, the answer needs no `data`: its status tells all."""
        return self._carry_out(
            Call("POST", path, json=json, repeatable=repeatable, any_body=any_body)
        )

    def ask(self, path: str, *, json: Any = None) -> Envelope:
        """Send a POST that only asks, and so is a look-up; its answer may be any JSON."""
        return self._carry_out(
            Call("POST", path, json=json, repeatable=True, any_body=True, reads=True)
        )

    def put(
        self, path: str, *, json: Any = None, repeatable: bool = False, any_body: bool = False
    ) -> Envelope:
        """Send a PUT; see `post`."""
        return self._carry_out(
            Call("PUT", path, json=json, repeatable=repeatable, any_body=any_body)
        )

    def delete(
        self,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        repeatable: bool = False,
        any_body: bool = False,
    ) -> Envelope:
        """Send a DELETE; its parameters go into the query (SDK)."""
        return self._carry_out(
            Call("DELETE", path, params=params, repeatable=repeatable, any_body=any_body)
        )

    def check_connection(self, *, is_probe: bool = False) -> None:
        """See that Piggy answers and accepts the token, by a look-up that changes nothing.

        Raises:
            PiggyError: it does not.
        """
        probe = Call("GET", HEALTH_PATH, any_body=True, repeatable=not is_probe, is_probe=is_probe)
        try:
            self._carry_out(probe)
        except (Rejected, Malformed):  # this Piggy does not answer there
            self._carry_out(replace(probe, path=PROBE_PATH))

    def _carry_out(self, call: Call) -> Envelope:
        """Carry a call out, if there is room for it; without a token nothing is sent."""
        if not self._has_token:
            raise Unauthorized(is_write=call.is_write, trace_id=current_trace_id())
        room = self._bulkhead.admit(call.path, is_write=call.is_write) if self._bulkhead else None
        with room or nullcontext():
            return self._attempt_until_done(call)

    def _attempt_until_done(self, call: Call) -> Envelope:
        """Attempt a call until it succeeds or must not be repeated any more."""
        lost: OutcomeUnknown | None = None
        for attempt in count(1):
            try:
                return self._attempt(call, attempt)
            except PiggyError as error:
                pause = pause_before_repeat(call, error, attempt)
                if isinstance(error, OutcomeUnknown):
                    lost = error
                elif pause is None and lost:
                    # This attempt changed nothing, but one before it may have.
                    raise lost from error
                if pause is None:
                    raise
            self._sleep(pause)
        raise AssertionError  # pragma: no cover

    def _wait_for_turn(self, call: Call) -> None:
        """Wait until the call may be sent, or raise why it must not be; nothing is sent then."""
        if self.line and not call.is_probe:
            if call.is_write and self.line.state().is_down:
                self._find_out()
            self.line.admit(is_write=call.is_write)
        if self._throttle:
            self._take_turn(self._throttle, call)
        self._go_easy()

    def _go_easy(self) -> None:
        """Wait a little where Piggy said that few calls are left."""
        if self.rate_limit:
            in_background = is_in_background()
            if pause := self.rate_limit.pause(time.time(), in_background=in_background):
                if not may_wait():
                    raise Busy(trace_id=current_trace_id(), retry_after=pause)
                self._sleep(pause)

    @staticmethod
    def _take_turn(throttle: Throttle, call: Call) -> None:
        begun, is_taken = time.monotonic(), True
        try:
            throttle.take()
        except Busy as busy:
            busy.is_write, is_taken = call.is_write, False
            raise
        finally:
            seconds = time.monotonic() - begun
            turn_awaited.send(PiggyClient, seconds=seconds, is_taken=is_taken)

    def _find_out(self) -> None:
        """Find out with a look-up whether Piggy is back, so that no write gets lost over it."""
        with suppress(PiggyError):
            self._carry_out(Call("GET", PROBE_PATH))

    def _attempt(self, call: Call, attempt: int) -> Envelope:
        """Attempt a call once, when it is its turn, and tell whoever watches."""
        self._wait_for_turn(call)
        begun = time.perf_counter()
        answers: list[RawAnswer] = []
        outcome: Envelope | PiggyError
        try:
            outcome = self._exchange(call, self._timeout_of(call, attempt), answers)
        except PiggyError as error:
            outcome = error
            path = path_for_log(call.path)
            logger.warning("%s %s failed at attempt %d: %s", call.method, path, attempt, error)
        seconds = time.perf_counter() - begun
        self._tell(call, _exchange_of(call, attempt, seconds, outcome, answers))
        if isinstance(outcome, PiggyError):
            raise outcome
        return outcome

    def _tell(self, call: Call, exchange: Exchange) -> None:
        """Tell the line, the observer and all who watch what became of an attempt."""
        call_attempted.send(PiggyClient, exchange=exchange)
        if self.observer:
            self.observer(exchange)
        if self.line:
            self._teach(self.line, call, exchange)

    def _teach(self, line: CircuitBreaker, call: Call, exchange: Exchange) -> None:
        """Tell the line; of a token that is refused only when a look-up finds the same."""
        error = exchange.error
        if error and error.status == UNAUTHORIZED and not call.is_probe:
            if not line.state().is_refused:
                with suppress(PiggyError):
                    self.check_connection(is_probe=True)
            return
        is_last = error is None or pause_before_repeat(call, error, exchange.attempt) is None
        line.learn(error, is_last=is_last)

    def _timeout_of(self, call: Call, attempt: int) -> tuple[float, float]:
        """Give the seconds to connect and to read; a repeat has what is left of its call's."""
        connect, read = self.timeout
        if attempt == 1:
            return connect, read
        left = call.begun + connect + read - time.monotonic()
        return connect, min(read, max(left, LEAST_READ_SECONDS))

    def _exchange(
        self, call: Call, timeout: tuple[float, float], answers: list[RawAnswer]
    ) -> Envelope:
        """Send a request and open its answer, which is put into `answers` as it came."""
        trace_id = current_trace_id()
        request = self._prepare(call, trace_id)
        if call.is_write and (tell := about_to_write.get()):
            tell()
        sent_at = timezone.now()
        try:
            answer = self._send(request, timeout)
        except (requests.RequestException, HTTPError, OSError) as failure:
            raise error_from(failure, is_write=call.is_write, trace_id=trace_id) from failure
        date, received_at = answer.headers.get("Date"), timezone.now()
        clock.learn(self.account, date, sent_at=sent_at, received_at=received_at)
        answers.append(answer)
        self._read_headers(answer)
        return _envelope(answer, call, trace_id)

    def _prepare(self, call: Call, trace_id: str) -> requests.PreparedRequest:
        # The session has nothing to add but its headers, and takes long to see that.
        headers = {**self._session.headers, "X-Request-ID": trace_id}
        url = f"{self.base_url}{API_PATH}{call.path}".rstrip("/")
        request = requests.Request(
            call.method, url, params=call.params, json=call.json, headers=headers
        )
        try:
            return request.prepare()
        except ValueError as failure:  # of requests: what cannot be written down is not sent
            raise Unreachable(is_write=call.is_write, trace_id=trace_id) from failure

    def _send(self, request: requests.PreparedRequest, timeout: tuple[float, float]) -> RawAnswer:
        response = self._session.send(request, timeout=timeout, allow_redirects=False, stream=True)
        with closing(response):
            return RawAnswer(response.status_code, response.headers, _read_body(response))

    def _read_headers(self, answer: RawAnswer) -> None:
        """Take note of what every answer may tell beside what was asked for."""
        if found := RateLimit.read(answer.headers):
            self.rate_limit = found
            rate_limit.remember(self.account, found)


def _exchange_of(
    call: Call,
    attempt: int,
    seconds: float,
    outcome: Envelope | PiggyError,
    answers: list[RawAnswer],
) -> Exchange:
    return Exchange(
        method=call.method,
        path=call.path,
        attempt=attempt,
        seconds=seconds,
        trace_id=outcome.trace_id,
        status=outcome.status,
        error=outcome if isinstance(outcome, PiggyError) else None,
        query=call.params,
        request_body=call.json,
        response_body=answers[0].body if answers else None,
    )


def account_of(base_url: str, token: str) -> str:
    """Tell accounts apart in caches and throttles, without giving the token away."""
    return hashlib.sha256(f"{base_url.rstrip('/')} {token}".encode()).hexdigest()[:16]


def _session(base_url: str, token: str, adapter: BaseAdapter | None) -> requests.Session:
    session = requests.Session()
    # The environment must not replace the bearer token (.netrc); proxies and certificates that it
    # names are taken over once, here.
    session.trust_env = False
    session.proxies = dict(get_environ_proxies(base_url))
    session.verify = environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE") or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.headers.update({"Accept": "application/json", "Authorization": f"Bearer {token}"})
    session.adapters.clear()
    adapter = adapter or TimedAdapter(pool_maxsize=POOL_SIZE)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def _read_body(response: requests.Response) -> bytes:
    """Read an answer to its end, unless it is too large; its connection has a deadline."""
    body = bytearray()
    while some := response.raw.read1(CHUNK_BYTES, decode_content=True):
        body += some
        if len(body) > ANSWER_LIMIT_BYTES:
            raise AnswerTooLarge
    return bytes(body)


def _envelope(answer: RawAnswer, call: Call, trace_id: str) -> Envelope:
    """Open the envelope of a success; anything else is an error."""
    payload = answer.json()
    has_data = isinstance(payload, dict) and "data" in payload
    # Where any body will do it may be empty or other JSON, but neither a page nor an error.
    will_do = call.any_body and (payload is not None or answer.body.strip() in {b"", b"null"})
    will_do = will_do and not answer.is_from_piggy
    if answer.status not in OK or not (has_data or will_do):
        raise error_from(answer, is_write=call.is_write, trace_id=trace_id)
    content = payload if isinstance(payload, dict) else {"data": payload}
    return Envelope(
        data=content.get("data"),
        meta=content.get("meta"),
        is_write=call.is_write,
        trace_id=trace_id,
        status=answer.status,
    )


def pause_before_repeat(call: Call, error: PiggyError, attempt: int) -> float | None:
    """Give the seconds to wait before a failed call is repeated; None where it must not be."""
    if not call.repeatable or not error.passing or attempt > RETRIES or not may_wait():
        return None
    pause = backoff(attempt)
    if error.retry_after is not None:
        if error.retry_after > RETRY_AFTER_CAP_SECONDS:
            return None
        pause = max(pause, error.retry_after)
    in_time = time.monotonic() - call.begun + pause <= RETRY_BUDGET_SECONDS
    return pause if in_time else None


def backoff(attempt: int) -> float:
    """Give the pause after the given failed attempt in seconds: doubling, capped, jittered."""
    longest = min(BACKOFF_CAP_SECONDS, BACKOFF_SECONDS * 2 ** (attempt - 1))
    return float(longest * (1 - BACKOFF_JITTER * random.random()))  # noqa: S311  (no secret)


def path_value(value: str) -> str:
    """Encode a value that becomes one step of a path.

    Nothing and dots would make it another path: there cannot be such a record.
    """
    if value.strip() in {"", ".", ".."}:
        raise NotFound(trace_id=current_trace_id())
    return quote(value, safe="", errors="replace")


def path_for_log(path: str) -> str:
    """Leave out of a path what is neither a word of the API nor a UUID: it could be anything."""
    steps = without_secrets(path).split("/")
    return "/".join(step if PLAIN_STEP.fullmatch(step) else "…" for step in steps)


def without_secrets(path: str) -> str:
    """Take out of a path what signs somebody in, so that it can be kept."""
    first, *rest = path.split("/")
    return "/".join([first, "…", *rest[1:]]) if first in SECRET_FOLLOWS and rest else path


def piggy_client() -> PiggyClient:
    """Give this process's client: another one as soon as the token was replaced."""
    return _client(current_token())


def forget_client() -> None:
    """Have the next client made anew, from the settings as they are then."""
    _client.cache_clear()
    forget_seen()


def trial_client(token: str) -> PiggyClient:
    """Give a client with another token, to find out whether Piggy takes it."""
    return PiggyClient(
        settings.PIGGY_API_URL,
        token,
        connect_timeout=settings.PIGGY_CONNECT_TIMEOUT,
        read_timeout=settings.PIGGY_READ_TIMEOUT,
    )


@lru_cache(maxsize=1)
def _client(token: str) -> PiggyClient:
    """Make a client from the settings, for a token that may be replaced."""
    options: dict[str, Any] = {
        "bulkhead": bulkhead_from_settings(),
        "connect_timeout": settings.PIGGY_CONNECT_TIMEOUT,
        "read_timeout": settings.PIGGY_READ_TIMEOUT,
        "observer": import_string(settings.PIGGY_OBSERVER)(),
    }
    if settings.PIGGY_IN_PROCESS_SANDBOX:
        # Named, as it is not installed on a real account.
        adapter = import_string(settings.PIGGY_SANDBOX_ADAPTER)()
        base_url, token = IN_PROCESS_URL, settings.PIGGY_SANDBOX_TOKEN
        line = circuit_breaker_from_settings(account_of(base_url, token))
        return PiggyClient(base_url, token, adapter=adapter, line=line, **options)
    base_url = settings.PIGGY_API_URL
    account = account_of(base_url, token)
    throttle, line = throttle_from_settings(account), circuit_breaker_from_settings(account)
    return PiggyClient(base_url, token, throttle=throttle, line=line, **options)


__all__ = [
    "Envelope",
    "Exchange",
    "PiggyClient",
    "about_to_write",
    "forget_client",
    "on_first_write",
    "path_value",
    "piggy_client",
    "trial_client",
    "without_secrets",
]

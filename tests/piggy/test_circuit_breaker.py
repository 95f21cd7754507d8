"""The state of the line: one test per rule, and the rules in force between processes."""

import logging
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
import redis
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from piggyadmin.piggy.circuit_breaker import (
    BACKGROUND_PATIENCE_SECONDS,
    BACKGROUND_PROBE_SECONDS,
    BREAKER_FAILURES,
    BREAKER_WINDOW_SECONDS,
    BUSY_CAP_SECONDS,
    BUSY_PATIENCE_SECONDS,
    BUSY_SECONDS,
    CACHE_SECONDS,
    CLEAR,
    PROBE_CAP_SECONDS,
    PROBE_SECONDS,
    CircuitBreaker,
    CircuitState,
    DatabaseStore,
    RedisStore,
    after_busy,
    circuit_breaker_from_settings,
)
from piggyadmin.piggy.client import API_PATH, PROBE_PATH, PiggyClient
from piggyadmin.piggy.errors import (
    Busy,
    Maintenance,
    Malformed,
    NotFound,
    OutcomeUnknown,
    PiggyError,
    Rejected,
    Unauthorized,
    Unreachable,
)
from piggyadmin.piggy.models import Circuit as Row
from piggyadmin.piggy.throttle import in_background, without_waiting
from tests.piggy.memory_store import MemoryStore
from tests.piggy.scripted import Script, answers, refuses

OK = answers([])
PREFIX = API_PATH.rstrip("/")  # as the scripted server notes the path of a call to it


class Clock:
    """A time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def line(store, clock) -> CircuitBreaker:
    return CircuitBreaker(store, clock=clock, sleep=clock.sleep)


@pytest.fixture
def other(store, clock) -> CircuitBreaker:
    """The same line, seen by another process."""
    return CircuitBreaker(store, clock=clock, sleep=clock.sleep)


def refusal(line: CircuitBreaker, *, is_write: bool = False) -> PiggyError | None:
    caught = None
    try:
        line.admit(is_write=is_write)
    except PiggyError as error:
        caught = error
    assert caught is None or (caught.nothing_changed and caught.is_write == is_write)
    return caught


def line_of(account: str) -> CircuitBreaker:
    """Give the line as the settings have it."""
    line = circuit_breaker_from_settings(account)
    assert line
    return line


def fail(line: CircuitBreaker, times: int = BREAKER_FAILURES) -> None:
    for _ in range(times):
        line.learn(Unreachable())


# --- Nothing wrong ---------------------------------------------------------------------------


def test_a_clear_line_lets_everything_through(line, store, clock):
    for is_write in (False, True):
        assert refusal(line, is_write=is_write) is None
        line.learn(None)
    assert (store.state, clock.slept, line.pause_for_background()) == (CLEAR, [], 0.0)


@pytest.mark.parametrize("error", [Rejected(), NotFound(), Malformed()])
def test_a_refusal_or_garbage_says_nothing_about_the_line(line, store, error):
    line.learn(error)
    assert store.state == CLEAR


@pytest.mark.django_db
def test_a_clear_line_costs_one_query_a_second_and_no_write(clock):
    line = CircuitBreaker(DatabaseStore("a"), clock=clock, sleep=clock.sleep)
    with CaptureQueriesContext(connection) as queries:
        for _ in range(10):
            line.admit(is_write=True)
            line.learn(None)
            clock.now += CACHE_SECONDS / 10.5
    assert len(queries) == 1
    assert not Row.objects.exists()


# --- 429 -------------------------------------------------------------------------------------


def test_everybody_waits_as_long_as_piggy_wants(line, other, clock):
    line.learn(Busy(retry_after=5))
    assert refusal(other) is None
    assert clock.slept == [5]


def test_everybody_waits_a_little_when_piggy_does_not_say_how_long(line, other, clock):
    line.learn(Busy())
    assert refusal(other, is_write=True) is None
    assert clock.slept == [BUSY_SECONDS]


def test_a_longer_wait_is_told_instead_of_waited_for(line, other, clock):
    line.learn(Busy(retry_after=BUSY_PATIENCE_SECONDS + 1))
    error = refusal(other)
    assert isinstance(error, Busy)
    assert error.retry_after == BUSY_PATIENCE_SECONDS + 1
    assert clock.slept == []


def test_background_work_waits_longer(line, clock):
    line.learn(Busy(retry_after=BUSY_PATIENCE_SECONDS + 1))
    with in_background():
        assert line.pause_for_background() == BUSY_PATIENCE_SECONDS + 1
        assert refusal(line) is None
        line.learn(Busy(retry_after=BACKGROUND_PATIENCE_SECONDS + 1))
        assert isinstance(refusal(line), Busy)


def test_what_is_worth_no_waiting_is_refused_at_once(line, clock):
    line.learn(Busy(retry_after=1))
    with without_waiting():
        assert isinstance(refusal(line), Busy)
    assert clock.slept == []


def test_what_is_worth_no_waiting_does_not_find_out_whether_piggy_is_back(line, clock):
    line.learn(Maintenance(status=503))
    clock.now += PROBE_SECONDS
    with without_waiting():
        assert isinstance(refusal(line), Maintenance)
    assert refusal(line) is None


def test_a_shorter_wait_does_not_cut_a_longer_one():
    longer = after_busy(CLEAR, 100.0, 20.0)
    assert after_busy(longer, 101.0, 2.0) == longer


def test_nobody_waits_longer_than_the_cap():
    assert after_busy(CLEAR, 100.0, 1e9).busy_until == 100.0 + BUSY_CAP_SECONDS


def test_a_success_meanwhile_does_not_end_the_wait(line, clock):
    line.learn(Busy(retry_after=5))
    line.learn(None)
    line.admit(is_write=False)
    assert clock.slept == [5]
    line.learn(None)
    assert line.state() == CLEAR


# --- 503 -------------------------------------------------------------------------------------


def test_maintenance_refuses_calls_at_once(line, other, clock):
    line.learn(Maintenance())
    for is_write in (False, True):
        assert isinstance(refusal(other, is_write=is_write), Maintenance)
    assert clock.slept == []


def test_a_503_that_is_repeated_is_no_maintenance_yet(line, store):
    line.learn(Maintenance(), is_last=False)
    assert store.state == CLEAR


def test_one_look_up_of_all_finds_out_whether_maintenance_is_over(line, other, clock):
    line.learn(Maintenance())
    other.state()
    clock.now += PROBE_SECONDS
    assert refusal(line) is None
    assert isinstance(refusal(line), Maintenance)
    assert isinstance(refusal(other), Maintenance)
    clock.now += PROBE_SECONDS
    assert refusal(other) is None


def test_only_look_ups_find_out(line, clock):
    line.learn(Maintenance())
    clock.now += PROBE_SECONDS
    assert isinstance(refusal(line, is_write=True), Maintenance)
    assert refusal(line) is None


def test_an_answer_ends_maintenance(line, other, clock):
    line.learn(Maintenance())
    clock.now += PROBE_SECONDS
    assert refusal(line) is None
    line.learn(Rejected())
    assert line.state() == CLEAR
    assert refusal(other, is_write=True) is None


def test_whoever_wants_to_find_out_hears_that_it_is_over(line, other, clock):
    line.learn(Maintenance())
    clock.now += PROBE_SECONDS
    other.state()
    line.learn(None)
    assert refusal(other) is None


def test_the_moment_maintenance_began_is_kept(line, clock):
    begun = clock.now
    line.learn(Maintenance())
    clock.now += 100
    line.learn(Maintenance())
    assert line.state().maintenance_since == begun


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [(None, PROBE_SECONDS), (1, PROBE_SECONDS), (20, 20), (86_400, PROBE_CAP_SECONDS)],
)
def test_retry_after_puts_the_first_look_up_off_up_to_a_cap(line, clock, retry_after, expected):
    line.learn(Maintenance(retry_after=retry_after))
    assert line.state().probe_at == clock.now + expected


@pytest.mark.parametrize("is_write", [False, True])
def test_background_work_is_told_when_to_come_back(line, other, clock, is_write):
    line.learn(Maintenance())
    clock.now += PROBE_SECONDS
    with in_background():
        error = refusal(line, is_write=is_write)
    assert isinstance(error, Maintenance)
    assert error.retry_after == BACKGROUND_PROBE_SECONDS
    assert clock.slept == []
    other.learn(None)
    clock.now += CACHE_SECONDS
    with in_background():
        assert refusal(line, is_write=is_write) is None


def test_background_work_finds_out_where_nobody_else_does(line, clock):
    line.learn(Maintenance())
    assert line.pause_for_background() == PROBE_SECONDS + BACKGROUND_PROBE_SECONDS
    clock.now += PROBE_SECONDS + BACKGROUND_PROBE_SECONDS
    assert line.pause_for_background() == 0
    with in_background():
        assert refusal(line) is None
    assert clock.slept == []


# --- 401 -------------------------------------------------------------------------------------


def test_a_refused_token_stops_all_calls(line, other, clock):
    line.learn(Unauthorized())
    clock.now += 1_000_000
    for seen in (line, other):
        assert isinstance(refusal(seen), Unauthorized)
        with in_background():
            assert isinstance(refusal(seen, is_write=True), Unauthorized)
    assert clock.slept == []
    assert line.pause_for_background() > 0


def test_an_answer_to_an_earlier_call_changes_nothing_about_it(line):
    line.learn(Unauthorized())
    since = line.state().refused_since
    line.learn(None)
    line.learn(Unauthorized())
    assert line.state() == CircuitState(refused_since=since)


def test_an_admin_can_have_it_tried_again(line, other, clock):
    line.learn(Unauthorized())
    other.state()
    line.clear()
    assert refusal(line) is None
    clock.now += CACHE_SECONDS
    assert refusal(other) is None


@pytest.mark.django_db
def test_another_token_has_a_line_of_its_own(settings):
    settings.PIGGY_CIRCUIT_BREAKER = True
    old, new = (PiggyClient("https://api.example.test", token).account for token in "ab")
    line_of(old).learn(Unauthorized())
    assert isinstance(refusal(line_of(old)), Unauthorized)
    assert refusal(line_of(new)) is None


# --- Failures --------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [Unreachable(), OutcomeUnknown()])
def test_the_breaker_opens_after_several_failures_in_a_row(line, other, error):
    for _ in range(BREAKER_FAILURES - 1):
        line.learn(error)
    assert refusal(other) is None
    line.learn(error)
    assert isinstance(refusal(line), Unreachable)


def test_failures_of_all_processes_count(line, other, clock):
    for number in range(BREAKER_FAILURES):
        (line if number % 2 else other).learn(Unreachable())
    clock.now += CACHE_SECONDS
    assert isinstance(refusal(line), Unreachable)


def test_a_success_starts_the_count_anew(line, store):
    fail(line, BREAKER_FAILURES - 1)
    line.learn(None)
    assert store.state == CLEAR
    fail(line, BREAKER_FAILURES - 1)
    assert refusal(line) is None


def test_old_failures_do_not_count(line, clock):
    fail(line, BREAKER_FAILURES - 1)
    clock.now += BREAKER_WINDOW_SECONDS + 1
    fail(line, 1)
    assert line.state().failures == 1
    assert refusal(line) is None


def test_attempts_that_are_repeated_do_not_count(line, store):
    line.learn(Unreachable(), is_last=False)
    assert store.state == CLEAR


def test_an_open_breaker_lets_a_look_up_through_now_and_then(line, clock):
    fail(line)
    assert isinstance(refusal(line), Unreachable)
    clock.now += PROBE_SECONDS
    assert isinstance(refusal(line, is_write=True), Unreachable)
    assert refusal(line) is None
    line.learn(None)
    assert refusal(line, is_write=True) is None


def test_a_look_up_that_fails_keeps_the_breaker_open(line, clock):
    fail(line)
    opened = line.state().open_since
    clock.now += BREAKER_WINDOW_SECONDS + 1
    assert refusal(line) is None
    line.learn(Unreachable())
    assert line.state().open_since == opened
    assert line.state().probe_at == clock.now + PROBE_SECONDS


# --- Where it is kept ------------------------------------------------------------------------


@pytest.fixture
def redis_client():
    client = redis.Redis(socket_connect_timeout=1)
    try:
        client.ping()
    except redis.RedisError:
        pytest.skip("Redis is not running here.")
    yield client
    client.close()


def agree(one, two) -> None:
    """See that what one process stores is what the other one reads."""
    assert one.read() == two.read() == CLEAR
    before, after = one.change(lambda state: after_busy(state, 10.0, 5.0))
    assert (before, after) == (CLEAR, CircuitState(busy_until=15.0))
    assert two.read() == after
    assert two.change(lambda state: state) == (after, after)
    assert two.change(lambda _: CLEAR) == (after, CLEAR)
    assert one.read() == CLEAR


@pytest.mark.django_db
def test_the_state_in_the_database():
    agree(DatabaseStore("a"), DatabaseStore("a"))
    assert DatabaseStore("b").read() == CLEAR
    assert str(Row.objects.get()) == "a"


def test_the_state_in_redis(redis_client):
    account = "test-the-state-in-redis"
    redis_client.delete(RedisStore(account, redis_client).key)
    try:
        agree(RedisStore(account, redis_client), RedisStore(account, redis_client))
    finally:
        redis_client.delete(RedisStore(account, redis_client).key)


def test_in_redis_no_change_gets_lost(redis_client):
    store = RedisStore("test-no-change-gets-lost", redis_client)
    redis_client.delete(store.key)
    numbers = count(1)

    def add_one(state: CircuitState) -> CircuitState:
        return CircuitState(failures=state.failures + 1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: store.change(add_one), [next(numbers) for _ in range(20)]))
    assert store.read().failures == 20
    redis_client.delete(store.key)


class Broken(MemoryStore):
    def read(self) -> CircuitState:
        raise DatabaseError

    def change(self, rule):
        raise redis.ConnectionError


def test_where_the_state_cannot_be_kept_the_process_knows_it_by_itself(clock, caplog):
    line = CircuitBreaker(Broken(), clock=clock, sleep=clock.sleep)
    with caplog.at_level(logging.WARNING):
        assert refusal(line, is_write=True) is None
        line.learn(Maintenance())
        assert isinstance(refusal(line), Maintenance)
        clock.now += PROBE_SECONDS
        assert refusal(line) is None
    assert "not shared: ConnectionError" in caplog.text
    assert "unknown: DatabaseError" in caplog.text


def test_changes_are_logged(line, caplog):
    with caplog.at_level(logging.WARNING):
        line.learn(Maintenance())
        line.learn(None)
        fail(line)
        line.learn(Unauthorized())
    said = [record.getMessage().partition(": ")[2] for record in caplog.records]
    assert said == ["maintenance", "open to all", "breaker open", "token refused"]


def test_the_settings_choose_where_it_is_kept(settings):
    assert circuit_breaker_from_settings("a") is None
    settings.PIGGY_CIRCUIT_BREAKER, settings.REDIS_URL = True, ""
    assert isinstance(line_of("a")._store, DatabaseStore)
    settings.REDIS_URL = "redis://localhost:1/0"
    assert isinstance(line_of("a")._store, RedisStore)


# --- The client on the line ------------------------------------------------------------------


@pytest.fixture
def on_line(server, line, clock) -> PiggyClient:
    return PiggyClient(server.url, "t", line=line, sleep=clock.sleep, read_timeout=5)


def attempt(call) -> type[PiggyError] | None:
    try:
        call()
    except PiggyError as error:
        return type(error)
    return None


def test_after_a_401_that_a_look_up_confirms_nothing_is_sent(on_line, server):
    server.will(refuses(status=401), refuses(status=401), OK)
    calls = (on_line.get, on_line.get, on_line.post, on_line.put, on_line.delete)
    assert [attempt(lambda call=call: call("x")) for call in calls] == [Unauthorized] * 5
    assert [(r.method, r.path) for r in server.received] == [("GET", "x"), ("GET", PREFIX)]
    on_line.line.clear()
    assert attempt(lambda: on_line.get("x")) is None


@pytest.mark.parametrize(
    "answer", [answers({}), answers([]), Script(body=b""), Script(status=204, body=b"")]
)
def test_one_stray_401_stops_nobody(on_line, server, answer):
    server.will(refuses(status=401), answer, OK)
    assert attempt(lambda: on_line.post("x")) is Unauthorized
    assert on_line.line.state() == CLEAR
    assert attempt(lambda: on_line.post("x")) is None
    sent = [(r.method, r.path) for r in server.received]
    assert sent == [("POST", "x"), ("GET", PREFIX), ("POST", "x")]


@pytest.mark.parametrize("answer", [refuses(status=404), refuses(status=405), Script(body=b"<p>")])
def test_where_the_prefix_is_not_answered_shops_are_looked_up(on_line, server, answer):
    server.will(refuses(status=401), answer, OK)
    assert attempt(lambda: on_line.post("x")) is Unauthorized
    assert [r.path for r in server.received] == ["x", PREFIX, PROBE_PATH]
    assert on_line.line.state() == CLEAR
    server.will(refuses(status=401), answer, refuses(status=401))
    assert attempt(lambda: on_line.post("x")) is Unauthorized
    assert on_line.line.state().is_refused


def test_a_look_up_that_finds_nothing_out_stops_nobody(on_line, server):
    server.will(refuses(status=401), Script(status=502), OK)
    assert attempt(lambda: on_line.post("x")) is Unauthorized
    assert (on_line.line.state().is_refused, len(server.received)) == (False, 2)
    assert attempt(lambda: on_line.post("x")) is None


def test_a_401_of_a_gateway_is_looked_into_as_well(on_line, server):
    server.will(Script(status=401, body=b"<p>Sign in"), refuses(status=401))
    assert attempt(lambda: on_line.post("x")) is OutcomeUnknown
    assert on_line.line.state().is_refused


def test_what_is_known_to_be_refused_is_not_looked_into_again(on_line, server, monkeypatch):
    """A call that was under way already comes back with a 401 too."""
    on_line.line.learn(Unauthorized())
    monkeypatch.setattr(on_line.line, "admit", lambda **_: None)
    server.will(refuses(status=401))
    assert attempt(lambda: on_line.post("x")) is Unauthorized
    assert len(server.received) == 1


def test_the_connection_can_be_checked(on_line, server):
    on_line.check_connection()
    assert [r.path for r in server.received] == [PREFIX]
    server.will(refuses(status=404), Script(status=502), OK)
    on_line.check_connection()
    server.will(refuses(status=401))
    assert attempt(on_line.check_connection) is Unauthorized
    assert attempt(on_line.check_connection) is Unauthorized


def test_after_a_503_nothing_is_sent_until_it_is_time_to_find_out(on_line, server, clock):
    server.will(refuses(status=503), OK)
    assert attempt(lambda: on_line.post("x")) is Maintenance
    assert attempt(lambda: on_line.post("x")) is Maintenance
    assert len(server.received) == 1
    clock.now += PROBE_SECONDS
    assert attempt(lambda: on_line.post("x")) is None
    assert [(r.method, r.path) for r in server.received[1:]] == [("GET", PROBE_PATH), ("POST", "x")]


def test_a_write_is_not_sent_when_the_look_up_before_it_fails(on_line, server, clock):
    server.will(Script(status=503))
    attempt(lambda: on_line.post("x"))
    clock.now += PROBE_SECONDS
    assert attempt(lambda: on_line.put("x")) is Maintenance
    assert [r.method for r in server.received] == ["POST", "GET"]


def test_a_look_up_that_succeeds_when_repeated_was_no_maintenance(on_line, server):
    server.will(Script(status=503), OK)
    on_line.get("x")
    assert on_line.line.state() == CLEAR


def test_a_look_up_that_fails_however_often_it_is_repeated_tells_of_maintenance(on_line, server):
    server.will(Script(status=503))
    assert attempt(lambda: on_line.get("x")) is Maintenance
    assert on_line.line.state().is_down


def test_a_503_that_is_not_repeated_for_its_retry_after_tells_of_maintenance(on_line, server):
    server.will(Script(status=503, headers={"Retry-After": "3600"}))
    assert attempt(lambda: on_line.get("x")) is Maintenance
    assert len(server.received) == 1
    assert on_line.line.state().is_down


def test_after_a_429_the_next_call_waits(on_line, server, clock):
    for script, kind in ((refuses(status=429), Busy), (Script(status=429), OutcomeUnknown)):
        script.headers["Retry-After"] = "4"
        server.will(script, OK)
        assert attempt(lambda: on_line.post("x")) is kind
        on_line.post("x")
    assert clock.slept == [pytest.approx(4)] * 2


def test_a_503_of_a_gateway_is_maintenance_of_the_line_too(on_line, server):
    server.will(Script(status=503, body=b"<h1>Service Unavailable</h1>"))
    assert attempt(lambda: on_line.post("x")) is OutcomeUnknown
    assert on_line.line.state().maintenance_since
    assert attempt(lambda: on_line.post("x")) is Maintenance
    assert len(server.received) == 1


def test_calls_that_fail_open_the_breaker(on_line, server):
    server.will(Script(status=500))
    for _ in range(BREAKER_FAILURES):
        assert attempt(lambda: on_line.get("x")) is Unreachable
    assert attempt(lambda: on_line.post("x")) is Unreachable
    assert len(server.received) == BREAKER_FAILURES


def test_what_an_earlier_attempt_may_have_done_is_not_forgotten(on_line, server):
    """The second attempt changed nothing, but the first may have."""
    for second in (503, 429, 400, 401):
        on_line.line.clear()
        server.will(Script(status=502), Script(status=second, headers={"Retry-After": "99"}))
        with pytest.raises(OutcomeUnknown):
            on_line.put("x", repeatable=True)


def test_nor_is_it_when_the_line_refuses_to_repeat(on_line, server, monkeypatch):
    server.will(Script(status=502), OK)
    admit = on_line.line.admit
    admissions = iter([admit])

    def refuse(*, is_write: bool) -> None:
        raise Maintenance(is_write=is_write)

    def once(*, is_write: bool) -> None:
        next(admissions, refuse)(is_write=is_write)

    monkeypatch.setattr(on_line.line, "admit", once)
    assert attempt(lambda: on_line.put("x", repeatable=True)) is OutcomeUnknown
    assert len(server.received) == 1

"""Redis as a help: what happens while it hangs, while it is gone, and when it is back."""

import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
import redis
from django.core.cache import caches

from piggyadmin import redis_pool
from piggyadmin.piggy.circuit_breaker import CLEAR, RedisStore, circuit_breaker_from_settings
from piggyadmin.piggy.client import forget_client
from piggyadmin.piggy.errors import Maintenance
from piggyadmin.piggy.throttle import RedisThrottle, throttle_from_settings
from piggyadmin.redis_pool import BriefPool, Outage, redis_client
from piggyadmin.tasks import backend
from tests.redis_server import RedisServer


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer() as server:
        yield server


@pytest.fixture(params=["hangs", "is gone"])
def away(request, server: RedisServer, settings) -> RedisServer:
    """A Redis that was there, is known to every part of the console, and is away."""
    use(server, settings)
    caches["default"].set("known", 1)
    assert redis_client(server.url).ping()
    (server.hang if request.param == "hangs" else server.stop)()
    return server


def use(server: RedisServer, settings) -> None:
    """Have the console work with it, as its settings would."""
    settings.REDIS_URL = server.url
    settings.CACHES = {
        "default": {
            "BACKEND": "piggyadmin.cache.RedisCache",
            "LOCATION": server.url,
            "OPTIONS": {"pool_class": "piggyadmin.redis_pool.BriefPool"},
        }
    }


class Clock:
    now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(redis_pool, "time", clock)
    return clock


# --- The pool --------------------------------------------------------------------------------


def test_answers_are_waited_for_briefly(server, settings):
    pool = BriefPool.from_url(server.url)
    assert pool.connection_kwargs["socket_timeout"] == settings.REDIS_TIMEOUT <= 0.3
    assert pool.connection_kwargs["socket_connect_timeout"] == settings.REDIS_TIMEOUT
    slow = BriefPool.from_url(f"{server.url}?socket_timeout=7")
    assert slow.connection_kwargs["socket_timeout"] == 7


def test_tls_and_sockets_of_this_machine_are_guarded_too():
    for url in ("redis://a.example.test", "rediss://b.example.test", "unix:///var/run/redis"):
        pool = BriefPool.from_url(url)
        assert issubclass(pool.connection_class, redis_pool._Guarded)


def test_after_a_failure_nobody_asks_for_a_while(away, clock, caplog):
    one, other = (redis.Redis(connection_pool=BriefPool.from_url(away.url)) for _ in range(2))
    with caplog.at_level(logging.WARNING):
        with pytest.raises(redis.RedisError):
            one.ping()
        for client in (one, other):
            with pytest.raises(redis.ConnectionError, match="Redis is away"):
                client.ping()
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1
    assert told[0].startswith("Redis is away, going on without: ")


def test_after_that_while_somebody_finds_out(server, clock, caplog):
    client = redis.Redis(connection_pool=BriefPool.from_url(server.url))
    assert client.ping()
    server.hang()
    with pytest.raises(redis.TimeoutError):
        client.ping()
    clock.now += redis_pool.COOL_DOWN_SECONDS
    with pytest.raises(redis.TimeoutError):  # asked, in vain
        client.ping()
    server.go_on()
    with pytest.raises(redis.ConnectionError, match="Redis is away"):
        client.ping()
    clock.now += redis_pool.COOL_DOWN_SECONDS
    assert client.ping()
    assert client.ping()
    told = [record.getMessage() for record in caplog.records]
    assert told == ["Redis is away, going on without: TimeoutError", "Redis is back."]


def test_one_that_was_started_anew_is_used_again(server, clock):
    client = redis.Redis(connection_pool=BriefPool.from_url(server.url))
    assert client.ping()
    server.stop()
    with pytest.raises(redis.ConnectionError):
        client.ping()
    server.start()
    clock.now += redis_pool.COOL_DOWN_SECONDS
    assert client.ping()


def test_a_refusal_of_redis_is_no_outage(server):
    client = redis_client(server.url)
    with pytest.raises(redis.ResponseError):
        client.execute_command("NONSENSE")
    assert client.ping()


def test_an_outage_that_never_was_has_no_end(caplog):
    outage = Outage()
    outage.end()
    outage.check()
    assert caplog.records == []


# --- Who uses it -----------------------------------------------------------------------------


@pytest.mark.django_db
def test_line_and_throttle_go_on_without(away, settings):
    settings.PIGGY_CIRCUIT_BREAKER, settings.PIGGY_CALLS_PER_SECOND = True, 100.0
    line, throttle = (
        circuit_breaker_from_settings("redis-away"),
        throttle_from_settings("redis-away"),
    )
    assert line
    assert isinstance(line._store, RedisStore)
    assert isinstance(throttle, RedisThrottle)
    throttle.take()
    assert line.state() == CLEAR
    line.learn(Maintenance())
    assert line.state().is_down


def test_work_is_not_lost_when_its_worker_cannot_be_called(away, settings, monkeypatch, caplog):
    """What is to be done stands in the database; workers find it by themselves."""
    settings.TASKS_BACKEND = "rq"
    monkeypatch.setattr(backend, "wake", SimpleNamespace(enqueue=pytest.fail))
    backend.hand_over(1)
    backend.hand_over(2)
    assert "Could not call a worker" in caplog.text


@pytest.mark.django_db(databases="__all__")
def test_probes_tell(away, client):
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["redis"]) == (200, "unreachable")


@pytest.mark.django_db(databases="__all__")
def test_probes_tell_that_it_is_there(server, settings, client):
    assert "redis" not in client.get("/readyz").json()
    settings.REDIS_URL = server.url
    assert client.get("/readyz").json()["redis"] == "ok"


@pytest.mark.parametrize("slug", ["create-credit-reception", "create-booking", "list-perks"])
def test_pages_work_without(slug, transactional_db, away, sandbox, staff, settings):
    # Turns are counted in the database then, also by the thread that asks while a page is drawn.
    settings.PIGGY_CIRCUIT_BREAKER, settings.PIGGY_CALLS_PER_SECOND = True, 100.0
    forget_client()
    for _ in range(2):
        answer = staff.get(f"/actions/{slug}/")
        assert answer.status_code == 200
        assert 'role="alert"' not in answer.content.decode()
    assert staff.get("/requests/").status_code in {200, 403}

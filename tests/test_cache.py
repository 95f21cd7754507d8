"""The cache with Redis, and without while it is away."""

from collections.abc import Iterator

import pytest
from django.core.cache.backends.locmem import LocMemCache

from piggyadmin.cache import RedisCache
from tests.redis_server import RedisServer

OPTIONS = {"OPTIONS": {"pool_class": "piggyadmin.redis_pool.BriefPool"}}


@pytest.fixture(params=["there", "hangs", "is gone"])
def cache(request) -> Iterator[RedisCache]:
    """A cache whose Redis is there, or is not."""
    with RedisServer() as server:
        if request.param == "hangs":
            server.hang()
        elif request.param == "is gone":
            server.stop()
        yield RedisCache(server.url, OPTIONS)
    LocMemCache("while-redis-is-away", {}).clear()


def test_everything_works_as_in_any_cache(cache):
    assert cache.get("a") is None
    assert cache.get("a", 7) == 7
    assert cache.add("a", 1)
    assert not cache.add("a", 2)
    assert cache.incr("a", 2) == 3
    assert cache.has_key("a")
    assert cache.touch("a", 60)
    assert cache.get_or_set("a", lambda: 9) == 3
    assert cache.get_or_set("b", lambda: 9, 60) == 9
    assert cache.set_many({"c": [1], "d": {2: 3}}, 60) == []
    assert cache.get_many(["b", "c", "d", "e"]) == {"b": 9, "c": [1], "d": {2: 3}}
    assert cache.delete("b")
    cache.delete_many(["c"])
    assert cache.get_many(["b", "c", "d"]) == {"d": {2: 3}}
    with pytest.raises(ValueError, match="nothing"):
        cache.incr("nothing")
    cache.clear()
    assert cache.get("d") is None


def test_versions_are_kept_apart(cache):
    cache.set("a", 1, 60, version=2)
    assert (cache.get("a"), cache.get("a", version=2)) == (None, 1)


def test_what_was_kept_meanwhile_does_not_hide_what_is_in_redis():
    with RedisServer() as server:
        cache = RedisCache(server.url, OPTIONS)
        cache.here.set("a", "meanwhile")
        assert cache.get("a") is None
        cache.clear()
        assert cache.here.get("a") == "meanwhile"
        cache.here.clear()

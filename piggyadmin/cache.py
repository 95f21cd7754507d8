"""The cache in Redis, and what stands in for it while Redis is away."""

from collections.abc import Callable
from typing import Any

import redis
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache as DjangoRedisCache


def _or_here(name: str) -> Callable[..., Any]:
    """Make a method that does in this process what cannot be done in Redis."""
    in_redis = getattr(DjangoRedisCache, name)

    def method(self: "RedisCache", *args: Any, **options: Any) -> Any:
        try:
            return in_redis(self, *args, **options)
        except redis.RedisError:  # the pool has told of it
            return getattr(self.here, name)(*args, **options)

    method.__name__ = name
    return method


class RedisCache(DjangoRedisCache):
    """Django's own, except that a Redis that is away is no error."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.here = LocMemCache("while-redis-is-away", {})

    add = _or_here("add")
    get = _or_here("get")
    set = _or_here("set")
    touch = _or_here("touch")
    delete = _or_here("delete")
    get_many = _or_here("get_many")
    has_key = _or_here("has_key")
    incr = _or_here("incr")
    set_many = _or_here("set_many")
    delete_many = _or_here("delete_many")
    clear = _or_here("clear")

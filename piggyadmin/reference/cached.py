"""What forms offer as lists: read from Piggy once in a while, and remembered in between."""

from collections.abc import Callable
from functools import partial, wraps
from typing import TypeVar, cast

from django.conf import settings
from django.core.cache import cache

from piggyadmin.piggy.client import PiggyClient, piggy_client

T = TypeVar("T")

_names: list[str] = []


def _key(piggy: PiggyClient, name: str) -> str:
    return f"piggy-reference-{piggy.account}-{name}"


def cached(read: Callable[[PiggyClient], T]) -> Callable[[PiggyClient], T]:
    """Remember what a service lists for an account, for `PIGGY_REFERENCE_SECONDS`."""
    name = f"{read.__module__}.{read.__name__}"
    _names.append(name)

    @wraps(read)
    def remembered(piggy: PiggyClient) -> T:
        key, seconds = _key(piggy, name), settings.PIGGY_REFERENCE_SECONDS
        return cast("T", cache.get_or_set(key, partial(read, piggy), seconds))

    return remembered


def forget(piggy: PiggyClient | None = None) -> None:
    """Read everything anew at the next use."""
    account = piggy or piggy_client()
    cache.delete_many([_key(account, name) for name in _names])

"""What forms offer as lists: read from Piggy once in a while, and remembered in between."""

from collections.abc import Callable, Iterable
from functools import partial, wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.core.cache import cache

from piggyadmin.piggy.client import PiggyClient, piggy_client

T = TypeVar("T", bound=Iterable[Any])

_lists: list[str] = []


def _key(piggy: PiggyClient, name: str) -> str:
    return f"piggy-reference-{piggy.account}-{name}"


def cached(read: Callable[[PiggyClient], T]) -> Callable[[PiggyClient], T]:
    """Remember what a service lists for an account, for `PIGGY_REFERENCE_SECONDS`."""
    name = _name_of(read)
    _lists.append(name)

    def read_with_names(piggy: PiggyClient) -> T:
        found = read(piggy)
        cache.set(_key_of_names(piggy, name), _names_in(found), None)
        return found

    @wraps(read)
    def remembered(piggy: PiggyClient) -> T:
        key, seconds = _key(piggy, name), settings.PIGGY_REFERENCE_SECONDS
        return cast("T", cache.get_or_set(key, partial(read_with_names, piggy), seconds))

    return remembered


def _name_of(read: Callable[..., Any]) -> str:
    return f"{read.__module__}.{read.__qualname__}"


def _key_of_names(piggy: PiggyClient, name: str) -> str:
    return f"{_key(piggy, name)}-names"


def _names_in(found: Iterable[Any]) -> dict[str, str]:
    """Give what is called how, by UUID."""
    named = ((getattr(each, "uuid", None), getattr(each, "name", None)) for each in found)
    return {uuid: name for uuid, name in named if uuid and name}


def known_names(piggy: PiggyClient, *of: Callable[..., Any]) -> dict[str, str]:
    """Give what things were called when they were last read, by UUID; Piggy is not asked.

    Names hardly ever change, so they are remembered for longer than what else is said of things.
    Where lists are named, it is only what these list.
    """
    lists = list(map(_name_of, of)) or _lists
    names = cache.get_many([_key_of_names(piggy, name) for name in lists])
    return {uuid: name for found in names.values() for uuid, name in found.items()}


def forget(piggy: PiggyClient | None = None) -> None:
    """Read everything anew at the next use."""
    account = piggy or piggy_client()
    cache.delete_many([_key(account, name) for name in _lists])

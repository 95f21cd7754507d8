"""For whom a call to Piggy is made, so that the request log can say it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Actor:
    """Who is acting, doing what, and for which entry of the ledger; empty where nobody said.

    Attributes:
        proved_at: When they last proved who they are, in seconds since 1970; None for work in the
            background, which nobody is asked about.
    """

    person_id: int | None = None
    person_name: str = ""
    action: str = ""
    entry_id: int | None = None
    proved_at: float | None = field(default=None, compare=False)


def nobody() -> Actor:
    """Give the actor of calls that nobody in particular asked for."""
    return Actor()


_find_actor: ContextVar[Callable[[], Actor]] = ContextVar("find_actor", default=nobody)


def current_actor() -> Actor:
    """Tell who is acting now."""
    return _find_actor.get()()


@contextmanager
def use_actor_finder(find_actor: Callable[[], Actor]) -> Iterator[None]:
    """Say who is acting inside the block, worked out only when a call is made there."""
    token = _find_actor.set(find_actor)
    try:
        yield
    finally:
        _find_actor.reset(token)


@contextmanager
def use_actor(
    person_id: int | None, person_name: str, action: str, entry_id: int | None = None
) -> Iterator[Actor]:
    """Say who is acting inside the block; `action` is an action's slug or a page's name."""
    actor = Actor(person_id, person_name, action, entry_id)
    with use_actor_finder(lambda: actor):
        yield actor

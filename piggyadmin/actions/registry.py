"""The one list of all actions, from which pages, permissions, search and tests are made."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured

from piggyadmin.actions.base import Action
from piggyadmin.actions.entities import ENTITIES
from piggyadmin.ledger.operations import (
    Effect,
    add_operation,
    find_operation,
    get_operation,
    operations,
)
from piggyadmin.ui import icons

AnyAction = TypeVar("AnyAction", bound=type[Action[Any, Any]])


def register(action_class: AnyAction) -> AnyAction:
    """Add an action class to the list; used as a decorator in an app's `actions`.

    Raises:
        ImproperlyConfigured: something is missing without which its pages or tests would break; it
            says all that is to be added.
    """
    if lacking := " ".join(_lacking(action_class)):
        name = f"{action_class.__module__}.{action_class.__qualname__}"
        raise ImproperlyConfigured(f"{name} cannot be registered. {lacking}")
    add_operation(action_class())
    return action_class


def _lacking(action_class: type[Action[Any, Any]]) -> Iterator[str]:
    """Say what an action class lacks, and where to add it."""
    slug, entity = action_class.slug, getattr(action_class, "entity", "")
    icon = getattr(action_class, "icon", "")
    if find_operation(slug):
        yield f"Another action is called {slug!r}: give this one another `slug`."
    if entity not in ENTITIES:
        yield (
            f"Its entity {entity!r} is unknown: set `entity` to a known one, "
            "or add it to ENTITIES in piggyadmin/actions/entities.py, with its name and its place "
            "in the menu (an entry of SECTIONS in piggyadmin/desk/navigation.py)."
        )
    if icon not in icons.names():
        yield f"There is no icon {icon!r}: set `icon` to the name of one from lucide.dev/icons."
    if not hasattr(action_class, "sample"):
        yield "Add `sample`: by field, what a person fills in to have it done on the sandbox."
    is_write = action_class.effect is not Effect.READ
    if is_write and action_class.sentence is Action.sentence:
        yield (
            "Nothing says in words what its entries are about: write `sentence`, which gives a "
            "`Sentence` as something that was done and as something that somebody wants."
        )
    if _is_settled_by_nobody(action_class):
        yield (
            "Nothing says what becomes of it when Piggy's answer is lost: write `read_back`, "
            "or set `cannot_be_settled` to the reason why only a person can find out."
        )


def _is_settled_by_nobody(action_class: type[Action[Any, Any]]) -> bool:
    is_write = action_class.effect is not Effect.READ
    is_looked_for = action_class.read_back is not Action.read_back
    return is_write and not is_looked_for and not action_class.cannot_be_settled


def actions() -> list[Action[Any, Any]]:
    """List all actions, by entity and then by slug."""
    return [each for each in operations() if isinstance(each, Action)]


def get_action(slug: str) -> Action[Any, Any]:
    """Get one action.

    Raises:
        KeyError: there is none of this slug.
    """
    action = get_operation(slug)
    if not isinstance(action, Action):
        raise KeyError(slug)
    return action


def find_action(slug: str) -> Action[Any, Any] | None:
    """Get one action, of an entry that may be older than the console; None where it has gone."""
    action = find_operation(slug)
    return action if isinstance(action, Action) else None


def by_entity(
    chosen: Iterable[Action[Any, Any]],
) -> list[tuple[str, list[Action[Any, Any]]]]:
    """Group actions, which must be in the registry's order, by the names of their entities."""
    groups = groupby(chosen, key=lambda action: action.entity)
    named = [(str(ENTITIES[entity].label), list(group)) for entity, group in groups]
    return sorted(named, key=lambda group: group[0])

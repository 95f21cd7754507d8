"""The one list of all actions, from which pages, permissions, search and tests are made."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.base import Action

# What the entities are called; their actions live in the app of the same name.
ENTITIES = {
    "bookings": _("Bookings"),
    "contacts": _("Contacts"),
    "credits": _("Credits"),
    "forms": _("Forms"),
    "perks": _("Perks"),
    "products": _("Products"),
    "vouchers": _("Vouchers"),
}

_actions: dict[str, Action[Any, Any]] = {}
AnyAction = TypeVar("AnyAction", bound=type[Action[Any, Any]])


def register(action_class: AnyAction) -> AnyAction:
    """Add an action class to the list; used as a decorator in an app's `actions.py`.

    Raises:
        ValueError: another action has this slug.
    """
    if action_class.slug in _actions:
        raise ValueError(f"Two actions are called {action_class.slug!r}.")
    _actions[action_class.slug] = action_class()
    return action_class


def actions() -> list[Action[Any, Any]]:
    """List all actions, by entity and then by slug."""
    return sorted(_actions.values(), key=lambda action: (action.entity, action.slug))


def get_action(slug: str) -> Action[Any, Any]:
    """Get one action.

    Raises:
        KeyError: there is none of this slug.
    """
    return _actions[slug]


def find_action(slug: str) -> Action[Any, Any] | None:
    """Get one action, of an entry that may be older than the console; None where it has gone."""
    return _actions.get(slug)


def watched_slugs() -> set[str]:
    """Name the actions that Piggy carries out after its answer."""
    return {action.slug for action in actions() if action.is_watched}


def by_entity(
    chosen: Iterable[Action[Any, Any]],
) -> list[tuple[str, list[Action[Any, Any]]]]:
    """Group actions, which must be in the registry's order, under the names of their entities."""
    groups = groupby(chosen, key=lambda action: action.entity)
    return [(str(ENTITIES[entity]), list(group)) for entity, group in groups]

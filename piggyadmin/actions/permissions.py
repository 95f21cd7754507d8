"""What a person may do: one permission per action, beside those of pages that are no action."""

from collections.abc import Iterator

from piggyadmin.accounts.permissions import PAGE_PERMISSIONS, READ_LEDGER, ConsolePermission
from piggyadmin.actions.registry import actions, find_action


def all_permissions() -> Iterator[ConsolePermission]:
    """Give the permissions of the pages and of every registered action."""
    yield from PAGE_PERMISSIONS
    for action in actions():
        yield ConsolePermission(action.codename, f"Can do: {action.slug}", action.role)


def to_decide_about(slug: str) -> str:
    """Give the permission of those who settle what became of an action's entries.

    They may do it themselves; of one that has gone, they read the ledger.
    """
    action = find_action(slug)
    return action.permission if action else READ_LEDGER

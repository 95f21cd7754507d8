"""What a person may do: one permission per action, beside those of pages that are no action."""

from collections.abc import Iterator

from piggyadmin.accounts.permissions import PAGE_PERMISSIONS, ConsolePermission
from piggyadmin.actions.registry import actions


def all_permissions() -> Iterator[ConsolePermission]:
    """Give the permissions of the pages and of every registered action."""
    yield from PAGE_PERMISSIONS
    for action in actions():
        yield ConsolePermission(action.codename, f"Can do: {action.slug}", action.role)

"""What a person may do: one permission per action, and a few for pages that are no action."""

from collections.abc import Iterator
from typing import NamedTuple

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions


class ConsolePermission(NamedTuple):
    """A permission of the console and the lowest role that has it from the start."""

    codename: str
    name: str
    role: Role


LOOK_UP = "actions.look_up"
READ_LEDGER = "actions.view_entry"
VIEW_REQUESTS = "actions.view_requests"
MEND_LINE = "actions.mend_line"
VIEW_TASKS = "actions.view_tasks"
MANAGE_TASKS = "actions.manage_tasks"
APPROVE = "actions.approve"
REVIEW_DUPLICATES = "actions.review_duplicates"
CONTROL_SANDBOX = "actions.control_sandbox"
_PAGES = (
    ConsolePermission("look_up", "Can look up what Piggy holds", Role.SUPPORT),
    ConsolePermission("view_requests", "Can read the request log", Role.AUDITOR),
    ConsolePermission("mend_line", "Can have calls to Piggy tried again", Role.ADMIN),
    ConsolePermission("view_tasks", "Can see the background work", Role.AUDITOR),
    ConsolePermission("manage_tasks", "Can retry and cancel background work", Role.ADMIN),
    ConsolePermission("approve", "Can approve what needs a second person", Role.ADMIN),
    ConsolePermission("review_duplicates", "Can review duplicates", Role.ADMIN),
    ConsolePermission("control_sandbox", "Can have the sandbox misbehave or reset", Role.ADMIN),
)


def all_permissions() -> Iterator[ConsolePermission]:
    """Give the permissions of the pages and of every registered action."""
    yield from _PAGES
    for action in actions():
        yield ConsolePermission(action.codename, f"Can do: {action.slug}", action.role)

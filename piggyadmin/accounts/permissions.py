"""What people may do on pages that are no action, and how somebody is refused."""

import logging
from typing import NamedTuple

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role

logger = logging.getLogger(__name__)


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
PAGE_PERMISSIONS = (
    ConsolePermission("look_up", "Can look up what Piggy holds", Role.SUPPORT),
    ConsolePermission("view_requests", "Can read the request log", Role.AUDITOR),
    ConsolePermission("mend_line", "Can have calls to Piggy tried again", Role.ADMIN),
    ConsolePermission("view_tasks", "Can see the background work", Role.AUDITOR),
    ConsolePermission("manage_tasks", "Can retry and cancel background work", Role.ADMIN),
    ConsolePermission("approve", "Can approve what needs a second person", Role.ADMIN),
    ConsolePermission("review_duplicates", "Can review duplicates", Role.ADMIN),
    ConsolePermission("control_sandbox", "Can have the sandbox misbehave or reset", Role.ADMIN),
)


def check_permission(person: User, permission: str) -> None:
    """Refuse who lacks a permission, and log it.

    Raises:
        PermissionDenied: which the 403 page shows.
    """
    if not person.has_perm(permission):
        logger.warning("Refused: person %s lacks %s", person.pk, permission)
        raise PermissionDenied(_("Your role does not include this."))

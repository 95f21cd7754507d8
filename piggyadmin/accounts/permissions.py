"""What people may do on pages that are no action, and how somebody is refused.

Views let in who may open a page. What writes, settles or approves insists by itself on who may, as
it is at that moment: views can be gone round, and work goes on after somebody has lost a role.
"""

import logging
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple, NoReturn

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Q, QuerySet
from django.utils.translation import gettext

from piggyadmin.accounts.held_permissions import ANYBODY, held_by, of_person
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
WRITE_NOTES = "actions.write_notes"
MANAGE_NOTES = "actions.manage_notes"
HAND_OUT_DATA = "actions.hand_out_data"
VIEW_TASKS = "actions.view_tasks"
MANAGE_TASKS = "actions.manage_tasks"
APPROVE = "actions.approve"
RUN_IN_BULK = "actions.run_in_bulk"
MAIL_VOUCHERS = "actions.run_mail_vouchers"
REVIEW_DUPLICATES = "actions.review_duplicates"
CONTROL_SANDBOX = "actions.control_sandbox"
SHARE_CALENDARS = "actions.share_calendars"
SHARE_VIEWS = "actions.share_views"
USE_API = "actions.use_api"
VIEW_SETTINGS = "actions.view_settings"
REPLACE_TOKEN = "actions.replace_token"  # noqa: S105  (a permission's name)
# Django's own, of people, roles and lists.
VIEW_PEOPLE, ADD_PEOPLE = "accounts.view_user", "accounts.add_user"
CHANGE_PEOPLE = "accounts.change_user"
VIEW_ROLES, ADD_ROLES = "auth.view_group", "auth.add_group"
CHANGE_ROLES, DELETE_ROLES = "auth.change_group", "auth.delete_group"
VIEW_REASONS, ADD_REASONS = "actions.view_reason", "actions.add_reason"
CHANGE_REASONS = "actions.change_reason"
CHANGE_TOKEN_DATE = "piggy.change_tokendate"  # noqa: S105  (a permission's name)
PAGE_PERMISSIONS = (
    ConsolePermission("look_up", "Can look up what Piggy holds", Role.SUPPORT),
    ConsolePermission("write_notes", "Can write notes and hand customers over", Role.SUPPORT),
    ConsolePermission("manage_notes", "Can change all notes, and stop serving people", Role.ADMIN),
    ConsolePermission("hand_out_data", "Can make a file of all held on a person", Role.ADMIN),
    ConsolePermission("view_requests", "Can read the request log", Role.AUDITOR),
    ConsolePermission("mend_line", "Can have calls to Piggy tried again", Role.ADMIN),
    ConsolePermission("view_tasks", "Can see the background work", Role.AUDITOR),
    ConsolePermission("manage_tasks", "Can retry and cancel background work", Role.ADMIN),
    ConsolePermission("approve", "Can approve what needs a second person", Role.ADMIN),
    ConsolePermission("run_in_bulk", "Can do actions with many rows of a file", Role.ADMIN),
    ConsolePermission("run_mail_vouchers", "Can mail customers their vouchers", Role.ADMIN),
    ConsolePermission("review_duplicates", "Can review duplicates", Role.ADMIN),
    ConsolePermission("share_calendars", "Can make calendar addresses of bookings", Role.ADMIN),
    ConsolePermission("share_views", "Can share saved views with everybody", Role.ADMIN),
    ConsolePermission("use_api", "Can let programs work in their name", Role.SUPPORT),
    ConsolePermission("view_settings", "Can see how the console is set", Role.AUDITOR),
    ConsolePermission("replace_token", "Can replace the token for Piggy", Role.ADMIN),
    ConsolePermission("control_sandbox", "Can have the sandbox misbehave or reset", Role.ADMIN),
)


def check_permission(person: User, permission: str) -> None:
    """Refuse who lacks a permission, and log it.

    Raises:
        PermissionDenied: which the 403 page shows.
    """
    if not person.has_perm(permission):
        logger.warning("Refused: person %s lacks %s", person.pk, permission)
        raise PermissionDenied(gettext("Your role does not include this."))


def may(person: User | None, *permissions: str) -> bool:
    """Tell whether somebody may do something, by what was looked up of them.

    Nobody may who is disabled, and nobody who is no person: the console does no action by itself.
    """
    return isinstance(person, User) and person.is_active and person.has_perms(permissions)


def may_now(person: User, *permissions: str) -> bool:
    """Tell whether somebody may do something at this moment, whatever was looked up before."""
    return isinstance(person, User) and permitted(person.pk, permissions).exists()


def permitted(pk: int, permissions: Iterable[str]) -> QuerySet[User]:
    """Select somebody, if they are active and have all of these permissions."""
    found = User.objects.filter(pk=pk, is_active=True)
    for permission in permissions:
        app, _, codename = permission.partition(".")
        held = held_by(pk).filter(content_type__app_label=app, codename=codename)
        found = found.filter(Q(is_superuser=True) | Exists(held))
    return found


def permitted_statement(pk: int, permission: str) -> tuple[str, list[Any]]:
    """Give the statement of `permitted` and its parameters, to be asked along with another one."""
    text, parameters = _statement(permission)
    return text, of_person(parameters, pk)


@cache
def _statement(permission: str) -> tuple[str, tuple[Any, ...]]:
    """Have Django put it together once: each time anew took half a millisecond of every write."""
    return permitted(ANYBODY, [permission]).values("pk").query.sql_with_params()


def insist_on_permission(person: User, *permissions: str) -> None:
    """Refuse whoever may not do something at this moment.

    Raises:
        PermissionDenied: it says who.
    """
    if not may_now(person, *permissions):
        refuse(person, *permissions)


def refuse(person: User, *permissions: str) -> NoReturn:
    """Refuse somebody, and log it.

    Raises:
        PermissionDenied: it says who.
    """
    logger.warning("Refused: person %s lacks %s", getattr(person, "pk", None), permissions)
    words = gettext("%(person)s may not do this, or not any more. Nothing was done.")
    raise PermissionDenied(words % {"person": getattr(person, "name", gettext("Somebody"))})

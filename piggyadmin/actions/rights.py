"""What permissions let people do, in words: of actions, of pages, and of people and lists."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from django.contrib.auth.models import Group, Permission
from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts import permissions as page
from piggyadmin.actions.registry import actions, by_entity
from piggyadmin.ledger.operations import Words


class Right(NamedTuple):
    """One thing that somebody may do, by the name of its permission as Django's checks want it."""

    permission: str
    label: Words


class RightsArea(NamedTuple):
    """Rights that belong together."""

    label: Words
    rights: tuple[Right, ...]


_PAGES = RightsArea(
    _("Pages"),
    (
        Right(page.LOOK_UP, _("Look up what Piggy holds")),
        Right(page.WRITE_NOTES, _("Write notes on customers, and hand them over")),
        Right(page.MANAGE_NOTES, _("Change all notes, and say whom nobody is to serve")),
        Right(page.HAND_OUT_DATA, _("Make a file of all that is held on a person")),
        Right(page.REVIEW_DUPLICATES, _("Review duplicates")),
        Right(page.RUN_IN_BULK, _("Do what they may do with many rows of a file at once")),
        Right(page.MAIL_VOUCHERS, _("Mail customers the vouchers made for them")),
        Right(page.APPROVE, _("Approve as the second person")),
        Right(page.READ_LEDGER, _("Read the ledger")),
        Right(page.VIEW_REQUESTS, _("Read the request log")),
        Right(page.MEND_LINE, _("Have calls to Piggy tried again")),
        Right(page.VIEW_TASKS, _("See the background work")),
        Right(page.MANAGE_TASKS, _("Retry and cancel background work")),
        Right(page.USE_API, _("Let programs work in their name")),
        Right(page.CONTROL_SANDBOX, _("Have the sandbox misbehave or reset")),
    ),
)
_KEEPING = RightsArea(
    _("People and settings"),
    (
        Right(page.VIEW_PEOPLE, _("See who works here")),
        Right(page.ADD_PEOPLE, _("Add people")),
        Right(page.CHANGE_PEOPLE, _("Change people, their roles and passwords")),
        Right(page.VIEW_ROLES, _("See what roles may do")),
        Right(page.ADD_ROLES, _("Add roles")),
        Right(page.CHANGE_ROLES, _("Change what roles may do")),
        Right(page.DELETE_ROLES, _("Remove roles")),
        Right(page.SHARE_CALENDARS, _("Make calendar addresses of bookings")),
        Right(page.SHARE_VIEWS, _("Save views of lists for everybody")),
        Right(page.VIEW_SETTINGS, _("See how the console is set")),
        Right(page.VIEW_REASONS, _("See the list of reasons")),
        Right(page.ADD_REASONS, _("Add reasons")),
        Right(page.CHANGE_REASONS, _("Change reasons")),
        Right(page.CHANGE_TOKEN_DATE, _("Enter the token's last day")),
        Right(page.REPLACE_TOKEN, _("Replace the token for Piggy")),
    ),
)


def all_rights() -> Iterator[RightsArea]:
    """Give everything that somebody can be allowed, the actions of each entity first."""
    for entity, of_entity in by_entity(actions()):
        yield RightsArea(entity, tuple(Right(each.permission, each.label) for each in of_entity))
    yield _PAGES
    yield _KEEPING


def in_words(permissions: Iterable[str]) -> list[Words]:
    """Say what permissions let people do; those that the console asks for nowhere say nothing."""
    names = set(permissions)
    return [
        right.label for area in all_rights() for right in area.rights if right.permission in names
    ]


def full_name(permission: Permission) -> str:
    """Name a permission as Django's checks want it."""
    return f"{permission.content_type.app_label}.{permission.codename}"


def held_by(group: Group) -> set[str]:
    """Name all that a role may do."""
    return set(map(full_name, group.permissions.select_related("content_type")))


def held_by_each(groups: Sequence[Group]) -> list[set[str]]:
    """Name all that each of several roles may do, in their order."""
    prefetch_related_objects(groups, "permissions__content_type")
    return [set(map(full_name, group.permissions.all())) for group in groups]

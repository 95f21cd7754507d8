"""The four roles, which are Django groups, and what each may do from the start.

The groups and the permissions of new actions are made after every `migrate`. A permission is handed
to its roles once, when it is made: after that an owner may regroup it at `/settings/roles/` and
stays heard.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

if TYPE_CHECKING:
    from piggyadmin.accounts.permissions import ConsolePermission


class Role(StrEnum):
    """What a person is in the shop; the value is the group's name."""

    SUPPORT = "Support"
    STAFF = "Staff"
    ADMIN = "Admin"
    AUDITOR = "Auditor"

    @property
    def label(self) -> str:
        """The role's name in the reader's language."""
        return str(_LABELS[self])

    @property
    def includes_those_of(self) -> tuple["Role", ...]:
        """The roles whose permissions this one has as well, itself among them."""
        return _INCLUDES[self]


_LABELS = {
    Role.SUPPORT: _("Support"),
    Role.STAFF: _("Staff"),
    Role.ADMIN: _("Admin"),
    Role.AUDITOR: _("Auditor"),
}
_INCLUDES = {
    Role.SUPPORT: (Role.SUPPORT,),
    Role.STAFF: (Role.SUPPORT, Role.STAFF),
    Role.ADMIN: (Role.SUPPORT, Role.STAFF, Role.ADMIN, Role.AUDITOR),
    Role.AUDITOR: (Role.AUDITOR,),
}


def role_label(name: str) -> str:
    """Give what a role is called on screen; a shop's own is called as its owner wrote it."""
    return Role(name).label if name in set(Role) else name


# Who keeps people, roles and lists: (app, model, verb), of Django's own permissions.
_MODEL_PERMISSIONS: dict[Role, tuple[tuple[str, str, str], ...]] = {
    Role.ADMIN: tuple(
        (app, model, verb)
        for app, model, verbs in (
            ("accounts", "user", ("view", "add", "change")),
            ("auth", "group", ("view", "add", "change", "delete")),
            ("actions", "reason", ("view", "add", "change")),
            ("piggy", "tokendate", ("view", "add", "change", "delete")),
        )
        for verb in verbs
    ),
    Role.AUDITOR: (("actions", "entry", "view"), ("actions", "event", "view")),
}


def make_role_groups(using: str) -> dict[Role, Group]:
    """Make the groups that are missing, and give each new one its permissions of Django's."""
    groups = {}
    for role in Role:
        group, is_new = Group.objects.using(using).get_or_create(name=role.value)
        groups[role] = group
        if is_new:
            for included in role.includes_those_of:
                _give(group, _model_permissions(included, using), using)
    return groups


def _model_permissions(role: Role, using: str) -> list[Permission]:
    """Get Django's own model permissions for a role, which `migrate` may not have made yet."""
    return [
        Permission.objects.using(using).get_or_create(
            codename=f"{verb}_{model}",
            content_type=_content_type(app, model, using),
            defaults={"name": f"Can {verb} {apps.get_model(app, model)._meta.verbose_name}"},
        )[0]
        for app, model, verb in _MODEL_PERMISSIONS.get(role, ())
    ]


def _content_type(app: str, model: str, using: str) -> ContentType:
    return ContentType.objects.using(using).get_or_create(app_label=app, model=model)[0]


def make_permissions(wanted: Iterable["ConsolePermission"], using: str) -> None:
    """Make the console's permissions that are missing.

    Each new one goes to its role and to those above it.
    """
    groups = make_role_groups(using)
    content_type = _content_type("actions", "entry", using)
    permissions = Permission.objects.using(using).filter(content_type=content_type)
    known = set(permissions.values_list("codename", flat=True))
    missing = [each for each in wanted if each.codename not in known]
    with override(None):
        permissions.bulk_create(
            Permission(codename=each.codename, content_type=content_type, name=str(each.name)[:255])
            for each in missing
        )
    made = {permission.codename: permission for permission in permissions.all()}
    for role, group in groups.items():
        given = [made[each.codename] for each in missing if each.role in role.includes_those_of]
        _give(group, given, using)


def _give(group: Group, permissions: Iterable[Permission], using: str) -> None:
    """Give a role what it has from the start, which is in the code and no event of the ledger."""
    pairs = Group.permissions.through
    pairs.objects.using(using).bulk_create(
        [pairs(group=group, permission=permission) for permission in permissions],
        ignore_conflicts=True,
    )

"""Who signs in, and what they may do."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from piggyadmin.accounts.models import User

_TABLES = {
    "permission": Permission._meta.db_table,
    "content_type": ContentType._meta.db_table,
    "of_group": Group.permissions.through._meta.db_table,
    "in_group": User.groups.through._meta.db_table,
    "of_person": User.user_permissions.through._meta.db_table,
}
_PERMISSIONS = """
    SELECT {content_type}.app_label, {permission}.codename
    FROM {permission} JOIN {content_type} ON {content_type}.id = {permission}.content_type_id
    WHERE {permission}.id IN (
        SELECT {of_group}.permission_id
        FROM {of_group} JOIN {in_group} ON {in_group}.group_id = {of_group}.group_id
        WHERE {in_group}.user_id = %s
        UNION
        SELECT {of_person}.permission_id FROM {of_person} WHERE {of_person}.user_id = %s
    )
""".format(**_TABLES)  # noqa: S608  (names of Django's own)
_RIGHTS = f"""
    SELECT {User._meta.db_table}.is_superuser, held.app_label, held.codename
    FROM {User._meta.db_table} LEFT JOIN ({_PERMISSIONS}) AS held ON 1 = 1
    WHERE {User._meta.db_table}.id = %s AND {User._meta.db_table}.is_active
"""  # noqa: S608  (names of Django's own)
_PERSON = f"SELECT * FROM {User._meta.db_table} WHERE id = %s"  # noqa: S608  (a name of ours)


class RoleBackend(ModelBackend):
    """Django's own people and permissions, read by statements that are written once.

    Every request reads them, and Django takes longer to put its queries together than they run.
    """

    def get_user(self, user_id: Any) -> User | None:
        """Find who has signed in; None for somebody who has left."""
        person = next(iter(User.objects.raw(_PERSON, [user_id])), None)
        return person if person and self.user_can_authenticate(person) else None

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        """Give what a person may do by themselves and by their roles, as it is now."""
        is_asked = user_obj.is_active and not user_obj.is_superuser
        if is_asked and not hasattr(user_obj, "_perm_cache"):
            user_obj._perm_cache = permissions_of(user_obj)
        return super().get_all_permissions(user_obj, obj)


def permissions_of(person: User) -> set[str]:
    """Give what somebody holds by themselves and by their roles, be they disabled or not."""
    with connection.cursor() as cursor:
        cursor.execute(_PERMISSIONS, [person.pk, person.pk])
        return {f"{app}.{codename}" for app, codename in cursor.fetchall()}


def rights_query(pk: int | None) -> tuple[str, list[int | None]]:
    """Give the statement that tells what somebody may do now, and what stands for its marks."""
    return _RIGHTS, [pk, pk, pk]


def has_rights(rows: Sequence[Any], permissions: Iterable[str]) -> bool:
    """Tell by the rows of `rights_query` whether somebody is active and has all permissions."""
    held = {f"{app}.{codename}" for _is_superuser, app, codename in rows}
    return bool(rows) and (bool(rows[0][0]) or held.issuperset(permissions))


def has_rights_now(pk: int, permissions: Iterable[str]) -> bool:
    """Tell whether somebody is active and has all of these permissions, as it is now."""
    with connection.cursor() as cursor:
        cursor.execute(*rights_query(pk))
        return has_rights(cursor.fetchall(), permissions)

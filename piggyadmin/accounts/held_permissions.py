"""What people hold by themselves and by their roles, in one question where Django asks two."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

# Stands for a person in a statement that is put together once; nobody has this number.
ANYBODY = -1


def permissions_of(pk: int) -> frozenset[str]:
    """Give what somebody holds at this moment, be they disabled or not."""
    statement, parameters = _statement()
    with connection.cursor() as cursor:
        cursor.execute(statement, of_person(parameters, pk))
        return frozenset(f"{app}.{codename}" for app, codename in cursor.fetchall())


def held_singly(pk: int) -> dict[str, bool]:
    """Give what somebody holds, and of each whether it was given to them by itself."""
    own = get_user_model().user_permissions.through.objects.filter(
        user=pk, permission=OuterRef("pk")
    )
    held = held_by(pk).annotate(is_single=Exists(own)).order_by()
    rows = held.values_list("content_type__app_label", "codename", "is_single")
    return {f"{app}.{codename}": is_single for app, codename, is_single in rows}


def of_person(parameters: Iterable[Any], pk: int) -> list[Any]:
    """Put a person into the parameters of a statement that was put together for ANYBODY."""
    return [pk if each == ANYBODY else each for each in parameters]


@cache
def _statement() -> tuple[str, tuple[int, ...]]:
    """Have Django put it together once: each page asks for it."""
    held = held_by(ANYBODY).order_by().values_list("content_type__app_label", "codename")
    return held.query.sql_with_params()


def held_by(pk: int) -> QuerySet[Permission]:
    """Select what somebody holds."""
    person = get_user_model()
    own = person.user_permissions.through.objects.filter(user=pk).values("permission")
    roles = person.groups.through.objects.filter(user=pk).values("group")
    of_roles = Group.permissions.through.objects.filter(group__in=roles).values("permission")
    return Permission.objects.filter(Q(pk__in=own) | Q(pk__in=of_roles))

"""Databases emptied after tests that commit, roles and their permissions left where they are.

Django's `flush` takes these out as well and has them made anew, which takes longer than many tests.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction

# What a new console has before anybody works in it, as `migrate` makes it.
MADE = (ContentType, Permission, Group, Group.permissions.through)
_as_made: list[list[tuple[Any, ...]]] = []


def is_as_made() -> bool:
    """Tell whether that is as it was when this was asked first."""
    rows = [list(model.objects.order_by("pk").values_list()) for model in MADE]
    if not _as_made:
        _as_made.extend(rows)
    return rows == _as_made


def empty(alias: str) -> None:
    """Take everything else out of a database."""
    connection, kept = connections[alias], {model._meta.db_table for model in MADE}
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        for table in set(tables) - kept:  # whatever names rows of another is looked at in the end
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")  # noqa: S608

"""SQL that the ledger sends itself, as every write waits for it: several statements at once.

Tables and columns are those of the models. What is saved is the ORM's own work for each statement
and, on PostgreSQL, the way there and back.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model

Rows = list[Any]


class Statement(NamedTuple):
    """One statement, and what stands for its marks, in the database's own types."""

    sql: str
    values: Sequence[Any] = ()


def insert(row: Model, *, returning: str = "") -> Statement:
    """Put a row into its table; a key that it does not have yet is the database's to give."""
    sql, fields = _insertion(type(row), row.pk is not None)
    if returning:
        sql += f" RETURNING {returning}"
    values = [field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields]
    return Statement(sql, values)


@cache
def _insertion(model: type[Model], has_key: bool) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.concrete_fields if has_key or not field.primary_key]
    columns = ", ".join(str(field.column) for field in fields)
    sql = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES ({marks(fields)})"  # noqa: S608
    return sql, fields


def update(
    model: type[Model],
    changes: Mapping[str, Any],
    where: str,
    values: Sequence[Any],
    *,
    returning: str,
) -> Statement:
    """Change rows; `where` has a mark for each of `values`."""
    names = ", ".join(f"{name} = %s" for name in changes)
    sql = f"UPDATE {model._meta.db_table} SET {names} WHERE {where} RETURNING {returning}"  # noqa: S608
    fields: dict[str, Any] = {name: model._meta.get_field(name) for name in changes}
    new = [fields[name].get_db_prep_save(value, connection) for name, value in changes.items()]
    return Statement(sql, [*new, *values])


def marks(values: Sequence[Any]) -> str:
    """Give a mark for each of several values."""
    return ", ".join(["%s"] * len(values))


def together(*statements: Statement) -> list[Rows]:
    """Send statements in their order, and give the rows that each of them answers."""
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":  # where each costs next to nothing by itself
            return [_answer(cursor, statement) for statement in statements]
        values = [value for statement in statements for value in statement.values]
        answers = [_answer(cursor, Statement("; ".join(each.sql for each in statements), values))]
        while cursor.nextset():
            answers.append(_rows(cursor))
        return answers


def _answer(cursor: Any, statement: Statement) -> Rows:
    cursor.execute(*statement)
    return _rows(cursor)


def _rows(cursor: Any) -> Rows:
    return list(cursor.fetchall()) if cursor.description else []

"""Stores, changes and removes many rows, in pieces and faster than Django's own ways."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connections, router, transaction
from django.db.models import (
    DateTimeField,
    DecimalField,
    FloatField,
    JSONField,
    Model,
    QuerySet,
    UUIDField,
)

from piggyadmin.sealed_fields import SealedMixin

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.fields import Field

    type_of_field = Field[Any, Any]

Item = TypeVar("Item")
NAMED = 500  # rows that are named by one query
_ROWS = 200  # of one statement; about 5,000 values, a fifth of what SQLite takes
# Only values of these fields look different in a database: psycopg takes no list of numbers of
# which some are whole.
_CONVERTED = (DateTimeField, DecimalField, FloatField, JSONField, SealedMixin, UUIDField)


def batches(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """Give so many at a time as can be named in one query."""
    return (items[at : at + NAMED] for at in range(0, len(items), NAMED))


def insert(
    rows: Sequence[Model],
    *,
    unique: str | Sequence[str] = (),
    updates: Sequence[str] = (),
    adds: Sequence[str] = (),
) -> None:
    """Store rows of one model; all of them have a primary key, or none.

    With `unique`, the columns of a unique constraint, rows take the place of those with the same
    values there; with `updates` as well, only these columns of theirs. With `adds` the numbers in
    these columns are added to those that are there, and nothing else is changed.
    """
    if not rows:
        return
    fields = _fields(rows[0])
    head, tail = _statement(type(rows[0]), fields, unique, updates, adds)
    _execute(type(rows[0]), fields, (head, tail), _values(rows, fields))


def insert_values(
    model: type[Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    unique: str | Sequence[str] = (),
) -> None:
    """Store rows given as the values of some columns, as `insert` does.

    To make objects of them would take Django as long as it takes a database to store them.
    """
    fields = _fields_named(model, columns)
    _execute(model, fields, _statement(model, fields, unique), map(list, rows))


def insert_selected(
    model: type[Model], columns: Sequence[str], rows: QuerySet[Any, Any], *, unique: str
) -> None:
    """Store what a query for these columns finds, which never leaves the database for it."""
    head, tail = _statement(model, _fields_named(model, columns), unique)
    source, parameters = rows.query.sql_with_params()
    with connections[router.db_for_write(model)].cursor() as cursor:
        cursor.execute(f"{head} {source} {tail}", parameters)


def update(model: type[Model], attribute: str, values: Mapping[int, Any]) -> None:
    """Set one column of many rows, each to its own value, by primary key (`id`)."""
    _update(model, [attribute], values.items())


def update_rows(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Store some columns of rows by primary key (`id`), of all or of none; who is gone stays so."""
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields = _fields_named(model, ["id", *names])
    with transaction.atomic(using=connection.alias, savepoint=False):
        _update(model, names, _converted(_values(rows, fields), fields, connection))


def delete_in_batches(rows: QuerySet[Any], size: int) -> int:
    """Remove rows, so many in one go that nobody waits long for the database; gives how many.

    What goes with them is not counted.
    """
    number = 0
    while keys := list(rows.values_list("pk", flat=True)[:size]):
        _, by_model = rows.model._default_manager.filter(pk__in=keys).delete()
        number += by_model.get(rows.model._meta.label, 0)
    return number


def _update(model: type[Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set columns of rows, of which each begins with its primary key."""
    connection = connections[router.db_for_write(model)]
    name = connection.ops.quote_name
    types = ["bigint", *(str(model._meta.get_field(each).db_type(connection)) for each in names)]
    changes = ", ".join(f"{name(each)} = wanted.column{at}" for at, each in enumerate(names, 2))
    head = f"UPDATE {name(model._meta.db_table)} SET {changes} FROM"  # noqa: S608  (ours)
    left = iter(rows)
    with connection.cursor() as cursor:
        while some := list(islice(left, _ROWS)):
            source, parameters = _rows_of(some, types, connection)
            wanted = f"wanted{_names(len(types), connection)}"
            cursor.execute(f"{head} ({source}) AS {wanted} WHERE id = wanted.column1", parameters)


def _names(number: int, connection: "BaseDatabaseWrapper") -> str:
    """Name the columns of values as SQLite does by itself."""
    if connection.vendor == "sqlite":
        return ""
    return f" ({', '.join(f'column{at}' for at in range(1, number + 1))})"


def _fields(row: Model) -> "list[type_of_field]":
    """Give the fields to store: the primary key only where it is known."""
    fields = row._meta.local_concrete_fields
    return [field for field in fields if row.pk is not None or not field.primary_key]


def _fields_named(model: type[Model], names: Iterable[str]) -> "list[type_of_field]":
    found: list[Any] = [model._meta.get_field(name) for name in names]
    return found


def _statement(
    model: type[Model],
    fields: "Sequence[type_of_field]",
    unique: str | Sequence[str],
    updates: Sequence[str] = (),
    adds: Sequence[str] = (),
) -> tuple[str, str]:
    """Write what stands before the rows, and what follows."""
    name = connections[router.db_for_write(model)].ops.quote_name
    table, columns = name(model._meta.db_table), [name(str(field.column)) for field in fields]
    head = f"INSERT INTO {table} ({', '.join(columns)})"
    if not unique:
        return head, ""
    taken = [name(each) for each in ([unique] if isinstance(unique, str) else unique)]
    changed = [name(each) for each in updates] or [each for each in columns if each not in taken]
    changes = [f"{each} = excluded.{each}" for each in changed]
    if adds:
        changes = [f"{each} = {table}.{each} + excluded.{each}" for each in map(name, adds)]
    return head, f"ON CONFLICT ({', '.join(taken)}) DO UPDATE SET {', '.join(changes)}"


def _execute(
    model: type[Model],
    fields: "Sequence[type_of_field]",
    statement: tuple[str, str],
    rows: Iterable[list[Any]],
) -> None:
    """Execute a statement for rows of these fields, some at a time."""
    connection = connections[router.db_for_write(model)]
    types = [str(field.db_type(connection)) for field in fields]
    head, tail = statement
    values = _converted(rows, fields, connection)
    with connection.cursor() as cursor:
        while some := list(islice(values, _ROWS)):
            source, parameters = _rows_of(some, types, connection)
            cursor.execute(f"{head} {source} {tail}", parameters)


def _rows_of(
    rows: Sequence[Sequence[Any]], types: Sequence[str], connection: "BaseDatabaseWrapper"
) -> tuple[str, list[Any]]:
    """Write rows as a database reads them fastest, and what is handed over with that.

    Each place in a statement costs psycopg time: PostgreSQL gets a list for each column.
    """
    if connection.vendor == "postgresql":
        lists = ", ".join(f"%s::{each}[]" for each in types)
        columns = [list(column) for column in zip(*rows, strict=True)]
        return f"SELECT * FROM UNNEST({lists})", columns  # noqa: S608
    places = f"({', '.join(['%s'] * len(types))})"
    return f"VALUES {', '.join([places] * len(rows))}", list(chain.from_iterable(rows))


def _values(rows: Iterable[Model], fields: "Sequence[type_of_field]") -> Iterator[list[Any]]:
    names = [field.attname for field in fields]
    return ([row.__dict__[name] for name in names] for row in rows)


def _converted(
    rows: Iterable[list[Any]],
    fields: "Sequence[type_of_field]",
    connection: "BaseDatabaseWrapper",
) -> Iterator[list[Any]]:
    """Write values as the database takes them."""
    converters = [
        (position, _converter(field, connection))
        for position, field in enumerate(fields)
        if isinstance(field, _CONVERTED) or field.choices
    ]
    for values in rows:
        for position, convert in converters:
            if values[position] is not None:
                values[position] = convert(values[position])
        yield values


def _converter(field: "type_of_field", connection: "BaseDatabaseWrapper") -> Callable[[Any], Any]:
    if isinstance(field, DateTimeField):  # the most usual, which rows hold as moments
        return connection.ops.adapt_datetimefield_value
    if isinstance(field, FloatField):
        return float
    if field.choices:  # a member of an enumeration, or what it stands for: psycopg takes no mixture
        return lambda value: getattr(value, "value", value)
    return lambda value: field.get_db_prep_save(value, connection)

"""Stores many rows at a time, several times as fast as `bulk_create`."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from django.core.management.color import no_style
from django.db import connections
from django.db.models import DateTimeField, DecimalField, JSONField, Max, Model

if TYPE_CHECKING:
    from django.db.models.fields import Field

_ALIAS = "sandbox"
_ROWS = 200  # of one statement; about 3,000 values, a tenth of what SQLite takes
# Only values of these fields look different in a database.
_CONVERTED = (DateTimeField, DecimalField, JSONField)


class Keys:
    """Hands out primary keys, so that rows can refer to each other before they are stored."""

    def __init__(self) -> None:
        self._last: dict[type[Model], int] = {}

    def next(self, model: type[Model]) -> int:
        """Give the next key of a table."""
        if model not in self._last:
            self._last[model] = model._default_manager.aggregate(last=Max("pk"))["last"] or 0
        self._last[model] += 1
        return self._last[model]

    def tell_database(self) -> None:
        """Let the database count on from the last key, where it does not see that by itself."""
        connection = connections[_ALIAS]
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(self._last)):
                cursor.execute(statement)


def insert(rows: Sequence[Model]) -> None:
    """Store rows of one model, which must have their primary keys."""
    if not rows:
        return
    connection = connections[_ALIAS]
    meta = rows[0]._meta
    fields = meta.local_concrete_fields
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(meta.db_table)
    places = f"({', '.join(['%s'] * len(fields))})"
    values = _values(rows, fields)
    with connection.cursor() as cursor:
        while some := list(islice(values, _ROWS)):
            all_places = ", ".join([places] * len(some))
            sql = f"INSERT INTO {table} ({columns}) VALUES {all_places}"  # noqa: S608  (own names)
            cursor.execute(sql, list(chain.from_iterable(some)))


def _values(rows: Sequence[Model], fields: "Sequence[Field[Any, Any]]") -> Iterator[list[Any]]:
    names = [field.attname for field in fields]
    converted = [
        (position, _converter(field))
        for position, field in enumerate(fields)
        if isinstance(field, _CONVERTED)
    ]
    for row in rows:
        values = [row.__dict__[name] for name in names]
        for position, convert in converted:
            values[position] = convert(values[position])
        yield values


def _converter(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    connection = connections[_ALIAS]
    return lambda value: field.get_db_prep_save(value, connection)

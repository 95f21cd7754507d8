"""What a form made of a row, written as JSON and read again as it was, types and all."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from pydantic import BaseModel

KIND, VALUE = "$", "value"
_OURS = "piggyadmin."
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "decimal": Decimal,
    "moment": datetime.fromisoformat,
    "day": date.fromisoformat,
    "tuple": lambda value: tuple(map(read_value, value)),
    "dict": lambda value: {name: read_value(inner) for name, inner in value.items()},
}


def write_value(value: Any) -> Any:
    """Write a value so that JSON can hold it.

    Raises:
        TypeError: it is of a kind that no form gives.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str | Promise):
        return str(value)
    if isinstance(value, list):
        return list(map(write_value, value))
    kind, inner = _told_apart(value)
    return {KIND: kind, VALUE: inner}


def _told_apart(value: Any) -> tuple[str, Any]:
    """Give what kind of value it is, and what JSON can hold of it."""
    match value:
        case Decimal():
            return "decimal", str(value)
        case datetime():
            return "moment", value.isoformat()
        case date():
            return "day", value.isoformat()
        case BaseModel():
            return _name_of(type(value)), value.model_dump(mode="json")
        case dict():
            return "dict", {str(name): write_value(each) for name, each in value.items()}
        case tuple():
            return "tuple", list(map(write_value, value))
    raise TypeError(type(value).__name__)


def _name_of(kind: type[BaseModel]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def read_value(stored: Any) -> Any:
    """Read a value as it was written.

    Raises:
        TypeError: it was not written by this.
    """
    if isinstance(stored, list):
        return list(map(read_value, stored))
    if not isinstance(stored, dict):
        return stored
    kind, value = stored[KIND], stored[VALUE]
    reader = _READERS.get(kind)
    return reader(value) if reader else _model(kind).model_validate(value)


def _model(name: str) -> type[BaseModel]:
    kind = import_string(name) if name.startswith(_OURS) else None
    if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
        raise TypeError(name)
    return kind

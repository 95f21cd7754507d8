"""What a call brought along, checked as the API's own framework would check it.

Strings are trimmed and empty ones count as not given. Every read notes what is wrong and returns
a harmless value; `check` then refuses the call with all that was noted.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.dateparse import parse_date, parse_datetime

from piggyadmin.sandbox.errors import INVALID_INPUT, ApiError
from piggyadmin.sandbox.messages import Json

MAX_TEXT = 255  # characters
MAX_LONG_TEXT = 65_535  # characters
MAX_INTEGER = 2_147_483_647
MAX_NUMBER = Decimal(10) ** 10
MAX_NESTING = 32

T = TypeVar("T")

_INTEGER = re.compile(r"^[+-]?[0-9]{1,12}$")
_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"0", "false", "no", "off"}


def clean(value: Json, depth: int = 0) -> Json:
    """Trim strings, turn empty ones into None and refuse what no database can hold."""
    if depth > MAX_NESTING:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("not a number")
    if isinstance(value, list):
        return [clean(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {_clean_text(key) or "": clean(item, depth + 1) for key, item in value.items()}
    return value


def _clean_text(value: str) -> str | None:
    if "\x00" in value:
        raise ValueError("null byte")
    value.encode()  # half a surrogate pair cannot be stored
    return value.strip() or None


def to_integer(value: Json) -> int | None:
    """Read a whole number, also from a string; None when it is none or far too large."""
    if isinstance(value, str) and _INTEGER.match(value):
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_INTEGER:
        return None
    return value


def to_number(value: Json) -> Decimal | None:
    """Read a decimal number with a point, also from a string."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < MAX_NUMBER else None


def to_boolean(value: Json) -> bool | None:
    """Read a boolean, also as forms send it: 1 and 0, true and false, yes and no."""
    word = str(value).lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def to_moment(value: Json) -> datetime | None:
    """Read an ISO 8601 date-time or date; without an offset it is UTC."""
    if not isinstance(value, str):
        return None
    try:
        moment = parse_datetime(value)
        day = None if moment else parse_date(value)
        if day:
            moment = datetime.combine(day, time())
        if moment is None:
            return None
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def to_day(value: Json) -> date | None:
    """Read an ISO 8601 date."""
    try:
        return parse_date(value) if isinstance(value, str) else None
    except ValueError:
        return None


def is_email(value: Json) -> bool:
    """Tell whether `value` has the form of an e-mail address."""
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


class Given:
    """The parameters of one call, from query and body."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.errors: dict[str, list[str]] = {}
        try:
            self.values: dict[str, Any] = clean(dict(values))
        except ValueError:  # includes UnicodeEncodeError
            raise ApiError(
                INVALID_INPUT, {"input": ["The input holds characters that are not allowed."]}
            ) from None

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def get(self, name: str) -> Json:
        """Give the value as it came, None when it was not given or empty."""
        return self.values.get(name)

    def reject(self, name: str, message: str) -> None:
        """Note that `name` is wrong."""
        self.errors.setdefault(name, []).append(message)

    def check(self) -> None:
        """Refuse the call when anything was wrong so far."""
        if self.errors:
            raise ApiError(INVALID_INPUT, self.errors)

    def _required(self, name: str) -> None:
        if name not in self.errors:
            self.reject(name, f"The {name} field is required.")

    # --- Text ---

    def optional_text(self, name: str, longest: int = MAX_TEXT) -> str | None:
        """Read a string of at most `longest` characters; numbers count as their digits."""
        value = self.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if value is None:
            return None
        if not isinstance(value, str):
            self.reject(name, f"The {name} must be a string.")
            return None
        if len(value) > longest:
            self.reject(name, f"The {name} may not be greater than {longest} characters.")
            return None
        return value

    def text(self, name: str, longest: int = MAX_TEXT) -> str:
        """Read a string that must be there."""
        value = self.optional_text(name, longest)
        if value is None:
            self._required(name)
        return value or ""

    def email(self, name: str = "email") -> str:
        """Read an e-mail address that must be there, in lower case."""
        value = self.text(name, 254)
        if value and not is_email(value):
            self.reject(name, f"The {name} must be a valid email address.")
        return value.lower()

    def optional_choice(self, name: str, choices: Iterable[str]) -> str | None:
        """Read one of the words that are allowed."""
        value = self.optional_text(name)
        if value is not None and value not in set(choices):
            self.reject(name, f"The selected {name} is invalid.")
        return value

    def choice(self, name: str, choices: Iterable[str]) -> str:
        """Read one of the words that are allowed; it must be there."""
        value = self.optional_choice(name, choices)
        if value is None:
            self._required(name)
        return value or ""

    # --- Numbers, booleans, times ---

    def optional_integer(
        self, name: str, least: int = -MAX_INTEGER, most: int = MAX_INTEGER
    ) -> int | None:
        """Read a whole number from `least` to `most`."""
        if (value := self.get(name)) is None:
            return None
        number = to_integer(value)
        if number is None:
            self.reject(name, f"The {name} must be an integer.")
        elif number < least:
            self.reject(name, f"The {name} must be at least {least}.")
        elif number > most:
            self.reject(name, f"The {name} may not be greater than {most}.")
        return number

    def integer(self, name: str, least: int = -MAX_INTEGER, most: int = MAX_INTEGER) -> int:
        """Read a whole number that must be there."""
        value = self.optional_integer(name, least, most)
        if value is None:
            self._required(name)
        return value or 0

    def optional_number(self, name: str) -> Decimal | None:
        """Read a decimal number with a point."""
        if (value := self.get(name)) is None:
            return None
        number = to_number(value)
        if number is None:
            self.reject(name, f"The {name} must be a number.")
        return number

    def optional_boolean(self, name: str) -> bool | None:
        """Read a boolean in any of the ways in which forms and JSON send it."""
        if (value := self.get(name)) is None:
            return None
        boolean = to_boolean(value)
        if boolean is None:
            self.reject(name, f"The {name} field must be true or false.")
        return boolean

    def optional_moment(self, name: str) -> datetime | None:
        """Read a date-time."""
        if (value := self.get(name)) is None:
            return None
        moment = to_moment(value)
        if moment is None:
            self.reject(name, f"The {name} is not a valid date.")
        return moment

    # --- Lists and maps ---

    def mapping(self, name: str) -> dict[str, Any]:
        """Read a map of names to values; also from a list of {name, value}. Empty if not given."""
        value = self.get(name)
        if isinstance(value, list):
            pairs = [item for item in value if isinstance(item, dict) and "name" in item]
            if len(pairs) == len(value):
                value = {str(item["name"]): item.get("value") for item in pairs}
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.reject(name, f"The {name} must be an array.")
            return {}
        return value

    def items(self, name: str) -> list[Any]:
        """Read a list; a map gives its values. Empty if not given."""
        value = self.get(name)
        if isinstance(value, dict):
            return list(value.values())
        if value is not None and not isinstance(value, list):
            self.reject(name, f"The {name} must be an array.")
            return []
        return value or []

    def inner(self, name: str, read: Callable[["Given"], T]) -> T:
        """Read a map that must be there; what is wrong in it is noted as `name.field`."""
        return self._inside(name, self.get(name), read)

    def each(self, name: str, read: Callable[["Given"], T]) -> list[T]:
        """Read a list of maps; what is wrong in one is noted as `name.number.field`."""
        return [
            self._inside(f"{name}.{number}", value, read)
            for number, value in enumerate(self.items(name))
        ]

    def _inside(self, name: str, value: Json, read: Callable[["Given"], T]) -> T:
        given = Given(value if isinstance(value, Mapping) else {})
        found = read(given)
        for field, messages in given.errors.items():
            for message in messages:
                self.reject(f"{name}.{field}", message)
        return found

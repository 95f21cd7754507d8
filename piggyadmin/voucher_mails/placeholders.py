"""The places in a text that are filled in for each customer: `{first_name}`, `{first_name|friend}`.

What stands behind the bar is written where nothing is known. What is filled in is one line of text,
and is not looked through for places again.
"""

import re
import unicodedata
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PLACES: Mapping[str, str | Promise] = {
    "code": _("Voucher code"),
    "first_name": _("First name"),
    "last_name": _("Last name"),
    "promotion": _("Promotion"),
    "good_until": _("Good until"),
}
_PLACE = re.compile(r"\{([^{}]*)\}")
BRACKETS = frozenset("{}")


class NothingToFillInError(Exception):
    """Nothing is known that a place could be filled in with, and nothing stands for that."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def names_in(text: str) -> list[str]:
    """Name the places of a text, known or not, in order and each once."""
    return list(dict.fromkeys(_parts(each)[0] for each in _PLACE.findall(text)))


def unknown_in(text: str) -> list[str]:
    """Name the places of a text that nothing is known for."""
    return [name for name in names_in(text) if name not in PLACES]


def has_stray_bracket(text: str) -> bool:
    """Tell whether a bracket is left that belongs to no place."""
    return bool(BRACKETS & set(_PLACE.sub("", text)))


def fill_in(text: str, values: Mapping[str, str]) -> str:
    """Write what is known in the places of a text.

    Raises:
        NothingToFillInError: of one of them nothing is known.
    """
    return _PLACE.sub(lambda place: _written(place[1], values), text)


def in_one_line(value: str | None) -> str:
    """Leave out of a value what would break a line, or cannot be seen."""
    line = " ".join((value or "").split())
    return "".join(each for each in line if unicodedata.category(each) not in {"Cc", "Cf", "Cs"})


def _written(place: str, values: Mapping[str, str]) -> str:
    name, otherwise = _parts(place)
    if found := in_one_line(values.get(name)) or otherwise:
        return found
    raise NothingToFillInError(name)


def _parts(place: str) -> tuple[str, str]:
    name, _bar, otherwise = place.partition("|")
    return name.strip(), in_one_line(otherwise)

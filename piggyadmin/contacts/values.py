"""The values of a contact's attributes: which can be written, how they are typed, what is the same.

Piggy defines some attributes itself, an account adds its own; which of them are read-only Piggy
tells with each. How two values are written may differ where they mean the same.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, DecimalException
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts import services
from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.ledger.operations import Words
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import NotFound
from piggyadmin.ui.dates import BIRTH, RECORD, DayField, MomentField
from piggyadmin.ui.forms import (
    CleanCharField,
    CleanEmailField,
    CleanTextField,
    CodeField,
    NumberField,
    WholeNumberField,
)
from piggyadmin.ui.numbers import written

Values = Mapping[str, Any]

# What people call the attributes that Piggy defines, in the order in which they are shown.
WORDS: dict[str, Words] = {
    "firstname": _("First name"),
    "lastname": _("Last name"),
    "birthdate": _("Date of birth"),
    "phonenumber": _("Phone"),
    "address": _("Address"),
    "locale": _("Language"),
    "avatar": _("Picture"),
    "age": _("Age"),
}
# The types of those that every account has; used where Piggy does not list attributes (docs).
_ALWAYS = {
    "firstname": "text",
    "lastname": "text",
    "birthdate": "birth_date",
    "phonenumber": "phone",
    "address": "text",
}
LARGEST_NUMBER = 10**12
# Every kind of blank within a line.
_BLANKS = re.compile(r"[^\S\n\r\t]")
FIELD_PREFIX = "attribute_"


def writable_attributes(piggy: PiggyClient) -> list[ContactAttribute]:
    """List the attributes whose values can be set, Piggy's own first.

    Raises:
        PiggyError: as the services do.
    """
    try:
        listed = services.cached_contact_attributes(piggy)
    except NotFound:  # retired, as the docs have it
        listed = [ContactAttribute(name=name, type=kind) for name, kind in _ALWAYS.items()]
    order = list(WORDS)
    writable = [each for each in listed if each.is_writable]
    return sorted(
        writable, key=lambda each: order.index(each.name) if each.name in WORDS else len(order)
    )


def label_of(attribute: ContactAttribute) -> str:
    """Name an attribute as people do."""
    name = attribute.name or ""
    return str(WORDS.get(name) or attribute.label or name)


def displayed(attribute: ContactAttribute, value: Any) -> str:
    """Write a value for people: of a choice its label."""
    labels = {option.value: option.label for option in attribute.options}
    parts = plain(value).split(";") if attribute.type == "multi_select" else [plain(value)]
    return ", ".join(labels.get(part) or part for part in parts)


# --- Comparing -------------------------------------------------------------------------------


def plain(value: Any) -> str:
    """Write a value in the one way in which it is compared; empty where there is none."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ";".join(sorted(plain(each) for each in value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


def is_same(one: Any, other: Any) -> bool:
    """Tell whether two values mean the same: dates with an empty time, choices in any order.

    What looks the same is the same: composed letters or not, and blanks of every kind.
    """
    first, second = _as_seen(plain(one)), _as_seen(plain(other))
    return first == second or _as_day(first) == _as_day(second) != ""


def _as_seen(text: str) -> str:
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _as_day(text: str) -> str:
    """Give the day of a date or of its midnight; empty for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return "" if any(moment.timetuple()[3:6]) else moment.date().isoformat()


def changes(wanted: Values, now: Values) -> dict[str, Any]:
    """Pick the wanted values that differ from those there are now."""
    return {name: value for name, value in wanted.items() if not is_same(value, now.get(name))}


# --- Typing ----------------------------------------------------------------------------------


def field_name(name: str) -> str:
    """Name an attribute's field: one that an account added cannot take another field's name."""
    return name if name in WORDS else f"{FIELD_PREFIX}{name}"


def field_for(attribute: ContactAttribute) -> forms.Field | None:
    """Make a field for an attribute's value; None for what cannot be typed, such as a picture."""
    make = _FIELDS.get(attribute.type or "text")
    field = make(attribute) if make and attribute.name not in {"avatar", "age"} else None
    if field:
        field.label, field.required = label_of(attribute), False
        field.help_text = attribute.description or ""
    return field


def _options(attribute: ContactAttribute) -> list[tuple[str, str]]:
    return [(each.value or "", each.label or each.value or "") for each in attribute.options]


def _select(attribute: ContactAttribute) -> forms.Field:
    return forms.ChoiceField(choices=[("", _("None")), *_options(attribute)])


class SeveralChoices(forms.CheckboxSelectMultiple):
    """Some of several options; several in one text are parted by semicolons, as Piggy does."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Read what was ticked."""
        given = super().value_from_datadict(data, files, name) or []
        return [part for part in plain(given).split(";") if part]


class StoredChoices(forms.HiddenInput):
    """What is stored of several options: there even where that is none, unlike Django's own."""

    def format_value(self, value: Any) -> str:
        """Write them in one text."""
        return plain(value) if value else ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Read them back."""
        text = super().value_from_datadict(data, files, name) or ""
        return [part for part in text.split(";") if part]


def _several(attribute: ContactAttribute) -> forms.Field:
    field = forms.MultipleChoiceField(choices=_options(attribute), widget=SeveralChoices)
    field.hidden_widget = StoredChoices
    return field


def _yes_or_no(_attribute: ContactAttribute) -> forms.Field:
    return forms.ChoiceField(choices=[("", _("None")), ("true", _("Yes")), ("false", _("No"))])


def _day(attribute: ContactAttribute) -> forms.Field:
    return DayField(kind=BIRTH if attribute.type == "birth_date" else RECORD)


def _number(_attribute: ContactAttribute) -> forms.Field:
    return WholeNumberField(min_value=-LARGEST_NUMBER, max_value=LARGEST_NUMBER)


def _decimal(_attribute: ContactAttribute) -> forms.Field:
    return NumberField(min_value=-LARGEST_NUMBER, max_value=LARGEST_NUMBER)


def _line(_attribute: ContactAttribute) -> forms.Field:
    return CleanCharField(widget=forms.TextInput(attrs={"autocomplete": "off"}))


def _code(_attribute: ContactAttribute) -> forms.Field:
    return CodeField()


def _text(_attribute: ContactAttribute) -> forms.Field:
    return CleanTextField(max_length=10_000)


def _phone(_attribute: ContactAttribute) -> forms.Field:
    return CleanCharField(widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}))


_FIELDS: dict[str, Callable[[ContactAttribute], forms.Field]] = {
    **dict.fromkeys(("text", "url", "color"), _line),
    **dict.fromkeys(("identifier", "license_plate"), _code),
    **dict.fromkeys(("long_text", "rich_text"), _text),
    **dict.fromkeys(("date", "birth_date"), _day),
    "email": lambda _attribute: CleanEmailField(),
    "phone": _phone,
    "number": _number,
    "float": _decimal,
    "boolean": _yes_or_no,
    "select": _select,
    "multi_select": _several,
    "date_time": lambda _attribute: MomentField(kind=RECORD),
}


def as_sent(value: Any) -> Any:
    """Give a typed value as Piggy takes it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def as_typed(attribute: ContactAttribute, value: Any) -> Any:
    """Give a value that Piggy has as the form of a person would hold it."""
    if attribute.type == "multi_select":
        return value if isinstance(value, list) else plain(value).split(";")
    if attribute.type == "float":
        return number_as_typed(value)
    is_day = attribute.type in {"date", "birth_date"}
    return (is_day and _as_day(plain(value))) or plain(value)


def number_as_typed(value: Any) -> str:
    """Write a number so that it is read as itself; what is none stays as it is."""
    try:
        return written(Decimal(str(value)))
    except (DecimalException, ValueError):
        return plain(value)

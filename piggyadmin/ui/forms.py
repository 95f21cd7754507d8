"""How forms look, and fields that understand what people really type.

`Renderer` draws every form of the console with the templates in `templates/ui/`. The fields refuse
what Piggy would choke on (control characters, "ten", 10.405) with a sentence that says what to do.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.renderers import DjangoTemplates
from django.forms.widgets import ChoiceWidget
from django.template.backends.django import DjangoTemplates as DjangoBackend
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.json_text import read_flat_json
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.codes import as_seen, remarks
from piggyadmin.ui.numbers import AmbiguousError, read_number, without_euro

Data = Mapping[str, Any]
Files = Any  # what Django hands over beside the data; no widget here takes files
Choices = list[tuple[str, str]]
Row = dict[str, str]
Words = str | Promise

MAX_ID_LENGTH = 255  # characters of a UUID or code; Piggy's are opaque strings
MAX_ROWS = 200
# As mail programs write whom a mail is from or to (RFC 5322).
_MAILBOX = re.compile(r"[^<>]*<([^<>\s]+@[^<>\s]+)>[,;]?")
CONTROL_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}  # control, surrogate, line and paragraph separator


class Renderer(DjangoTemplates):
    """Draw forms with our own templates, which know the console's tags."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"

    @cached_property
    def engine(self) -> DjangoBackend:
        """Look in the project's templates first, then in Django's own for widgets."""
        ours: dict[str, Any] = settings.TEMPLATES[0]
        return DjangoBackend(
            {
                "APP_DIRS": True,
                "DIRS": [*ours["DIRS"], Path(forms.__file__).parent / "templates"],
                "NAME": "forms",
                "OPTIONS": {"builtins": ours["OPTIONS"]["builtins"]},
            }
        )


# --- Text ------------------------------------------------------------------------------------


def refuse_control_characters(text: str, *, allow_lines: bool = False) -> None:
    """Refuse null bytes and other characters that nobody can see or type.

    Raises:
        ValidationError: there is one.
    """
    allowed = "\r\n\t" if allow_lines else ""
    if any(unicodedata.category(c) in CONTROL_CATEGORIES for c in text if c not in allowed):
        raise ValidationError(
            _("This contains invisible control characters. Type it by hand, or paste it as text."),
            code="control_characters",
        )


class CleanCharField(forms.CharField):
    """A line of text without control characters; too long a text is told, never cut off."""

    allow_lines = False

    def __init__(self, *, max_length: int = 255, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def run_validators(self, value: Any) -> None:
        """Look for control characters before anything else."""
        refuse_control_characters(value, allow_lines=self.allow_lines)
        super().run_validators(value)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave out `maxlength`, with which browsers cut off what is pasted without a word."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class CleanTextField(CleanCharField):
    """Text of several lines."""

    allow_lines = True
    widget = forms.Textarea(attrs={"rows": 3})


# --- What is stored ----------------------------------------------------------------------------


def is_as_shown(bound: forms.BoundField) -> bool:
    """Tell whether a field came back as a browser shows what is stored, which came along.

    What a widget cannot show comes back as nothing.
    """
    name, data, files = bound.html_initial_name, bound.form.data, bound.form.files
    if name not in data:
        return False
    stored = bound.field.hidden_widget().value_from_datadict(data, files, name)
    return bool(_shown(bound.field, bound.data) == _shown(bound.field, stored))


def _shown(field: forms.Field, value: Any) -> Any:
    """Give a value as a browser sends it of what it shows."""
    widget = field.widget
    if isinstance(widget, ChoiceWidget):
        offered = {str(choice) for choice, _label in widget.choices}
        several = value if isinstance(value, list) else [str(value or "")]
        return sorted(offered.intersection(several) - {""})
    text = re.sub(r"\r\n?", "\n", str(value or ""))
    if isinstance(widget, _LINES):
        text = text.replace("\n", "")
    return (as_seen(text) if isinstance(field, CodeField) else text).strip()


def offer_stored(bound: forms.BoundField) -> None:
    """Have a list of choices show what is stored, and say of what of it is offered no more."""
    field, form = bound.field, bound.form
    if not isinstance(field, forms.ChoiceField):
        return
    stored = bound.initial
    if form.is_bound:
        widget = field.hidden_widget()
        stored = widget.value_from_datadict(form.data, form.files, bound.html_initial_name)
    several = stored if isinstance(stored, list) else [stored]
    choices = list(field.widget.choices)
    offered = {str(value) for value, _label in choices}
    gone = dict.fromkeys(str(each) for each in several if each is not None)
    choices += [(each, no_longer_offered(each)) for each in gone if each and each not in offered]
    field.choices = choices


def no_longer_offered(name: str) -> str:
    """Name what is chosen and cannot be chosen any more."""
    return gettext("%(name)s (no longer offered)") % {"name": name}


def as_it_is(field: forms.Field) -> forms.Field:
    """Give a field that looks the same and takes whatever is stored."""
    same = forms.Field(
        label=field.label, help_text=field.help_text, required=False, widget=field.widget
    )
    same.hidden_widget, same.show_hidden_initial = field.hidden_widget, True
    return same


# --- Codes -------------------------------------------------------------------------------------


class CodeBoundField(forms.BoundField):
    """A code in a form, with what is odd about it."""

    @property
    def remarks(self) -> list[str]:
        """What of it is not what it looks like."""
        return remarks(str(self.value() or ""))


class CodeField(CleanCharField):
    """A code, identifier or UUID: what can be seen of it counts, and looks are never guessed."""

    bound_field_class = CodeBoundField
    widget: Any = forms.TextInput(  # subclasses have others
        attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
    )

    def to_python(self, value: Any) -> str:
        """Take off what cannot be seen."""
        return self.read(super().to_python(value) or "")

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show again what counted, if anything did."""
        shown = super().bound_data(data, initial)
        return (self.read(shown) or shown) if isinstance(shown, str) else shown

    def read(self, text: str) -> str:
        """Give what counts of a text."""
        return as_seen(text)


def takes_one_code(form: forms.BaseForm) -> bool:
    """Tell whether all that is asked is one code, which a hand scanner can type."""
    match form.visible_fields():
        case [bound]:
            return isinstance(bound.field, CodeField) and isinstance(bound.field.widget, _LINES)
    return False


def focus_first(form: forms.BaseForm) -> forms.BaseForm:
    """Let the first control of a form have the focus, so that one types or scans at once.

    What stands in front and is not to be filled in any more is passed over: a choice that is made,
    and what was found before.
    """
    left = (
        bound.field.widget
        for bound in form.visible_fields()
        if not bound.field.widget.attrs.get("readonly")
        and (isinstance(bound.field.widget, _TAKES_TYPING) or not bound.value())
    )
    first = next(left, None)
    if isinstance(first, _TAKES_TYPING):
        first.attrs["autofocus"] = True
    return form


_LINES = (forms.TextInput, forms.EmailInput, forms.PasswordInput)
_TAKES_TYPING = (*_LINES, forms.Textarea, forms.Select)


class CleanEmailField(CodeField):
    """An e-mail address, checked as Django does; of `Name <address>` the address counts."""

    widget = forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    default_validators = forms.EmailField.default_validators

    def __init__(self, *, max_length: int = 254, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def read(self, text: str) -> str:
        """Take the address out of what mail programs write around it."""
        seen = as_seen(text)
        found = _MAILBOX.fullmatch(seen)
        return (found[1] if found else seen).removeprefix("mailto:")


# --- Numbers ---------------------------------------------------------------------------------


class NumberField(forms.Field):
    """A number within a range, as people write it; the cleaned value is a Decimal."""

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "short"}
    )

    def __init__(
        self, *, min_value: Decimal | int, max_value: Decimal | int, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.min_value, self.max_value = min_value, max_value

    def to_python(self, value: Any) -> Any:
        """Read the number; one that came as a number, and not as a text, is taken as it is.

        Raises:
            ValidationError: it is none, can mean two, or is outside the range.
        """
        text = str(value).strip() if value is not None else ""
        if not text:
            return None
        try:
            number = self.read(text) if isinstance(value, str) else Decimal(text)
        except AmbiguousError as found:
            raise self.two_meanings(found) from None
        if number is None:
            raise self.refusal()
        if not self.min_value <= number <= self.max_value:
            raise self.out_of_range()
        return number

    def read(self, text: str) -> Decimal | None:
        """Read the number from a text; None where it is none.

        Raises:
            AmbiguousError: it can be one or another.
            ValidationError: it is written in a way that is not read.
        """
        return read_number(text)

    def two_meanings(self, found: AmbiguousError) -> ValidationError:
        """Say how to write what is meant."""
        words = _("This can mean two numbers. Write %(thousands)s or %(decimals)s.")
        return ValidationError(words, code="ambiguous", params=vars(found))

    def refusal(self) -> ValidationError:
        """Say what is expected."""
        return ValidationError(_("Enter a number in figures, such as 10 or 10.5."), code="number")

    def out_of_range(self) -> ValidationError:
        """Say from where to where it can be."""
        return ValidationError(
            _("Enter a number from %(least)s to %(most)s."), code="range", params=self._range
        )

    @property
    def _range(self) -> dict[str, Any]:
        return {"least": self.min_value, "most": self.max_value}


class WholeNumberField(NumberField):
    """A whole number within a range, which its messages tell; the cleaned value is an int."""

    widget = forms.TextInput(
        attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"}
    )

    def to_python(self, value: Any) -> int | None:
        """Read the number.

        Raises:
            ValidationError: not a whole number, can mean two, or is outside the range.
        """
        number = super().to_python(value)
        if number is None:
            return None
        if number % 1:
            raise self.refusal()
        return int(number)

    def refusal(self) -> ValidationError:
        """Say what is expected, and from where to where."""
        return ValidationError(
            _("Enter a whole number from %(least)s to %(most)s, in figures."),
            code="whole_number",
            params=self._range,
        )

    def two_meanings(self, found: AmbiguousError) -> ValidationError:
        """Say how a whole number is written."""
        words = _("This can mean two numbers. Write %(thousands)s, without a separator.")
        return ValidationError(words, code="ambiguous", params=vars(found))

    def out_of_range(self) -> ValidationError:
        """Say from where to where it can be."""
        return self.refusal()


class MoneyField(NumberField):
    """An amount in euros; the cleaned value is a Decimal of two decimals at most."""

    def __init__(
        self,
        *,
        min_value: Decimal | int = 0,
        max_value: Decimal | int = 1_000_000,
        **kwargs: Any,
    ) -> None:
        super().__init__(min_value=min_value, max_value=max_value, **kwargs)

    def read(self, text: str) -> Decimal | None:
        """Read the amount as people write it: 10.40, 10,40, € 10,- or 1.234,50.

        Raises:
            AmbiguousError: it can be one or another.
            ValidationError: it is in another currency, or has more than two decimals.
        """
        amount = read_number(without_euro(text))
        if amount is not None and amount * 100 % 1:
            raise ValidationError(_("An amount has at most two decimals: 10.40."), code="decimals")
        return amount

    def two_meanings(self, found: AmbiguousError) -> ValidationError:
        """Say how to write what is meant."""
        words = _("This can mean two amounts. Write %(plain)s, or two figures after the comma.")
        return ValidationError(words, code="ambiguous", params={"plain": found.thousands})

    def refusal(self) -> ValidationError:
        """Say what is expected."""
        return ValidationError(_("Enter an amount in euros, such as 10.40 or 10,40."), code="money")

    def out_of_range(self) -> ValidationError:
        """Say from where to where it can be."""
        return ValidationError(
            _("Enter an amount from %(least)s to %(most)s euros."),
            code="range",
            params=self._range,
        )


# --- A list, or a UUID pasted -----------------------------------------------------------------


class ListOrPasteWidget(forms.Select):
    """A list to choose from, and beside it a line to paste a UUID into, which wins when filled."""

    template_name = "ui/widgets/list_or_paste.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.load_choices: Callable[[], Iterable[tuple[str, str]]] = list
        # What is said where the list is empty.
        self.none_words: Words = _("There is nothing to choose from yet.")
        # Chosen already where nothing else is, as long as the list has it.
        self.suggested = ""

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002
        """Never: a browser would insist on the list although a UUID was pasted."""
        return False

    def value_from_datadict(self, data: Data, files: Files, name: str) -> str:
        """Prefer what was pasted to what was chosen."""
        pasted = as_seen(str(data.get(f"{name}_pasted") or ""))
        return pasted or str(super().value_from_datadict(data, files, name) or "")

    def value_omitted_from_data(self, data: Data, files: Files, name: str) -> bool:  # noqa: ARG002
        """Neither control was sent."""
        return name not in data and f"{name}_pasted" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Load the list, and put a value that is not in it into the line for pasting."""
        loaded = self.loaded()
        choices = loaded or []
        listed = {choice for choice, _label in choices}
        text = str(value or "")
        if value is None and self.suggested in listed:
            text = self.suggested
        is_listed = text in listed
        self.choices = [("", _("Choose…")), *choices]
        required = {"aria-required": "true"} if self.is_required else {}
        context = super().get_context(
            name, text if is_listed else "", {**(attrs or {}), **required}
        )
        if text and choices and not is_listed:
            context["widget"]["pasted_attrs"] = wrong_elsewhere(context["widget"]["attrs"])
        context["widget"] |= {
            "has_list": bool(choices),
            "none_words": self.none_words if loaded is not None else "",
            "pasted": "" if is_listed else text,
            "pasted_name": f"{name}_pasted" if choices else name,
        }
        return context

    def loaded(self) -> Choices | None:
        """Load the list; none when Piggy can't give it: pasting still works."""
        try:
            return [(str(value), str(label)) for value, label in self.load_choices()]
        except PiggyError:
            return None


def wrong_elsewhere(attrs: dict[str, Any]) -> dict[str, Any]:
    """Take from a control that it is wrong, for the one beside it that is."""
    told = {"aria-describedby": attrs.get("aria-describedby")}
    told["aria-invalid"] = attrs.pop("aria-invalid", None)
    return {name: value for name, value in told.items() if value}


class ListOrPasteField(CodeField):
    """An identifier chosen from a list or pasted; any opaque text is accepted, listed or not.

    `choices` is called when the field is drawn, and gives pairs of value and label. What is
    `remembered_as` something is chosen already the next time, in every form that asks for it.
    """

    def __init__(
        self,
        *,
        choices: Callable[[], Iterable[tuple[str, str]]],
        max_length: int = MAX_ID_LENGTH,
        remembered_as: str = "",
        **kwargs: Any,
    ) -> None:
        kwargs.setdefault("widget", ListOrPasteWidget)
        super().__init__(max_length=max_length, **kwargs)
        self.choices = choices
        self.remembered_as = remembered_as

    @property
    def choices(self) -> Callable[[], Iterable[tuple[str, str]]]:
        """What loads the list, or nothing where it can't be had; a form may replace it."""
        return lambda: self.widget.loaded() or []

    @choices.setter
    def choices(self, choices: Callable[[], Iterable[tuple[str, str]]]) -> None:
        self.widget.load_choices = choices


# --- Rows -------------------------------------------------------------------------------------


class RowsWidget(forms.Widget):
    """Rows of fields; without JavaScript, "Add row" sends the form to get another one.

    The form of the request is `options-0-label`, `options-0-value`, … or JSON in `options`.
    """

    template_name = "ui/widgets/rows.html"
    use_fieldset = True
    # What the fields of a row are called in the form, and the template that draws a row of them.
    parts: tuple[str, ...]
    row_template: str
    # What stands above the columns, and what is read out of JSON that is no list of rows.
    heads: tuple[Words, ...]
    json_label: Words
    empty_rows = 3
    css_class = ""

    def value_from_datadict(self, data: Data, files: Files, name: str) -> list[Row] | str:  # noqa: ARG002
        """Read the rows as they were typed, blank ones included."""
        if text := str(data.get(name) or "").strip():
            return self._from_json(text)
        pattern = re.compile(rf"{re.escape(name)}-([0-9]{{1,4}})-(?:{'|'.join(self.parts)})")
        numbers = {int(match[1]) for key in data if (match := pattern.fullmatch(key))}
        rows = [
            {part: str(data.get(f"{name}-{number}-{part}") or "") for part in self.parts}
            for number in sorted(numbers)
        ]
        return [*rows, dict.fromkeys(self.parts, "")] if "add_row" in data else rows

    def _from_json(self, text: str) -> list[Row] | str:
        try:
            rows = read_flat_json(text)
        except ValueError:
            return text
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            return text
        return [self.as_typed(row) for row in rows]

    def as_typed(self, row: Mapping[str, Any]) -> Row:
        """Write a row that was kept as a person would have typed it."""
        return {part: str(row.get(part) or "") for part in self.parts}

    def offers(self) -> Iterable[tuple[str, str]]:
        """Give what a field of the rows offers while one types: values with their labels."""
        return ()

    def value_omitted_from_data(self, data: Data, files: Files, name: str) -> bool:  # noqa: ARG002
        """Nothing of any row was sent."""
        return name not in data and not any(key.startswith(f"{name}-") for key in data)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Show the rows, and blank ones below until there are enough to start with."""
        context = super().get_context(name, None, attrs)
        rows = list(value) if isinstance(value, list) else []
        blank = [dict.fromkeys(self.parts, "") for _row in range(self.empty_rows - len(rows))]
        is_unreadable = isinstance(value, str)
        wrong = {} if is_unreadable else (attrs or {}).get("wrong", {})
        numbered = enumerate([*rows, *blank][:MAX_ROWS], start=1)
        context["widget"] |= {
            "heads": self.heads,
            "rows": [{**row, "wrong": wrong.get(number, ())} for number, row in numbered],
            "row_template": self.row_template,
            "css_class": self.css_class,
            "offers": self.offers(),
            "json_label": self.json_label,
            "unreadable": value if is_unreadable else "",
        }
        return context

    def id_for_label(self, id_: str, index: str | None = None) -> str:  # noqa: ARG002
        """Send people to the first row."""
        return f"{id_}-0-{self.parts[0]}" if id_ else ""


class RowsBoundField(forms.BoundField):
    """Rows in a form, and which of their fields are wrong."""

    field: "RowsField"

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        """Have the widget know what is wrong."""
        return {**super().build_widget_attrs(attrs, widget), "wrong": self.wrong()}

    def wrong(self) -> dict[int, set[str]]:
        """Give by the number of a row its wrong fields: the very first for what names none."""
        wrong: dict[int, set[str]] = {}
        first: dict[str, Any] = {"number": 1, "parts": self.field.widget.parts[:1]}
        for error in self.errors.as_data():
            told = first | (error.params or {})
            wrong.setdefault(told["number"], set()).update(told["parts"])
        return wrong


class RowsField(forms.Field):
    """Rows of which those that are filled count; an error about one has its `number` and `parts`.

    A row's number is the one that it has on the page, from 1.
    """

    bound_field_class = RowsBoundField
    widget: RowsWidget | type[RowsWidget]

    def filled(self, value: list[Row] | None) -> dict[int, Row]:
        """Give the rows that are filled, trimmed, by their numbers."""
        trimmed = [{part: text.strip() for part, text in row.items()} for row in value or []]
        return {number: row for number, row in enumerate(trimmed, 1) if self.is_filled(row)}

    def is_filled(self, row: Row) -> bool:
        """Tell whether a row counts."""
        return any(row.values())

    def clean_part(self, field: forms.Field, number: int, row: Row, part: str) -> Any:
        """Clean one field of a row.

        Raises:
            ValidationError: it makes no sense; says in which row and column.
        """
        try:
            return field.clean(row[part])
        except ValidationError as error:
            column = self.widget.heads[self.widget.parts.index(part)]
            about = {"number": number, "parts": (part,), "column": column}
            words = _("Row %(number)s, %(column)s: %(words)s")
            params = about | {"words": " ".join(error.messages)}
            raise ValidationError(words, code="row", params=params) from None


def filled_numbers(rows: forms.BoundField) -> list[int]:
    """Give the numbers of the rows that the cleaned value of a field has, in its order."""
    field: Any = rows.field
    return list(field.filled(rows.data))


class OptionRowsWidget(RowsWidget):
    """Rows of label and value."""

    parts = ("label", "value")
    row_template = "ui/widgets/_option_row.html"
    heads: tuple[Words, ...] = (_("Label (what people read)"), _("Value (what Piggy stores)"))
    json_label = _("Options as JSON")


class DataTypeSelect(forms.Select):
    """Types, some of which have options; while another one is chosen, the rows of options hide."""

    def __init__(self, *, with_options: Collection[str]) -> None:
        super().__init__()
        self.with_options = with_options

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Mark the types that have options, which is what the style sheet goes by."""
        option = super().create_option(*args, **kwargs)
        if option["value"] in self.with_options:
            option["attrs"]["data-has-options"] = True
        return option


class OptionRowsField(RowsField):
    """Options of a select; the cleaned value is a list of `{"label": …, "value": …}`."""

    widget = OptionRowsWidget
    max_length = 255  # characters of a label or a value
    # The part that no two rows have alike, if one is, and what is said where they do.
    unique_part = "value"
    doubled_words: Words = _("Two options have the value “%(value)s”. Each needs its own.")

    def __init__(self, *, heads: tuple[Words, Words] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if heads:
            self.widget.heads = heads

    def to_python(self, value: Any) -> list[Row]:
        """Take the rows that are filled, trimmed.

        Raises:
            ValidationError: unreadable, too many, half filled, or alike.
        """
        if isinstance(value, str):
            raise ValidationError(
                _("The options are not a list of labels and values."), code="options"
            )
        rows = self.filled(value)
        for number, row in rows.items():
            self.check_row(number, row)
        if len(rows) > MAX_ROWS:
            raise ValidationError(
                _("At most %(most)s options are possible."), code="many", params={"most": MAX_ROWS}
            )
        self._check_unique(rows)
        return list(rows.values())

    def _check_unique(self, rows: Mapping[int, Row]) -> None:
        """Check that no two rows are alike in what is to be unique."""
        part, seen = self.unique_part, set[str]()
        for number, row in rows.items() if part else ():
            if row[part] in seen:
                params = {"value": row[part], "number": number, "parts": (part,)}
                raise ValidationError(str(self.doubled_words), code="doubled", params=params)
            seen.add(row[part])

    def check_row(self, number: int, row: Row) -> None:
        """Check that both are there, and can be kept.

        Raises:
            ValidationError: says in which row.
        """
        if empty := [part for part, text in row.items() if not text]:
            params = {"number": number, "parts": empty}
            raise ValidationError(_("Row %(number)s needs both."), code="half", params=params)
        for part in row:
            self.clean_part(CleanCharField(max_length=self.max_length), number, row, part)

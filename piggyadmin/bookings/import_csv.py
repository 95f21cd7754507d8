"""Bookings that are known from elsewhere, as rows of a file: read, checked and kept.

Nothing is sent to Piggy. What Piggy has answered here counts for more than a file of unknown age:
of such a booking only what is not known yet is filled in.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import refuse_end_before
from piggyadmin.bookings.forms import NOTE_LENGTH
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import LABELS, NOTE_LABEL
from piggyadmin.contacts.traces import find_known
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.dates import RECORD, MomentField
from piggyadmin.ui.forms import (
    CleanCharField,
    CleanEmailField,
    CleanTextField,
    CodeField,
    WholeNumberField,
)
from piggyadmin.ui.spreadsheet import FORMULA_SIGNS

MOST_ROWS = 2000
SEPARATORS = ";\t,"
# Columns that the console writes and does not read: it knows better since when it knows something.
LEFT_OUT = {"seen_at", "learned_from"}
LEARNED_HERE = {
    SeenBooking.LearnedFrom.MADE,
    SeenBooking.LearnedFrom.CHANGED,
    SeenBooking.LearnedFrom.TOLD,
}


class NoListError(ValueError):
    """The text is no list of bookings; says why, in words for people."""


class BookingRowForm(forms.Form):
    """One row; its columns are named as in the API."""

    uuid = CodeField(label=_("UUID"), required=False)
    external_id = CodeField(label=LABELS["external_id"], required=False)
    contact_uuid = CodeField(label=_("UUID of the customer"), required=False)
    contact_email = CleanEmailField(label=_("E-mail"), required=False)
    shop_uuid = CodeField(label=_("UUID of the shop"), required=False)
    shop = CleanCharField(label=_("Shop"), required=False)
    starts_at = MomentField(kind=RECORD, label=LABELS["starts_at"], required=False)
    ends_at = MomentField(kind=RECORD, label=LABELS["ends_at"], required=False)
    checked_in_at = MomentField(kind=RECORD, label=LABELS["checked_in_at"], required=False)
    number_of_people = WholeNumberField(
        label=LABELS["number_of_people"], required=False, min_value=1, max_value=10_000
    )
    status = CleanCharField(label=LABELS["status"], required=False)
    note = CleanTextField(label=NOTE_LABEL, required=False, max_length=NOTE_LENGTH)
    company_name = CleanCharField(label=LABELS["company_name"], required=False)
    prepaid_amount = WholeNumberField(
        label=_("Prepaid amount in cents"), required=False, min_value=0, max_value=100_000_000
    )
    source = CleanCharField(label=LABELS["source"], required=False)

    def __init__(self, data: Mapping[str, str], shops: Mapping[str, str]) -> None:
        super().__init__(data)
        self.shops = shops

    def clean_uuid(self) -> str:
        """Take a UUID in any capitals for the same one."""
        return uuid_in_small(self.cleaned_data["uuid"])

    def clean_shop(self) -> str:
        """Find the shop by its name."""
        name: str = self.cleaned_data["shop"]
        if name and name.casefold() not in self.shops:
            raise forms.ValidationError(_("No shop is called so."))
        return name

    def clean(self) -> dict[str, Any]:
        """Insist on what a booking is known by, and on an end after the start."""
        data = super().clean() or {}
        if not data.get("uuid") and not data.get("external_id") and not self.errors:
            self.add_error(None, _("It needs a UUID, or a number of the system it comes from."))
        refuse_end_before(self, "starts_at", "ends_at")
        if called := data.pop("shop", ""):
            data["shop_uuid"] = data.get("shop_uuid") or self.shops[called.casefold()]
        return data


@dataclass(frozen=True)
class ImportedRow:
    """A row of the file: what it says, and what is wrong with it."""

    line: int
    values: dict[str, Any]
    problems: list[str]
    # Whether the console knows this booking already.
    is_known: bool


@dataclass(frozen=True)
class ImportedList:
    """What a file holds, row by row, and the columns that nobody here knows."""

    rows: list[ImportedRow]
    unknown_columns: list[str]

    @property
    def good(self) -> list[ImportedRow]:
        """The rows with which nothing is wrong."""
        return [row for row in self.rows if not row.problems]


def decoded(content: bytes) -> str:
    """Read a file's text, as spreadsheets of either kind write it.

    Raises:
        NoListError: it is none.
    """
    if b"\0" in content:
        words = gettext("This is no text. Save the list as CSV (UTF-8), and choose that file.")
        raise NoListError(words)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read_list(text: str, shops: Mapping[str, str]) -> ImportedList:
    """Read and check a list; `shops` are UUIDs by name in small letters.

    Raises:
        NoListError: it is none, or too long a one.
    """
    lines = list(_lines(text))
    if len(lines) < 2:  # noqa: PLR2004  (the columns' names, and one row)
        raise NoListError(gettext("Paste the names of the columns, and one booking a line below."))
    if len(lines) > MOST_ROWS + 1:
        words = gettext("These are more than %(most)s rows. Import them in parts.")
        raise NoListError(words % {"most": MOST_ROWS})
    names = [_column(cell) for cell in lines[0][1]]
    if not {"uuid", "external_id"} & set(names):
        raise NoListError(gettext("A column “uuid” or “external_id” is needed."))
    known = {*BookingRowForm.base_fields, *LEFT_OUT}
    unknown = [name for name in names if name and name not in known]
    return ImportedList(list(_rows(lines[1:], names, shops)), unknown)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Take a text apart into cells, with the number of each line; empty ones are no rows."""
    first = text.lstrip("\ufeff").lstrip().partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    reader = csv.reader(text.lstrip("\ufeff").splitlines(keepends=True), delimiter=separator)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        words = gettext("Line %(line)s cannot be read.") % {"line": reader.line_num}
        raise NoListError(words) from error


def _column(cell: str) -> str:
    """Name a column: as in the API, or as the console calls it in the reader's language."""
    name = cell.strip().casefold()
    words = {str(field.label).casefold(): key for key, field in BookingRowForm.base_fields.items()}
    return words.get(name, name.replace(" ", "_"))


def _rows(
    lines: Iterable[tuple[int, list[str]]], names: list[str], shops: Mapping[str, str]
) -> Iterator[ImportedRow]:
    before: dict[tuple[str, str], int] = {}
    for line, cells in lines:
        cells_of = dict(zip(names, map(_as_typed, cells), strict=False))
        form = BookingRowForm(cells_of, shops)
        problems = [] if form.is_valid() else _problems(form)
        if len(cells) > len(names):
            problems.append(gettext("There are more cells than columns."))
        values = form.cleaned_data
        key = (values.get("uuid") or "", values.get("external_id") or "")
        if key in before and any(key):
            words = gettext("The same booking stands in line %(line)s.")
            problems.append(words % {"line": before[key]})
        before.setdefault(key, line)
        yield ImportedRow(line, values, problems, find_row(values) is not None)


def _as_typed(cell: str) -> str:
    """Take off the apostrophe that keeps spreadsheets from taking a text for a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:2] in FORMULA_SIGNS else text


def _problems(form: forms.Form) -> list[str]:
    """Say what is wrong, each with the name of its column."""

    def words(errors: Iterable[object]) -> str:
        return " ".join(map(str, errors))

    return [
        words(errors) if name == "__all__" else f"{_label(form, name)}: {words(errors)}"
        for name, errors in form.errors.items()
    ]


def _label(form: forms.Form, name: str) -> str | Promise:
    return form.fields[name].label or name


def find_row(values: Mapping[str, Any]) -> SeenBooking | None:
    """Find the booking that a row is about, among those that are known."""
    uuid, number = values.get("uuid"), values.get("external_id")
    if uuid and (found := SeenBooking.objects.filter(uuid=uuid).first()):
        return found
    if not number:
        return None
    numbered = SeenBooking.objects.filter(external_id=number)
    return (numbered.filter(uuid="") if uuid else numbered).first()


def keep(rows: Iterable[ImportedRow]) -> int:
    """Keep what rows say; gives of how many bookings."""
    count = 0
    with transaction.atomic():
        for row in rows:
            _keep_row(
                {name: value for name, value in row.values.items() if value not in {None, ""}}
            )
            count += 1
    return count


def _keep_row(values: dict[str, Any]) -> None:
    if "contact_email" in values and "contact_uuid" not in values:
        values["contact_uuid"] = find_known(values["contact_email"])
    booking = find_row(values)
    if booking is None:
        SeenBooking.objects.create(**values, learned_from=SeenBooking.LearnedFrom.IMPORTED)
        return
    if booking.learned_from in LEARNED_HERE:
        values = {name: value for name, value in values.items() if not getattr(booking, name)}
        # Since when its rest is known stays as it is.
        SeenBooking.objects.filter(pk=booking.pk).update(**values)
        return
    for name, value in values.items():
        setattr(booking, name, value)
    booking.save()

"""What can be done with many rows, and how the columns of a list fill in its form."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import RUN_IN_BULK
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ResolvedField
from piggyadmin.actions.registry import actions, get_action
from piggyadmin.bulk.matching import FieldToMatch
from piggyadmin.bulk.parsing.cells import as_day, as_typed
from piggyadmin.bulk.parsing.types import Cell
from piggyadmin.ui.dates import DateKindField
from piggyadmin.ui.forms import CleanEmailField, ListOrPasteField

# By a name of a choice in small letters, what a form wants for it.
Choices = Mapping[str, str]
# What stands for yes and no in lists.
YES_AND_NO = {
    **dict.fromkeys(("yes", "ja", "y", "j", "1", "true", "waar"), "true"),
    **dict.fromkeys(("no", "nee", "n", "0", "false", "onwaar"), "false"),
}


def bulk_actions(person: User | AnonymousUser) -> list[Action[Any, Any]]:
    """List what a person may do with many rows."""
    if not person.has_perm(RUN_IN_BULK):
        return []
    return [each for each in actions() if each.is_bulk and each.is_allowed_for(person)]


def find_bulk_action(slug: str, person: User | AnonymousUser) -> Action[Any, Any] | None:
    """Find one of them; None where there is none that this person may do."""
    return next((each for each in bulk_actions(person) if each.slug == slug), None)


def fields_of(slug: str) -> dict[str, forms.Field]:
    """Give the fields of an action that a row fills in, by name."""
    fields: Mapping[str, forms.Field] = get_action(slug).form_class.base_fields
    hidden = forms.HiddenInput
    return {name: field for name, field in fields.items() if not isinstance(field.widget, hidden)}


def wanted_of(slug: str) -> list[FieldToMatch]:
    """Say what columns of each field may be called, in each language of the console."""
    return [
        FieldToMatch(
            name,
            tuple(_in_each_language(field.label or name)),
            isinstance(field, ResolvedField | CleanEmailField),
        )
        for name, field in fields_of(slug).items()
    ]


def _in_each_language(words: Any) -> Iterable[str]:
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield str(words)


def choices_of(slug: str) -> dict[str, Choices]:
    """Give, for each field that is chosen from a list, what its choices are called."""
    return {name: _choices(field) for name, field in fields_of(slug).items() if _has_list(field)}


def _has_list(field: forms.Field) -> bool:
    return isinstance(field, ListOrPasteField | forms.ChoiceField)


def _choices(field: Any) -> Choices:
    pairs = field.choices() if isinstance(field, ListOrPasteField) else field.choices
    named = {str(label).casefold(): str(value) for value, label in pairs if value}
    values = set(named.values())
    if values == {"true", "false"}:
        return {**YES_AND_NO, **named}
    return named


def filled_in(
    cells: list[Cell],
    chosen: Mapping[str, Any],
    fields: Mapping[str, forms.Field],
    choices: Mapping[str, Choices],
) -> dict[str, Cell]:
    """Give what a row fills in: of a field its column's cell, or what it is in all rows."""
    typed = {name: _cell(cells, chosen[name]) for name in fields if name in chosen}
    for name, cell in typed.items():
        if isinstance(fields[name], DateKindField):
            typed[name] = as_day(cell)
        elif name in choices:
            typed[name] = choices[name].get(str(cell).strip().casefold(), cell)
    return typed


def _cell(cells: list[Cell], choice: Any) -> Cell:
    if isinstance(choice, int):
        return as_typed(cells[choice]) if choice < len(cells) else ""
    return str(choice)

"""The fields in which perks are chosen and described."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, Choices, listed
from piggyadmin.actions.records import ChangedRecordForm, NewRecordForm, RecordKeyField
from piggyadmin.perks import services
from piggyadmin.perks.types import Perk
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CleanCharField, DataTypeSelect, ListOrPasteField, OptionRowsField

# The two kinds of perk (docs); a yes or no has no options of its own.
SINGLE_SELECT, BOOLEAN = "single_select", "boolean"
DATA_TYPES = {SINGLE_SELECT: _("One of several options"), BOOLEAN: _("Yes or no")}


def _perks(piggy: PiggyClient) -> Choices:
    return [(each.uuid or "", each.label or each.name or "") for each in services.list_perks(piggy)]


class PerkForm(ActionForm):
    """Which perk."""

    perk_uuid = ListOrPasteField(label=_("Perk"), choices=partial(listed, _perks))


class CreatePerkForm(NewRecordForm):
    """A new perk, whose name is still free."""

    key = "name"

    name = CleanCharField(
        label=_("Name"),
        help_text=_("The key that other systems use, such as discount. It can never be changed."),
    )
    label = CleanCharField(label=_("Label"), help_text=_("What people read."))
    data_type = forms.ChoiceField(
        label=_("Type"),
        choices=[("", _("Choose…")), *DATA_TYPES.items()],
        help_text=_("It can never be changed."),
        widget=DataTypeSelect(with_options={SINGLE_SELECT}),
    )
    options = OptionRowsField(
        label=_("Options"),
        required=False,
        help_text=_("The first one is the default: every tier that there is gets it."),
    )

    def clean(self) -> dict[str, Any]:
        """Insist on options where there is a choice, and on none elsewhere."""
        data = super().clean()
        if {"options", "data_type"} & set(self.errors):
            return data
        has_choice = data.get("data_type") == SINGLE_SELECT
        if has_choice and not data["options"]:
            self.add_error("options", _("This type needs at least one option."))
        elif data["options"] and not has_choice:
            self.add_error("options", _("A yes or no has no options of its own."))
        return data

    def find_same(self, data: Any) -> Perk | None:
        """Find the perk of this name."""
        perks = services.list_perks(self.piggy)
        return next((each for each in perks if each.name == data["name"]), None)


class UpdatePerkForm(ChangedRecordForm):
    """A perk, and what people shall read: nothing else of it can be changed (docs)."""

    keys = ("perk_uuid",)

    perk_uuid = RecordKeyField(label=_("Perk"))
    label = CleanCharField(label=_("Label"), help_text=_("What people read."))

"""What is filled in of a shift: whose, where, from when until when."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, Choices, ResolvedField, listed, refuse_end_before
from piggyadmin.actions.records import ChangedRecordForm, RecordKeyField
from piggyadmin.contacts.forms import ContactField
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.shifts.services import cached_shift_teams, cached_shift_types, resolve_shift
from piggyadmin.shops.forms import ShopField
from piggyadmin.ui.dates import BOOKING, MomentField
from piggyadmin.ui.forms import (
    CleanCharField,
    CleanTextField,
    CodeField,
    ListOrPasteField,
    WholeNumberField,
)
from piggyadmin.ui.states import status_choices

# The docs name no others.
STATUSES = ("approved", "pending")
MOST_BREAK = 24 * 60  # minutes


def team_choices(piggy: PiggyClient) -> Choices:
    """List the teams by name."""
    return [(each.uuid or "", each.name or "") for each in cached_shift_teams(piggy)]


def _type_choices(piggy: PiggyClient) -> Choices:
    return [(each.uuid or "", each.name or "") for each in cached_shift_types(piggy)]


class ShiftTeamForm(ActionForm):
    """Which team."""

    shift_team_uuid = ListOrPasteField(label=_("Team"), choices=partial(listed, team_choices))


class UpdateShiftTeamForm(ChangedRecordForm):
    """A team, and what it shall be called."""

    keys = ("shift_team_uuid",)

    shift_team_uuid = RecordKeyField(label=_("Team"))
    name = CleanCharField(label=_("Name"))


class ShiftTypeToFindForm(ActionForm):
    """Which kind of shift."""

    shift_type_uuid = ListOrPasteField(
        label=_("Kind of shift"), choices=partial(listed, _type_choices)
    )


class UpdateShiftTypeForm(ChangedRecordForm):
    """A kind of shift, and what shall be different about it."""

    keys = ("shift_type_uuid",)

    shift_type_uuid = RecordKeyField(label=_("Kind of shift"))
    name = CleanCharField(label=_("Name"))
    description = CleanTextField(label=_("Description"), max_length=1000)


class ShiftField(ResolvedField):
    """A shift by its number in the shop's own system, or by UUID; cleans to its UUID."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Shift"))
        kwargs.setdefault("help_text", _("Its number in your own system, or its UUID."))
        super().__init__(**kwargs)

    def resolve(self, piggy: PiggyClient, value: str) -> str:
        """Find the shift."""
        return resolve_shift(piggy, query=value).uuid or value

    def none_like(self, value: str) -> str:  # noqa: ARG002
        """Say that there is none."""
        return gettext("No shift with this number or UUID at Piggy.")


class ShiftToFindForm(ActionForm):
    """Which shift."""

    shift_uuid = ShiftField()


class ShiftHoursForm(ActionForm):
    """What of a shift can change."""

    started_at = MomentField(kind=BOOKING, label=_("Starts at"))
    ended_at = MomentField(kind=BOOKING, label=_("Ends at"))
    status = forms.ChoiceField(label=_("Status"), choices=partial(status_choices, STATUSES))
    team_uuid = ListOrPasteField(
        label=_("Team"), required=False, choices=partial(listed, team_choices)
    )
    break_in_minutes = WholeNumberField(
        label=_("Break, in minutes"), required=False, min_value=0, max_value=MOST_BREAK
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a shift that ends before it starts."""
        data = super().clean()
        refuse_end_before(self, "started_at", "ended_at")
        return data


class NewShiftForm(ShiftHoursForm):
    """Whose shift, where, and from when until when."""

    field_order = ("contact_uuid", "shop_uuid")
    folded = ("team_uuid", "shift_type_uuid", "break_in_minutes", "external_id")

    contact_uuid = ContactField(label=_("Who works"))
    shop_uuid = ShopField()
    shift_type_uuid = ListOrPasteField(
        label=_("Kind of shift"), required=False, choices=partial(listed, _type_choices)
    )
    external_id = CodeField(
        label=_("Number in your own system"),
        required=False,
        help_text=_("Left open, the console gives it one, by which it finds the shift again."),
    )


class ShiftChangeForm(ShiftHoursForm, ShiftToFindForm):
    """A shift, and what shall be different."""

    field_order = ("shift_uuid",)
    # It was found first: another one would get the hours of that one.
    shift_uuid = ShiftField(
        help_text="", widget=forms.TextInput(attrs={"readonly": True, "class": "mono"})
    )

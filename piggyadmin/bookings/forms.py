"""What is filled in of a booking."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.outliers import ask_if_unusual
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import CHANGEABLE, LABELS, seen_bookings
from piggyadmin.ledger.operations import Data
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.dates import BOOKING, MomentField
from piggyadmin.ui.forms import (
    CleanCharField,
    CodeField,
    ListOrPasteField,
    MoneyField,
    WholeNumberField,
)

CENTS = 100
# Above these is asked about while the ledger does not tell yet what is usual here.
UNUSUAL_AT_FIRST = {"number_of_people": 500, "prepaid_amount": 10_000}


class BookingForm(ActionForm):
    """Which booking."""

    booking_uuid: CodeField = ListOrPasteField(
        label=_("Booking"),
        choices=seen_bookings,
        help_text=_("The bookings that this console has seen: Piggy cannot list them."),
    )

    def clean_booking_uuid(self) -> str:
        """Take a UUID in any capitals for the same one."""
        uuid: str = self.cleaned_data["booking_uuid"]
        is_known = SeenBooking.objects.filter(uuid=uuid).exists()
        return uuid if is_known else uuid_in_small(uuid)


class BookingDetailsForm(ActionForm):
    """What a booking holds and may change."""

    starts_at = MomentField(kind=BOOKING, label=LABELS["starts_at"], required=False)
    ends_at = MomentField(kind=BOOKING, label=LABELS["ends_at"], required=False)
    checked_in_at = MomentField(kind=BOOKING, label=LABELS["checked_in_at"], required=False)
    number_of_people = WholeNumberField(
        label=LABELS["number_of_people"], required=False, min_value=1, max_value=10_000
    )
    status = CleanCharField(
        label=LABELS["status"],
        required=False,
        help_text=_("For example created, in progress, canceled or completed."),
        widget=forms.TextInput(attrs={"list": "booking-statuses", "autocomplete": "off"}),
    )
    company_name = CleanCharField(label=LABELS["company_name"], required=False)
    prepaid_amount = MoneyField(
        label=LABELS["prepaid_amount"], required=False, help_text=_("In euros: 10.40 or 10,40.")
    )
    external_id = CodeField(label=LABELS["external_id"], required=False)
    source = CleanCharField(
        label=LABELS["source"], required=False, help_text=_("Where it was made.")
    )

    def clean(self) -> dict[str, Any]:
        """Refuse a booking that ends before it starts."""
        data = super().clean()
        start, end = data.get("starts_at"), data.get("ends_at")
        is_touched = not (self.is_untouched("starts_at") and self.is_untouched("ends_at"))
        if start and end and end <= start and is_touched:
            self.add_error("ends_at", _("This is before the start. Enter a later moment."))
        return data

    def details(self) -> dict[str, Any]:
        """Give what was filled in, as the API wants it: the amount in cents."""
        return details(self.cleaned_data)


def details(data: Data) -> dict[str, Any]:
    """Pick what was filled in, as the API wants it: the amount in cents."""
    filled = {name: data[name] for name in CHANGEABLE if data.get(name) not in {None, ""}}
    if "prepaid_amount" in filled:
        filled["prepaid_amount"] = int(filled["prepaid_amount"] * CENTS)
    return filled


def ask_about_numbers(form: ActionForm, names: Iterable[str]) -> None:
    """Ask about a party or an amount far above what is usual."""
    for name, at_first in UNUSUAL_AT_FIRST.items():
        if name in names:
            ask_if_unusual(form, ("create-booking", "update-bookings"), at_first, name)

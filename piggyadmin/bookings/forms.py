"""What is filled in of a booking."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, refuse_end_before
from piggyadmin.actions.outliers import ask_if_unusual
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import (
    CHANGEABLE,
    LABELS,
    NOTE_LABEL,
    STATUSES,
    clash_in_words,
    seen_bookings,
)
from piggyadmin.ledger.operations import Data
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.dates import BOOKING, MomentField
from piggyadmin.ui.forms import (
    CleanCharField,
    CleanTextField,
    CodeField,
    ListOrPasteField,
    MoneyField,
    WholeNumberField,
)
from piggyadmin.ui.states import status_choices

CENTS = 100
NOTE_LENGTH = 1000  # characters
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


class StatusInput(forms.TextInput):
    """A line with the statuses to choose from; other words can be typed."""

    template_name = "bookings/_status_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Offer the statuses, with their words in the reader's language."""
        context = super().get_context(name, value, attrs)
        list_id = f"{context['widget']['attrs'].get('id', name)}_list"
        context["widget"]["attrs"] |= {"list": list_id, "autocomplete": "off"}
        context["widget"]["suggestions"] = status_choices(STATUSES)
        return context


class BookingDetailsForm(ActionForm):
    """What a booking holds and may change: time, party and note at once, the rest folded."""

    folded = (
        "ends_at",
        "checked_in_at",
        "status",
        "company_name",
        "prepaid_amount",
        "external_id",
        "source",
    )
    starts_at = MomentField(kind=BOOKING, label=LABELS["starts_at"], required=False)
    number_of_people = WholeNumberField(
        label=LABELS["number_of_people"], required=False, min_value=1, max_value=10_000
    )
    note = CleanTextField(
        label=NOTE_LABEL,
        required=False,
        max_length=NOTE_LENGTH,
        help_text=_("For colleagues. It stays in this console: Piggy has no place for it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ends_at = MomentField(kind=BOOKING, label=LABELS["ends_at"], required=False)
    checked_in_at = MomentField(kind=BOOKING, label=LABELS["checked_in_at"], required=False)
    status = CleanCharField(
        label=LABELS["status"],
        required=False,
        help_text=_("For example created, in progress, canceled or completed."),
        widget=StatusInput,
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
        if not (self.is_untouched("starts_at") and self.is_untouched("ends_at")):
            refuse_end_before(self, "starts_at", "ends_at")
        return data

    def ask_about_clash(self, contact_uuid: str, booking_uuid: str = "") -> None:
        """Ask whether the same contact is to be in two places at once."""
        data = self.cleaned_data
        start, end = data.get("starts_at"), data.get("ends_at")
        if isinstance(start, datetime) and not isinstance(end, str):
            self.ask_about("starts_at", clash_in_words(contact_uuid, start, end, booking_uuid))

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

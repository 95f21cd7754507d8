"""What people can do with bookings."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.forms import ActionForm, ContactField, ShopField
from piggyadmin.actions.outliers import ask_if_unusual
from piggyadmin.actions.registry import register
from piggyadmin.bookings import services
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.types import Booking
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Stored, Words
from piggyadmin.ledger.reconciliation_evidence import undecided
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.dates import BOOKING, MomentField
from piggyadmin.ui.forms import (
    CleanCharField,
    CodeField,
    ListOrPasteField,
    MoneyField,
    WholeNumberField,
)

# No source has a closed list (docs give these as examples), so any other word is fine too.
SUGGESTED_STATUSES = ("created", "in progress", "canceled", "completed")
# What can be changed, named as in the API; shop and contact cannot.
LABELS: dict[str, Words] = {
    "starts_at": _("Starts at"),
    "ends_at": _("Ends at"),
    "checked_in_at": _("Checked in at"),
    "number_of_people": _("Number of people"),
    "status": _("Status"),
    "company_name": _("Company"),
    "prepaid_amount": _("Prepaid amount"),
    "external_id": _("Number in your own system"),
    "source": _("Source"),
}
CHANGEABLE = tuple(LABELS)
_KINDS = {"starts_at": "moment", "ends_at": "moment", "checked_in_at": "moment"} | {
    "prepaid_amount": "cents"
}
CENTS = 100
MOST_BOOKINGS_OFFERED = 200
# Above these is asked about while the ledger does not tell yet what is usual here.
UNUSUAL_AT_FIRST = {"number_of_people": 500, "prepaid_amount": 10_000}


class BookingFact(NamedTuple):
    """One thing that is now known of a booking, and whether Piggy confirmed it."""

    label: Words
    value: Any
    kind: str
    is_confirmed: bool


class SavedBooking(Stored):
    """A booking as Piggy answered it, and what was sent."""

    booking: Booking
    sent: dict[str, Any]

    def facts(self) -> list[BookingFact]:
        """List what Piggy answered and, marked, what was sent and is not in its answer."""
        answered = {name: getattr(self.booking, name, None) for name in CHANGEABLE}
        known = {name: self.sent.get(name) for name in CHANGEABLE} | {
            name: value for name, value in answered.items() if value is not None
        }
        return [
            BookingFact(LABELS[name], value, _KINDS.get(name, "text"), answered[name] is not None)
            for name, value in known.items()
            if value not in {None, ""}
        ]


def cannot_read() -> str:
    """Say that nobody can find out through the API."""
    return gettext("Piggy cannot be asked for bookings. Look at its own pages, then decide.")


def seen_bookings() -> list[tuple[str, str]]:
    """List the bookings that this console has seen, soonest last first."""
    return [(b.uuid, describe(b)) for b in SeenBooking.objects.all()[:MOST_BOOKINGS_OFFERED]]


def describe(booking: SeenBooking) -> str:
    """Name a booking as people do: when, who, how many."""
    when = booking.starts_at and date(timezone.localtime(booking.starts_at), "D j M Y H:i")
    people = booking.number_of_people and f"{booking.number_of_people} p."
    parts = (when, booking.contact_email, people, booking.external_id or booking.uuid[:8])
    return " · ".join(str(part) for part in parts if part)


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


class UpdateBookingsForm(BookingDetailsForm, BookingForm):
    """A booking, and what shall be different."""

    field_order = ("booking_uuid",)
    # It was chosen first: another booking would get the values of that one.
    booking_uuid = CodeField(
        label=_("Booking"), widget=forms.TextInput(attrs={"readonly": True, "class": "mono"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_stored(name for name in CHANGEABLE if name in self.fields)

    def clean(self) -> dict[str, Any]:
        """Insist on a change, and tell who empties a field that this is not possible."""
        data = super().clean()
        if self.errors:
            return data
        known = known_details(data["booking_uuid"])
        # Another person may have changed meanwhile what this one left as it was.
        shown = as_filled(known)
        data |= {name: shown.get(name) for name in CHANGEABLE if self.is_untouched(name)}
        for name in known:
            if name in self.data and data.get(name) in {None, ""}:
                self.add_error(name, _("Piggy offers no way to empty this. Enter another value."))
        changed = changes(data) if not self.errors else {}
        ask_about_numbers(self, changed)
        if not self.errors and not changed:
            self.add_error(None, _("Nothing is different from what this console knows."))
        return data


def known_details(uuid: str) -> dict[str, Any]:
    """Give what this console knows of a booking, as the API has it; empty when unknown."""
    booking = SeenBooking.objects.filter(uuid=uuid).first()
    if booking is None:
        return {}
    values = {name: getattr(booking, name) for name in CHANGEABLE}
    return {name: value for name, value in values.items() if value not in {None, ""}}


def as_filled(known: Data) -> dict[str, Any]:
    """Give what is known of a booking as the form holds it: the amount in euros."""
    filled = dict(known)
    if "prepaid_amount" in filled:
        filled["prepaid_amount"] = Decimal(filled["prepaid_amount"]).scaleb(-2)
    return filled


def changes(data: Data) -> dict[str, Any]:
    """Pick what differs from what this console knows; of an unknown booking all that is filled."""
    known = known_details(data["booking_uuid"])
    return {name: value for name, value in details(data).items() if _differs(name, value, known)}


def _differs(name: str, value: Any, known: Mapping[str, Any]) -> bool:
    """Compare to the minute, as that is what the form shows."""
    before = known.get(name)
    if name.endswith("_at") and before:
        return value not in {before, before.replace(second=0, microsecond=0)}
    return bool(value != before)


@register
class UpdateBookings(Action[SavedBooking, None]):
    """Change a booking."""

    slug = "update-bookings"
    entity = "bookings"
    label = _("Change a booking")
    summary = _("Times, party, status and prepaid amount. Its shop and contact cannot change.")
    button = _("Save the changes")
    icon = "calendar-cog"
    effect = Effect.WRITE
    role = Role.STAFF
    look_up_form_class = BookingForm
    form_class = UpdateBookingsForm
    sample = {
        "booking_uuid": "c0ffee00-0000-4000-8000-000000000301",
        "number_of_people": "6",
    }
    found_template = "bookings/_found.html"
    result_template = "bookings/_saved.html"
    result_type = SavedBooking
    asks_reason = True

    def subjects(self, data: Data, preview: None) -> dict[str, str]:  # noqa: ARG002
        """The contact of the booking, as far as this console knows it."""
        booking = SeenBooking.objects.filter(uuid=data["booking_uuid"]).first()
        return {"contact": booking.contact_uuid} if booking and booking.contact_uuid else {}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """Piggy cannot be asked; show what was asked beside what this console knew."""
        known = known_details(entry.data["booking_uuid"])
        evidence = [
            Evidence(what=str(LABELS[name]), value=str(value), fits=None)
            for name, value in known.items()
        ]
        return undecided(cannot_read(), *evidence)

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:  # noqa: ARG002
        """Fill the form with what this console knows; Piggy cannot be asked."""
        uuid = data["booking_uuid"]
        known = as_filled(known_details(uuid))
        booking = SeenBooking.objects.filter(uuid=uuid).first()
        found = {
            "is_known": booking is not None,
            "name": describe(booking) if booking else "",
            "seen_at": booking.seen_at if booking else None,
        }
        return LookUp(initial={**known, "booking_uuid": uuid}, found=found)

    def perform(self, piggy: PiggyClient, data: Data) -> SavedBooking:
        """Send just what changed."""
        sent = changes(data)
        booking = services.update_booking(piggy, booking_uuid=data["booking_uuid"], **sent)
        return saved(booking, sent)

    def after_done(self, data: Data, result: SavedBooking) -> None:
        """Remember the booking for the next change."""
        remember(data["booking_uuid"], result)


class CreateBookingForm(BookingDetailsForm):
    """Who books where and when."""

    field_order = ("contact_uuid", "shop_uuid")
    contact_uuid = ContactField()
    shop_uuid = ShopField()

    def clean(self) -> dict[str, Any]:
        """Ask whether a booking is meant to have no start."""
        data = super().clean()
        if "starts_at" not in self.errors and not data.get("starts_at"):
            self.ask_about("starts_at", gettext("This booking has no start."))
        ask_about_numbers(self, data)
        return data


@register
class CreateBooking(Action[SavedBooking, None]):
    """Make a booking."""

    slug = "create-booking"
    entity = "bookings"
    label = _("Make a booking")
    summary = _("Book for a contact at a shop. This console then remembers it for changes.")
    button = _("Make the booking")
    icon = "calendar-plus"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = CreateBookingForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
        "starts_at": "2030-04-01T18:00",
        "ends_at": "2030-04-01T20:00",
        "number_of_people": "4",
        "prepaid_amount": "10,40",
    }
    result_template = "bookings/_saved.html"
    result_type = SavedBooking

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """Piggy cannot be asked; show by what it is found there, and the contact's known ones."""
        seen = SeenBooking.objects.filter(contact_uuid=entry.data["contact_uuid"])
        reference = own_reference.written(entry)
        evidence = [
            Evidence(what=gettext("Known booking"), value=describe(booking), at=booking.seen_at)
            for booking in seen[:MOST_BOOKINGS_OFFERED]
        ]
        if reference:
            number = Evidence(what=gettext("Its number at Piggy"), value=reference)
            evidence.insert(0, number)
        return undecided(cannot_read(), *evidence)

    def perform(self, piggy: PiggyClient, data: Data) -> SavedBooking:
        """Book; where nobody gave it a number, the console's own reference is its number."""
        sent = details(data)
        reference = None if "external_id" in sent else own_reference.take(piggy)
        booking = services.create_booking(
            piggy,
            shop_uuid=data["shop_uuid"],
            contact_uuid=data["contact_uuid"].uuid,
            **{"external_id": reference, **sent},
        )
        return saved(booking, sent)

    def after_done(self, data: Data, result: SavedBooking) -> None:  # noqa: ARG002
        """Remember it: Piggy cannot be asked for it later."""
        remember(result.booking.uuid or "", result)


def saved(booking: Booking, sent: dict[str, Any]) -> SavedBooking:
    """Take Piggy's answer, without a number that is nobody's but the console's own."""
    if own_reference.is_ours(booking.external_id):
        booking = booking.model_copy(update={"external_id": None})
    return SavedBooking(booking=booking, sent=sent)


def remember(uuid: str, saved: SavedBooking) -> None:
    """Keep what Piggy answered, and what was sent where the answer does not echo it."""
    booking, sent = saved.booking, saved.sent
    answered = {name: getattr(booking, name, None) for name in CHANGEABLE}
    values = {
        name: answered[name] if answered[name] is not None else sent.get(name)
        for name in CHANGEABLE
    }
    if booking.contact:
        values |= {"contact_uuid": booking.contact.uuid, "contact_email": booking.contact.email}
    SeenBooking.objects.update_or_create(
        uuid=uuid, defaults={name: value for name, value in values.items() if value is not None}
    )

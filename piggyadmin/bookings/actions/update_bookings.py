"""Changing a booking."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.registry import register
from piggyadmin.bookings import services
from piggyadmin.bookings.forms import BookingDetailsForm, BookingForm, ask_about_numbers, details
from piggyadmin.bookings.seen import (
    CHANGEABLE,
    SavedBooking,
    cannot_read,
    describe,
    find_seen,
    keep_note,
    known_details,
    known_evidence,
    remember,
    saved,
)
from piggyadmin.bookings.taking_back import BEFORE, before, typed_back
from piggyadmin.bookings.types import Booking
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Words
from piggyadmin.ledger.reconciliation_evidence import undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CodeField


class UpdateBookingsForm(BookingDetailsForm, BookingForm):
    """A booking, and what shall be different."""

    field_order = ("booking_uuid",)
    # It was chosen first: another booking would get the values of that one.
    booking_uuid = CodeField(
        label=_("Booking"), widget=forms.TextInput(attrs={"readonly": True, "class": "mono"})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_stored([*CHANGEABLE, "note"])

    def clean(self) -> dict[str, Any]:
        """Insist on a change, and tell who empties a field that this is not possible."""
        data = super().clean()
        if self.errors:
            return data
        known = known_details(data["booking_uuid"])
        # Another person may have changed meanwhile what this one left as it was.
        shown = as_filled(known)
        data |= {name: shown.get(name) for name in CHANGEABLE if self.is_untouched(name)}
        self._ask_about_clash(data)
        for name in known:
            if name in self.data and data.get(name) in {None, ""}:
                self.add_error(name, _("Piggy offers no way to empty this. Enter another value."))
        changed = changes(data) if not self.errors else {}
        ask_about_numbers(self, changed)
        if not self.errors and not changed and not has_new_note(data):
            self.add_error(None, _("Nothing is different from what this console knows."))
        if was := before(data["booking_uuid"], changed):
            data[BEFORE] = was
        return data

    def _ask_about_clash(self, data: dict[str, Any]) -> None:
        """Ask about another booking of the same contact, where the time is what changes."""
        booking = find_seen(data["booking_uuid"])
        is_moved = not (self.is_untouched("starts_at") and self.is_untouched("ends_at"))
        if booking and is_moved:
            self.ask_about_clash(booking.contact_uuid, booking.uuid)


def has_new_note(data: Data) -> bool:
    """Tell whether the note of a booking that is known here is another one."""
    booking = find_seen(data["booking_uuid"])
    return booking is not None and data.get("note", "") != booking.note


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
    summary = _("Times, party, status and prepaid amount. Its shop and customer cannot change.")
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
    private = frozenset({"note"})

    def subjects(self, data: Data, preview: None) -> dict[str, str]:  # noqa: ARG002
        """The contact of the booking, as far as this console knows it."""
        booking = find_seen(data["booking_uuid"])
        return {"contact": booking.contact_uuid} if booking and booking.contact_uuid else {}

    def sentence(self, matter: Matter) -> Sentence:
        """Say whose booking, as far as this console knew it."""
        return Sentence(
            _("%(who)s changed a booking of %(customer)s"),
            _("change a booking of %(customer)s"),
            {"customer": matter.customer()},
        )

    def field_label(self, name: str) -> Words:
        """Name what the ledger keeps beside what was asked."""
        return _("Before") if name == BEFORE else super().field_label(name)

    def undo(self, entry: Entry, result: SavedBooking) -> dict[str, str] | None:
        """Give all again that it was, unless something was empty, which it cannot be again."""
        return typed_back(entry, result, result.sent)

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """Piggy cannot be asked; show what was asked beside what this console knew."""
        return undecided(cannot_read(), *known_evidence(entry.data["booking_uuid"]))

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:  # noqa: ARG002
        """Fill the form with what this console knows; Piggy cannot be asked."""
        uuid = data["booking_uuid"]
        known = as_filled(known_details(uuid))
        booking = find_seen(uuid)
        found = {
            "is_known": booking is not None,
            "name": describe(booking) if booking else "",
            "seen_at": booking.seen_at if booking else None,
        }
        note = booking.note if booking else ""
        return LookUp(initial={**known, "booking_uuid": uuid, "note": note}, found=found)

    def perform(self, piggy: PiggyClient, data: Data) -> SavedBooking:
        """Send just what changed; of a note alone Piggy is not told."""
        sent = changes(data)
        if not sent:
            return saved(Booking(uuid=data["booking_uuid"]), sent)
        booking = services.update_booking(piggy, booking_uuid=data["booking_uuid"], **sent)
        return saved(booking, sent)

    def after_done(self, data: Data, result: SavedBooking) -> None:
        """Remember the booking for the next change."""
        if result.sent:
            remember(data["booking_uuid"], result)
        keep_note(data["booking_uuid"], data["note"] or "")

"""Making a booking."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.bookings import services
from piggyadmin.bookings.forms import BookingDetailsForm, ask_about_numbers, details
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import (
    MOST_BOOKINGS_OFFERED,
    SavedBooking,
    cannot_read,
    describe,
    remember,
    saved,
)
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.shops.forms import ShopField


class CreateBookingForm(BookingDetailsForm):
    """Who books where and when."""

    field_order = ("contact_uuid", "shop_uuid")
    contact_uuid = ContactField()
    shop_uuid = ShopField()

    def clean(self) -> dict[str, Any]:
        """Ask whether a booking is meant to have no start, or to be beside another one."""
        data = super().clean()
        if "starts_at" not in self.errors and not data.get("starts_at"):
            self.ask_about("starts_at", gettext("This booking has no start."))
        if isinstance(contact := data.get("contact_uuid"), Contact):
            self.ask_about_clash(contact.uuid or "")
        ask_about_numbers(self, data)
        return data


@register
class CreateBooking(Action[SavedBooking, None]):
    """Make a booking."""

    slug = "create-booking"
    entity = "bookings"
    label = _("Make a booking")
    summary = _("Book for a customer at a shop. This console then remembers it for changes.")
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
    private = frozenset({"note"})
    is_bulk = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say for whom, and where."""
        return Sentence(
            _("%(who)s made a booking for %(customer)s at %(shop)s"),
            _("make a booking for %(customer)s at %(shop)s"),
            {"customer": matter.customer(), "shop": matter.shop()},
        )

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

    def answer_columns(self, result: SavedBooking) -> dict[str, Any]:
        """Tell by what it can be changed: Piggy cannot list bookings."""
        return {"booking_uuid": result.booking.uuid}

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

    def after_done(self, data: Data, result: SavedBooking) -> None:
        """Remember it: Piggy cannot be asked for it later."""
        remember(
            result.booking.uuid or "",
            result,
            SeenBooking.LearnedFrom.MADE,
            shop_uuid=data["shop_uuid"],
            contact_uuid=data["contact_uuid"].uuid,
            note=data["note"],
        )

"""What this console knows of bookings, and how it is told: Piggy cannot be asked for them."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.template.defaultfilters import date
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.types import Booking
from piggyadmin.contacts.naming import with_name
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.operations import Evidence, Stored, Words
from piggyadmin.ui.states import state_of

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
NOTE_LABEL = _("Note")
# The docs' examples, in their spelling; Piggy fixes none, so that other words are allowed.
CREATED, IN_PROGRESS, CANCELED, COMPLETED = "created", "in progress", "canceled", "completed"
STATUSES = (CREATED, IN_PROGRESS, CANCELED, COMPLETED)
_KINDS = {"starts_at": "moment", "ends_at": "moment", "checked_in_at": "moment"} | {
    "prepaid_amount": "cents"
}
MOST_BOOKINGS_OFFERED = 200
# By so much Piggy's clock may differ from this one: what it tells of so shortly before a change of
# ours may be of after it. That of our own change follows, and sets it right.
CLOCKS_DIFFER_BY = timedelta(minutes=1)
# Of a file with bookings, be it written or read.
COLUMNS = (
    "uuid",
    "external_id",
    "contact_uuid",
    "contact_email",
    "shop_uuid",
    "shop",
    "starts_at",
    "ends_at",
    "checked_in_at",
    "number_of_people",
    "status",
    "note",
    "company_name",
    "prepaid_amount",
    "source",
    "seen_at",
    "learned_from",
)


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
    known = SeenBooking.objects.exclude(uuid="")
    return [(b.uuid, describe(b)) for b in known[:MOST_BOOKINGS_OFFERED]]


def find_seen(uuid: str) -> SeenBooking | None:
    """Give what this console knows of a booking; None where it has not seen it."""
    return SeenBooking.objects.filter(uuid=uuid).first() if uuid else None


def booking_of(key: str) -> SeenBooking | None:
    """Give the booking of an address: by its UUID in any capitals, else by the other number."""
    by_uuid = find_seen(key) or find_seen(key.lower())
    return by_uuid or SeenBooking.objects.filter(uuid="", external_id=key).first()


def is_status(booking: SeenBooking, status: str) -> bool:
    """Tell whether a booking has a status, in whatever spelling."""
    return bool(booking.status) and state_of(booking.status) == state_of(status)


def describe(booking: SeenBooking, customer: str = "", shop: str = "") -> str:
    """Name a booking as people do: when, who, how many, and where if that is given."""
    when = booking.starts_at and date(timezone.localtime(booking.starts_at), "D j M Y H:i")
    people = booking.number_of_people and f"{booking.number_of_people} p."
    who, number = customer or booking.contact_email, booking.external_id or booking.uuid[:8]
    parts = (when, who, people, shop, number)
    return " · ".join(str(part) for part in parts if part)


def known_details(uuid: str) -> dict[str, Any]:
    """Give what this console knows of a booking, as the API has it; empty when unknown."""
    booking = find_seen(uuid)
    if booking is None:
        return {}
    values = {name: getattr(booking, name) for name in CHANGEABLE}
    return {name: value for name, value in values.items() if value not in {None, ""}}


def known_evidence(uuid: str) -> list[Evidence]:
    """Show what this console knows of a booking to whoever decides what became of a change."""
    return [
        Evidence(what=str(LABELS[name]), value=str(value), fits=None)
        for name, value in known_details(uuid).items()
    ]


def saved(booking: Booking, sent: dict[str, Any]) -> SavedBooking:
    """Take Piggy's answer, without a number that is nobody's but the console's own."""
    if own_reference.is_ours(booking.external_id):
        booking = booking.model_copy(update={"external_id": None})
    return SavedBooking(booking=booking, sent=sent)


def remember(
    uuid: str,
    saved: SavedBooking,
    learned_from: SeenBooking.LearnedFrom = SeenBooking.LearnedFrom.CHANGED,
    **more: str | None,
) -> None:
    """Keep what Piggy answered, and what was sent where the answer does not echo it.

    `more` is what Piggy never answers, such as the shop.
    """
    booking, sent = saved.booking, saved.sent
    answered = {name: getattr(booking, name, None) for name in CHANGEABLE}
    values: dict[str, Any] = {
        name: answered[name] if answered[name] is not None else sent.get(name)
        for name in CHANGEABLE
    }
    values |= more
    if booking.contact:
        values |= {"contact_uuid": booking.contact.uuid, "contact_email": email_of(booking.contact)}
    known = {name: value for name, value in values.items() if value is not None}
    as_of = timezone.now() - CLOCKS_DIFFER_BY
    SeenBooking.objects.update_or_create(
        uuid=uuid, defaults={**known, "learned_from": learned_from, "as_of": as_of}
    )


def email_of(contact: Contact) -> str | None:
    """Give the address that a booking is told with, empty where Piggy made it up; None for none."""
    return contact.email and with_name(contact).own_email


def keep_note(uuid: str, note: str) -> None:
    """Keep a note; what was last known of the booking at Piggy, and when, stays as it is."""
    SeenBooking.objects.filter(uuid=uuid).update(note=note)


# --- Two at once -----------------------------------------------------------------------------


def clashing(
    contact_uuid: str,
    starts_at: datetime,
    ends_at: datetime | None,
    among: QuerySet[SeenBooking],
) -> SeenBooking | None:
    """Find another booking of the same contact at the same time; cancelled ones take no time.

    Of a booking whose end is not known, its start counts. That a shop has another booking at that
    time is no clash: nobody here knows how many it can take.
    """
    others = among.filter(contact_uuid=contact_uuid)
    begins_inside = Q(starts_at__gt=starts_at, starts_at__lt=ends_at or starts_at)
    goes_on = Q(starts_at__lt=starts_at, ends_at__gt=starts_at)
    overlapping = others.filter(Q(starts_at=starts_at) | begins_inside | goes_on)
    return next((each for each in overlapping if not is_status(each, CANCELED)), None)


def clash_of(booking: SeenBooking) -> SeenBooking | None:
    """Find another booking of the same customer at the same time."""
    if not booking.contact_uuid or not booking.starts_at or is_status(booking, CANCELED):
        return None
    others = SeenBooking.objects.exclude(pk=booking.pk)
    return clashing(booking.contact_uuid, booking.starts_at, booking.ends_at, others)


def clash_in_words(
    contact_uuid: str, starts_at: datetime | None, ends_at: datetime | None, but: str = ""
) -> str:
    """Say that the contact has another booking then; nothing where it has none."""
    if not contact_uuid or starts_at is None:
        return ""
    others = SeenBooking.objects.exclude(uuid=but) if but else SeenBooking.objects.all()
    other = clashing(contact_uuid, starts_at, ends_at, others)
    words = gettext("This customer has another booking then: %(booking)s.")
    return words % {"booking": describe(other)} if other else ""

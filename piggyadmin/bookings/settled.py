"""What is learned of a booking when a person says that a change of it was done after all.

Its answer was lost, and Piggy cannot be asked: what was sent is all that is known.
"""

from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime

from piggyadmin.bookings.actions.booking_step import BookingStep
from piggyadmin.bookings.actions.update_bookings import UpdateBookings
from piggyadmin.bookings.forms import CENTS, details
from piggyadmin.bookings.seen import CHANGEABLE, SavedBooking, find_seen, remember
from piggyadmin.bookings.types import Booking
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import find_operation


def learn_from_settled(*, entry: Entry, kind: str, **_signal: Any) -> None:
    """Remember what was sent, where it was settled as done."""
    if kind != EntryState.SETTLED_DONE:
        return
    operation = find_operation(entry.action)
    if isinstance(operation, BookingStep):
        sent: dict[str, Any] = {"status": operation.status}
        if "checked_in_at" in operation.changes():
            sent["checked_in_at"] = entry.created_at
    elif isinstance(operation, UpdateBookings):
        sent = sent_with(entry)
    else:
        return
    uuid = entry.data["booking_uuid"]
    booking = find_seen(uuid)
    if booking and booking.seen_at > entry.created_at:
        return  # what was answered since counts for more
    remember(uuid, SavedBooking(booking=Booking(uuid=uuid), sent=sent))


def sent_with(entry: Entry) -> dict[str, Any]:
    """Read what was filled in from what the ledger keeps, in which moments are texts."""
    data = {name: entry.data.get(name) for name in CHANGEABLE}
    moments = {
        name: parse_datetime(value)
        for name, value in data.items()
        if name.endswith("_at") and value
    }
    amount = data.pop("prepaid_amount")
    cents = {} if amount in {None, ""} else {"prepaid_amount": int(Decimal(amount) * CENTS)}
    return details(data | moments) | cents

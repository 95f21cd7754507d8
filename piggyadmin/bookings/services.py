"""Calls about bookings (beta). Piggy can neither list nor read nor delete them."""

from typing import Any

from piggyadmin.bookings.types import Booking
from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.types import without_none


def create_booking(
    piggy: PiggyClient, *, shop_uuid: str, contact_uuid: str, **details: Any
) -> Booking:
    """Make a booking; `details` as in `update_booking`.

    Raises:
        NotFound: no such contact (55031) or shop (1008).
    """
    body = without_none(shop_uuid=shop_uuid, contact_uuid=contact_uuid, **details)
    return piggy.post("bookings", json=body).one(Booking)


def update_booking(piggy: PiggyClient, *, booking_uuid: str, **changed: Any) -> Booking:
    """Change what is given of a booking.

    That can be external_id, source, starts_at, ends_at, checked_in_at, number_of_people,
    company_name, status and prepaid_amount (cents); shop and contact cannot change.

    Not repeated by itself: a repeat may fire automations again (inferred).
    """
    path = f"bookings/{path_value(booking_uuid)}"
    return piggy.put(path, json=without_none(**changed)).one(Booking)

"""Bookings: they can be made and changed, but neither listed nor read, in any edition known."""

from typing import Any

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.lookups import contact_by_uuid, one, shop_by_uuid
from piggyadmin.sandbox.models import Booking
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

_TEXTS = ("external_id", "source", "company_name", "status")
_MOMENTS = ("starts_at", "ends_at", "checked_in_at")


@route("POST", "bookings")
def create_booking(given: Given) -> Reply:
    """Book something for a contact at a shop."""
    shop_uuid, contact_uuid = given.text("shop_uuid"), given.text("contact_uuid")
    values = _values(given)
    row = Booking(**{name: value for name, value in values.items() if value is not None})
    _check(given, row)
    row.shop = shop_by_uuid(shop_uuid)
    row.contact = contact_by_uuid(contact_uuid)
    row.save()
    return Reply(serializers.booking(row))


@route("PUT", "bookings/{booking_uuid}")
def update_booking(given: Given, booking_uuid: str) -> Reply:
    """Change what is given; shop and contact stay, whatever is sent for them.

    The code for an unknown booking is not documented; 60013 is inferred.
    """
    rows = Booking.objects.filter(uuid=booking_uuid).select_for_update(of=("self",))
    row = one(rows.select_related("contact"), errors.RECORD_NOT_FOUND)
    for name, value in _values(given).items():
        setattr(row, name, "" if value is None and name in _TEXTS else value)
    _check(given, row)
    row.save()
    answer = serializers.booking(row)
    return Reply({**answer, "checked_in_at": serializers.moment(row.checked_in_at)})


def _values(given: Given) -> dict[str, Any]:
    """Read what was given, and nothing else."""
    values: dict[str, Any] = {name: given.optional_text(name) for name in _TEXTS if name in given}
    values |= {name: given.optional_moment(name) for name in _MOMENTS if name in given}
    if "number_of_people" in given:
        values["number_of_people"] = given.optional_integer("number_of_people", 0)
    if "prepaid_amount" in given:
        values["prepaid_amount"] = given.optional_integer("prepaid_amount", 0)
    return values


def _check(given: Given, row: Booking) -> None:
    if row.starts_at and row.ends_at and row.ends_at < row.starts_at:
        given.reject("ends_at", "The ends_at must be a date after starts_at.")
    given.check()

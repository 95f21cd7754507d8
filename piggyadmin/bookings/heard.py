"""Bookings that Piggy tells of: its automations do, whoever made or changed them.

Piggy cannot be asked for a booking, so that what it tells is all there is. It may come twice, and
after what happened later: what is older than what is known is not taken in.
"""

from typing import Any

from django.db import transaction

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import CHANGEABLE, email_of
from piggyadmin.bookings.types import Booking
from piggyadmin.json_text import storable
from piggyadmin.ledger import own_reference
from piggyadmin.webhooks.heard import PiggyEvent
from piggyadmin.webhooks.models import DeliveryState

State = DeliveryState
SUBJECT = "booking"
LONGEST_TEXT = 255  # characters


def learn_from_event(*, event: PiggyEvent, **_signal: Any) -> State | None:
    """Keep what is told of a booking."""
    if event.subject != SUBJECT:
        return None
    booking = Booking.read(event.thing)
    if booking is None or len(str(booking.uuid)) > LONGEST_TEXT:
        return State.NOTHING
    told = {**_told(event.thing, booking), **_whose(event, booking)}
    with transaction.atomic():
        return _take_in(str(booking.uuid), event, told)


def _take_in(uuid: str, event: PiggyEvent, told: dict[str, Any]) -> State:
    booking = _known(uuid, told) or SeenBooking()
    if booking.as_of and event.at < booking.as_of:
        return State.OUTDATED
    learned_from = SeenBooking.LearnedFrom.TOLD
    values = {**told, "uuid": uuid, "as_of": event.at, "learned_from": learned_from}
    for name, value in values.items():
        setattr(booking, name, value)
    booking.save()
    return State.TAKEN


def _known(uuid: str, told: dict[str, Any]) -> SeenBooking | None:
    """Find what is known of it; what was imported may have the other number alone."""
    rows = SeenBooking.objects.select_for_update()
    by_uuid = rows.filter(uuid=uuid).first()
    number = told.get("external_id")
    if by_uuid or not number:
        return by_uuid
    return rows.filter(uuid="", external_id=number).first()


def _told(thing: dict[str, Any], booking: Booking) -> dict[str, Any]:
    """Pick what is told; what is told to be empty is, and what cannot be read stays as it was."""
    values = {}
    for name in CHANGEABLE:
        value = getattr(booking, name)
        if name in thing and (value is not None or thing[name] is None):
            values[name] = _kept(name, value)
    if own_reference.is_ours(booking.external_id):
        values.pop("external_id", None)
    return values


def _kept(name: str, value: Any) -> Any:
    """Give a value as the databases hold it."""
    field = SeenBooking._meta.get_field(name)
    if value is None:
        return None if field.null else ""
    return storable(value[:LONGEST_TEXT]) if isinstance(value, str) else value


def _whose(event: PiggyEvent, booking: Booking) -> dict[str, str]:
    """Say whose it is and where, as far as that is told."""
    contact = booking.contact
    known = {
        "contact_uuid": event.contact_uuid,
        "contact_email": (contact and email_of(contact)) or "",
        "shop_uuid": _shop_uuid(event),
    }
    return {name: storable(value)[:LONGEST_TEXT] for name, value in known.items() if value}


def _shop_uuid(event: PiggyEvent) -> str:
    """Find the shop, which newer answers call a business profile (docs)."""
    for holder in (event.thing, event.body.get("data")):
        for name in ("shop", "business_profile"):
            shop = holder.get(name) if isinstance(holder, dict) else None
            found = shop.get("uuid") if isinstance(shop, dict) else None
            found = found or (isinstance(holder, dict) and holder.get(f"{name}_uuid"))
            if isinstance(found, str):
                return found
    return ""

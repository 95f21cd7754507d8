"""Taking a change of a booking back: what it was before is kept with the change.

Piggy offers no way to empty anything, so that what was empty before cannot be again.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import SavedBooking, find_seen, known_details
from piggyadmin.ledger.models import Entry

BEFORE = "before"


def before(booking_uuid: str, names: Iterable[str]) -> dict[str, Any]:
    """Give what a booking is before a change, as far as it is known, to be kept with that."""
    known = known_details(booking_uuid)
    return {name: known[name] for name in names if name in known}


def typed_back(entry: Entry, result: SavedBooking, needed: Iterable[str]) -> dict[str, str] | None:
    """Fill in the form that sets a booking back to what it was.

    None where what is `needed` was not known or empty, or where it was changed again since.
    """
    booking = find_seen(entry.data["booking_uuid"])
    was: Mapping[str, Any] = entry.data.get(BEFORE) or {}
    if booking is None or not set(needed) <= was.keys() or not _is_still_so(booking, result.sent):
        return None
    values = {**known_details(booking.uuid), **was}
    typed = {name: _typed(name, value) for name, value in values.items()}
    return {**typed, "booking_uuid": booking.uuid, "note": booking.note}


def _is_still_so(booking: SeenBooking, sent: Mapping[str, Any]) -> bool:
    return bool(sent) and all(
        _plain(getattr(booking, name)) == _plain(value) for name, value in sent.items()
    )


def _plain(value: Any) -> Any:
    """Read a moment that the ledger keeps as a text; to the second, as Piggy answers it."""
    moment = parse_datetime(value) if isinstance(value, str) and value[:1].isdigit() else value
    return moment.replace(microsecond=0) if isinstance(moment, datetime) else value


def _typed(name: str, value: Any) -> str:
    if name == "prepaid_amount":
        return str(Decimal(value).scaleb(-2))
    moment = parse_datetime(value) if name.endswith("_at") and isinstance(value, str) else value
    return timezone.localtime(moment).isoformat() if isinstance(moment, datetime) else str(value)

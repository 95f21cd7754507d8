"""Bookings as an iCalendar (RFC 5545), for the calendars of a shop.

Who booked is told by none of it: a calendar is on telephones and screens, and its address works
without signing in.
"""

import hashlib
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.utils.translation import gettext, ngettext

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import CANCELED, is_status

CONTENT_TYPE = "text/calendar; charset=utf-8"
MAX_LINE = 75  # octets, without the line's end (RFC 5545, 3.1)
LINE_END = "\r\n"


def calendar_text(shop_name: str, bookings: Iterable[SeenBooking]) -> str:
    """Write the calendar of a shop."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//piggyadmin//bookings//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(shop_name)}",  # RFC 7986
        f"X-WR-CALNAME:{escaped(shop_name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
    ]
    for booking in bookings:
        lines += _event(booking, shop_name)
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + LINE_END for line in lines)


def _event(booking: SeenBooking, shop_name: str) -> Iterator[str]:
    """Write one booking; it must have a start. One without an end lasts no time (RFC 5545)."""
    yield "BEGIN:VEVENT"
    yield f"UID:{uid(booking)}"
    yield f"DTSTAMP:{utc(booking.seen_at)}"
    yield f"LAST-MODIFIED:{utc(booking.seen_at)}"
    if booking.starts_at:
        yield f"DTSTART:{utc(booking.starts_at)}"
    if booking.starts_at and booking.ends_at and booking.ends_at > booking.starts_at:
        yield f"DTEND:{utc(booking.ends_at)}"
    yield f"SUMMARY:{escaped(_summary(booking))}"
    yield f"LOCATION:{escaped(shop_name)}"
    yield f"STATUS:{'CANCELLED' if is_status(booking, CANCELED) else 'CONFIRMED'}"
    yield "END:VEVENT"


def _summary(booking: SeenBooking) -> str:
    count = booking.number_of_people
    if count is None:
        return gettext("Booking")
    words = ngettext("Booking, %(count)s person", "Booking, %(count)s people", count)
    return words % {"count": count}


def uid(booking: SeenBooking) -> str:
    """Name a booking in the same way each time; another system's number is not shown."""
    name = hashlib.sha256((booking.uuid or f"external:{booking.external_id}").encode())
    return f"{name.hexdigest()[:32]}@piggyadmin"


def utc(moment: datetime) -> str:
    """Write a moment, which then needs no description of a time zone."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def escaped(text: str) -> str:
    """Write a text so that nothing in it is taken for the calendar's own (RFC 5545, 3.3.11)."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(each for each in lines if unicodedata.category(each) not in {"Cc", "Cs"})


def folded(line: str) -> str:
    """Break a long line where no letter is cut in two; what goes on begins with a space."""
    parts, length = [""], 0
    for letter in line:
        size = len(letter.encode())
        if length + size > MAX_LINE:
            parts.append(" ")
            length = 1
        parts[-1] += letter
        length += size
    return LINE_END.join(parts)

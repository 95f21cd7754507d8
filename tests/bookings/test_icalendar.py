"""Calendars of bookings: what RFC 5545 asks for, and nothing about who booked."""

from datetime import UTC, datetime

from piggyadmin.bookings.icalendar import calendar_text, escaped, folded, uid
from piggyadmin.bookings.models import SeenBooking

SEEN_AT = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


def booking(**values) -> SeenBooking:
    given = {
        "uuid": "b-1",
        "seen_at": SEEN_AT,
        "starts_at": datetime(2030, 4, 1, 16, 0, tzinfo=UTC),
        "ends_at": datetime(2030, 4, 1, 18, 0, tzinfo=UTC),
        "number_of_people": 4,
        "contact_email": "mira.jansen@example.test",
        "note": "Allergic to nuts",
        "external_id": "R-100",
    }
    return SeenBooking(**given | values)


def lines(*bookings: SeenBooking) -> list[str]:
    return calendar_text("Café; de, Brug", bookings).split("\r\n")


def test_an_event_holds_when_how_many_and_where():
    written = lines(booking())
    assert written[:3] == ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//piggyadmin//bookings//EN"]
    assert written[-2:] == ["END:VCALENDAR", ""]
    assert written[written.index("BEGIN:VEVENT") :][1:-2] == [
        f"UID:{uid(booking())}",
        "DTSTAMP:20261101T090000Z",
        "LAST-MODIFIED:20261101T090000Z",
        "DTSTART:20300401T160000Z",
        "DTEND:20300401T180000Z",
        "SUMMARY:Booking\\, 4 people",
        "LOCATION:Café\\; de\\, Brug",
        "STATUS:CONFIRMED",
        "END:VEVENT",
    ]


def test_nobody_is_told_of():
    text = "\r\n".join(lines(booking()))
    assert not any(each in text for each in ("mira", "nuts", "R-100"))


def test_what_is_cancelled_or_has_no_end_says_so():
    written = lines(booking(status="Cancelled", ends_at=None, number_of_people=None))
    assert "STATUS:CANCELLED" in written
    assert "SUMMARY:Booking" in written
    assert not any(line.startswith("DTEND") for line in written)


def test_a_booking_is_called_the_same_each_time_and_others_otherwise():
    assert uid(booking()) == uid(booking(number_of_people=5, starts_at=None))
    names = {
        uid(booking(uuid=uuid, external_id=number))
        for uuid, number in (("", "1"), ("", "2"), ("1", ""))
    }
    assert len(names) == 3


def test_texts_are_escaped():
    assert escaped("a;b,c\\d\r\ne\nf\x07") == "a\\;b\\,c\\\\d\\ne\\nf"
    # Nothing in a name begins a line of its own.
    assert len(calendar_text("x\r\nBEGIN:VEVENT", []).split("\r\n")) == len(
        calendar_text("x", []).split("\r\n")
    )


def test_long_lines_are_folded_between_letters():
    line = "SUMMARY:" + "é€🐷" * 40
    parts = folded(line).split("\r\n")
    assert all(len(part.encode()) <= 75 for part in parts)
    assert all(part.startswith(" ") for part in parts[1:])
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line
    assert folded("short") == "short"

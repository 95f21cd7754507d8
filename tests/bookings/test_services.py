"""Bookings, against a sandbox behind a socket."""

from datetime import UTC, datetime

import pytest

from piggyadmin.bookings import services
from piggyadmin.piggy.errors import NotFound, OutcomeUnknown, Rejected
from tests.piggy.scripted import Script, answers

MIRA = "c0ffee00-0000-4000-8000-000000000001"
AMSTERDAM = "c0ffee00-0000-4000-8000-000000000101"
BOOKING = "c0ffee00-0000-4000-8000-000000000301"
NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"
EIGHT = datetime(2036, 12, 1, 20, 0, tzinfo=UTC)
TEN = datetime(2036, 12, 1, 22, 0, tzinfo=UTC)


def test_create_booking(piggy, sandbox):
    booking = services.create_booking(
        piggy, shop_uuid=AMSTERDAM, contact_uuid=MIRA, starts_at=EIGHT, number_of_people=3
    )
    assert (booking.contact.uuid, booking.starts_at) == (MIRA, EIGHT)
    (kept,) = [row for row in sandbox.bookings() if row["uuid"] == booking.uuid]
    assert kept["number_of_people"] == 3
    with pytest.raises(NotFound):
        services.create_booking(piggy, shop_uuid=AMSTERDAM, contact_uuid=NOBODY)


def test_update_booking(piggy, sandbox):
    booking = services.update_booking(
        piggy, booking_uuid=BOOKING, starts_at=EIGHT, ends_at=TEN, prepaid_amount=1040
    )
    assert (booking.uuid, booking.starts_at) == (BOOKING, EIGHT)
    (kept,) = [row for row in sandbox.bookings() if row["uuid"] == BOOKING]
    assert (kept["prepaid_amount"], kept["number_of_people"]) == (1040, 4)
    with pytest.raises(Rejected):
        services.update_booking(piggy, booking_uuid=NOBODY, status="completed")


def test_only_what_changed_is_sent(scripted, scripted_piggy):
    scripted.will(answers({"uuid": "b", "number_of_people": "4"}))
    booking = services.update_booking(scripted_piggy, booking_uuid="b", status=None, source="Phone")
    assert scripted.received[0].json == {"source": "Phone"}
    assert (booking.number_of_people, booking.prepaid_amount) == (4, None)


def test_a_booking_is_not_changed_twice(scripted, scripted_piggy):
    scripted.will(Script(status=504))
    with pytest.raises(OutcomeUnknown):
        services.update_booking(scripted_piggy, booking_uuid="b", source="Phone")
    assert len(scripted.received) == 1

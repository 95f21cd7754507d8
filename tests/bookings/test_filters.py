"""What goes on on a day, as the database tells and as Python does."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

from piggyadmin.bookings.filters import goes_on, going_on
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.ui.filters import beginning, end

DAY = date(2026, 11, 24)


def at(day: int, hour: int) -> datetime:
    return timezone.make_aware(datetime(2026, 11, day, hour))  # noqa: DTZ001  (made aware here)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (at(24, 0), None, True),
        (at(24, 23), at(25, 2), True),
        (at(23, 23), at(24, 1), True),
        (at(23, 23), at(24, 0), False),
        (at(23, 23), None, False),
        (at(25, 0), at(25, 1), False),
        (at(22, 0), at(27, 0), True),
        (at(24, 0) - timedelta(microseconds=1), at(24, 1), True),
        (None, at(24, 12), False),
    ],
)
def test_both_tell_the_same_of_a_day(begins, ends, expected):
    booking = SeenBooking.objects.create(starts_at=begins, ends_at=ends)
    found = going_on(SeenBooking.objects.all(), beginning(DAY), end(DAY))
    assert goes_on(booking, DAY) is found.exists() is expected

"""What the tests of bookings share."""

import pytest

from piggyadmin.bookings.models import SeenBooking
from tests.actions.samples import SAMPLES


@pytest.fixture
def booking(staff, sandbox):
    """Make a booking through the console, so that it has seen it."""
    staff.post("/actions/create-booking/", SAMPLES["create-booking"])
    return SeenBooking.objects.get()

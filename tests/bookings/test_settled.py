"""What is learned of a booking when a person says that a change of it was done after all."""

import pytest

from piggyadmin.ledger import reconciliation
from piggyadmin.ledger.models import Entry
from piggyadmin.piggy.client import piggy_client
from tests.actions.samples import SAMPLES, WHY
from tests.ledger.making import somebody

pytestmark = pytest.mark.django_db
LOST = {"kind": "drop_after", "path": "^bookings/"}


def settle(sandbox, *, is_done: bool) -> None:
    """Have a person decide about the last entry, whose answer was lost."""
    sandbox.faults()
    entry = Entry.objects.order_by("pk").last()
    seen = reconciliation.look(piggy_client(), entry)
    reconciliation.decide(entry, person=somebody(), is_done=is_done, why="Asked.", seen=seen)


@pytest.mark.parametrize(("is_done", "people"), [(True, 6), (False, 4)])
def test_what_was_sent_is_known_once_it_is_known_to_be_done(
    is_done, people, booking, staff, sandbox
):
    sandbox.faults(LOST)
    change = {"number_of_people": "6", "prepaid_amount": "12,50", "ends_at": "2030-04-01T21:00"}
    staff.post("/actions/update-bookings/", WHY | {"booking_uuid": booking.uuid} | change)
    booking.refresh_from_db()
    assert booking.number_of_people == 4
    settle(sandbox, is_done=is_done)
    booking.refresh_from_db()
    assert booking.number_of_people == people
    assert booking.prepaid_amount == (1250 if is_done else 1040)
    assert booking.ends_at.hour == (19 if is_done else 18)


def test_a_step_that_was_done_is_known_as_well(booking, staff, sandbox):
    sandbox.faults(LOST)
    staff.post("/actions/check-in-booking/", {"booking_uuid": booking.uuid})
    settle(sandbox, is_done=True)
    booking.refresh_from_db()
    assert booking.status == "in progress"
    assert booking.checked_in_at == Entry.objects.order_by("pk").last().created_at


def test_of_a_new_booking_nothing_is_known_by_which_it_could_be_changed(staff, sandbox):
    sandbox.faults({"kind": "drop_after", "path": "^bookings$"})
    staff.post("/actions/create-booking/", SAMPLES["create-booking"])
    settle(sandbox, is_done=True)
    assert staff.get("/bookings/all/").context["rows"] == []


def test_what_was_answered_since_counts_for_more(booking, staff, sandbox):
    sandbox.faults(LOST | {"times": 1})
    staff.post("/actions/cancel-booking/", {"booking_uuid": booking.uuid})
    entry = Entry.objects.get(action="cancel-booking")
    staff.post("/actions/complete-booking/", {"booking_uuid": booking.uuid})
    seen = reconciliation.look(piggy_client(), entry)
    reconciliation.decide(entry, person=somebody(), is_done=True, why="Asked.", seen=seen)
    booking.refresh_from_db()
    assert booking.status == "completed"

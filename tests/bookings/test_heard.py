"""Bookings that Piggy tells of, in whatever order and shape."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from piggyadmin.bookings.heard import learn_from_event
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import SavedBooking, remember
from piggyadmin.bookings.types import Booking
from piggyadmin.webhooks.heard import PiggyEvent
from piggyadmin.webhooks.models import DeliveryState

pytestmark = pytest.mark.django_db
State = DeliveryState
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
UUID = "c0ffee00-0000-4000-8000-000000000aaa"
MIRA = "c0ffee00-0000-4000-8000-000000000001"
TOLD = {
    "uuid": UUID,
    "contact": {"uuid": MIRA, "email": "mira@example.test"},
    "shop": {"uuid": "shop-1"},
    "starts_at": "2026-05-01T18:00:00+00:00",
    "number_of_people": 4,
    "status": "created",
}


def tell(thing, *, at=NOON, kind="booking_updated", nested=True):
    data = {"booking": thing} if nested else thing
    return learn_from_event(event=PiggyEvent(kind, {"type": kind, "data": data}, at))


def the_one() -> SeenBooking:
    return SeenBooking.objects.get()


def test_a_booking_that_nobody_here_made_is_known_from_then_on():
    assert tell(TOLD, kind="booking_created") is State.TAKEN
    seen = the_one()
    assert (seen.contact_uuid, seen.contact_email) == (MIRA, "mira@example.test")
    assert (seen.shop_uuid, seen.number_of_people, seen.status) == ("shop-1", 4, "created")
    assert seen.starts_at == datetime(2026, 5, 1, 18, tzinfo=UTC)
    assert seen.learned_from == SeenBooking.LearnedFrom.TOLD


@pytest.mark.parametrize("name", ["number_of_people", "prepaid_amount"])
@pytest.mark.parametrize(("told", "kept"), [(3 * 10**9, 3 * 10**9), (-1, -1), (10**30, None)])
def test_figures_that_no_shop_has_are_no_crash(name, told, kept):
    assert tell({**TOLD, name: told}) is State.TAKEN
    assert getattr(the_one(), name) == kept


@pytest.mark.parametrize(
    "shop",
    [
        {"shop_uuid": "shop-1"},
        {"business_profile": {"uuid": "shop-1"}},
        {"business_profile_uuid": "shop-1"},
    ],
)
def test_it_may_be_nested_or_not_and_its_shop_called_otherwise(shop):
    tell({**TOLD, "shop": None, **shop}, nested=False)
    assert the_one().shop_uuid == "shop-1"


def test_what_is_older_than_what_is_known_is_not_taken_in():
    tell({**TOLD, "status": "canceled"})
    late = tell(TOLD, at=NOON - timedelta(microseconds=1))
    assert late is State.OUTDATED
    assert the_one().status == "canceled"
    assert tell({**TOLD, "status": "completed"}, at=NOON + timedelta(seconds=1)) is State.TAKEN
    assert the_one().status == "completed"


def test_the_same_again_changes_nothing():
    tell(TOLD)
    before = SeenBooking.objects.values().get()
    assert tell(TOLD) is State.TAKEN
    after = SeenBooking.objects.values().get()
    assert {**before, "seen_at": None} == {**after, "seen_at": None}


def test_what_was_changed_here_is_newer_than_what_was_told_of_before():
    tell(TOLD, at=timezone.now() - timedelta(hours=2))
    sent = {"status": "in progress"}
    remember(UUID, SavedBooking(booking=Booking(uuid=UUID), sent=sent))
    assert tell(TOLD, at=timezone.now() - timedelta(hours=1)) is State.OUTDATED
    assert the_one().status == "in progress"
    # By another clock this may be after it.
    assert tell({**TOLD, "status": "completed"}, at=timezone.now()) is State.TAKEN


def test_what_is_told_to_be_empty_is_and_what_is_not_told_stays():
    tell({**TOLD, "checked_in_at": "2026-05-01T18:05:00+00:00", "company_name": "Bakery"})
    tell({"uuid": UUID, "checked_in_at": None, "number_of_people": "many"})
    seen = the_one()
    assert (seen.checked_in_at, seen.company_name, seen.number_of_people) == (None, "Bakery", 4)


def test_the_note_of_colleagues_stays():
    tell(TOLD)
    SeenBooking.objects.update(note="At the window")
    tell({**TOLD, "status": "completed"})
    assert the_one().note == "At the window"


def test_what_was_imported_by_another_number_is_the_same_one():
    SeenBooking.objects.create(external_id="R-7", note="At the window")
    tell({**TOLD, "external_id": "R-7"})
    assert (the_one().uuid, the_one().note) == (UUID, "At the window")


@pytest.mark.parametrize("thing", [None, [], {}, {"uuid": ""}, {"uuid": "x" * 300}])
def test_a_booking_without_a_name_is_none(thing):
    assert tell(thing) is State.NOTHING
    assert not SeenBooking.objects.exists()


def test_nonsense_is_kept_as_far_as_it_can_be():
    odd = {"status": "x" * 1000, "number_of_people": 10**30, "prepaid_amount": -5}
    assert tell({**TOLD, **odd}) is State.TAKEN
    seen = the_one()
    seen.refresh_from_db()
    assert len(seen.status) == 255
    assert (seen.number_of_people, seen.prepaid_amount) == (None, -5)


def test_other_events_are_none_of_its_business():
    assert learn_from_event(event=PiggyEvent("contact_updated", {"data": TOLD}, NOON)) is None

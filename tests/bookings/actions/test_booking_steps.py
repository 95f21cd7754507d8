"""Checking in, cancelling and completing: one press shows the booking, the next one does it."""

from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.bookings.actions.booking_step import BookingStep
from piggyadmin.bookings.listing import next_slugs
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.ledger.models import Entry, EntryState, Reason
from piggyadmin.ledger.operations import Verdict
from tests.ledger.making import make_entry
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
STEPS = {
    "cancel-booking": "canceled",
    "check-in-booking": "in progress",
    "complete-booking": "completed",
}


@pytest.mark.parametrize("slug", STEPS)
def test_one_press_shows_the_booking_and_the_next_one_does_it(slug, booking, staff, sandbox):
    action = get_action(slug)
    staff.get("/bookings/")  # which asks what the shop is called
    page = main_of(staff.get(action.url, {"booking_uuid": booking.uuid}).content.decode())
    assert isinstance(action, BookingStep)
    assert str(action.question) in page
    assert "Mon 1 Apr 2030 18:00 · mira.jansen@example.test · 4 p. · Amsterdam" in page
    assert sandbox.calls("PUT") == []
    response = staff.post(action.url, {"booking_uuid": booking.uuid})
    assert response.status_code == 302
    (after,) = [each for each in sandbox.bookings() if each["uuid"] == booking.uuid]
    booking.refresh_from_db()
    assert after["status"] == booking.status == STEPS[slug]
    assert booking.learned_from == SeenBooking.LearnedFrom.CHANGED
    assert (booking.checked_in_at is not None) == (slug == "check-in-booking")
    # All else is as it was.
    assert (booking.number_of_people, booking.shop_uuid) == (
        4,
        get_action("create-booking").sample["shop_uuid"],
    )


def test_what_was_done_already_is_told_before_it_is_done_again(booking, staff):
    for slug, words in {
        "cancel-booking": "it is like that already: Cancelled.",
        "check-in-booking": "They were checked in already on",
    }.items():
        staff.post(f"/actions/{slug}/", {"booking_uuid": booking.uuid})
        page = staff.get(f"/actions/{slug}/", {"booking_uuid": booking.uuid})
        assert words in main_of(page.content.decode())


def test_a_booking_that_nobody_has_seen_is_changed_all_the_same(staff, sandbox):
    uuid = sandbox.bookings()[0]["uuid"]
    page = staff.get("/actions/cancel-booking/", {"booking_uuid": uuid})
    assert "has not seen this booking before" in main_of(page.content.decode())
    staff.post("/actions/cancel-booking/", {"booking_uuid": uuid})
    assert SeenBooking.objects.get().status == "canceled"
    assert Entry.objects.get().data == {"booking_uuid": uuid}


def test_the_ledger_tells_of_which_hour_and_where(booking, staff):
    staff.post("/actions/complete-booking/", {"booking_uuid": booking.uuid})
    entry = Entry.objects.get(action="complete-booking")
    assert entry.data["starts_at"] == "2030-04-01T16:00:00Z"
    assert (entry.data["shop_uuid"], entry.data["is_today"]) == (booking.shop_uuid, False)
    assert [each.contact_uuid for each in entry.subjects.all()] == [booking.contact_uuid]
    labels = {name: str(get_action(entry.action).field_label(name)) for name in entry.data}
    assert list(labels.values()) == ["Booking", "Shop", "Starts at", "On the day itself"]


def test_what_is_lost_is_for_a_person_to_decide(booking, piggy):
    entry = make_entry(
        EntryState.UNKNOWN, slug="cancel-booking", data={"booking_uuid": booking.uuid}
    )
    finding = get_action("cancel-booking").read_back(piggy, entry)
    assert finding.verdict is Verdict.UNDECIDED
    assert ("Number of people", "4") in [(each.what, each.value) for each in finding.evidence]


# --- Taking back -------------------------------------------------------------------------------


def change(client, booking, **fields: str) -> None:
    """Change a booking by its form."""
    asked = {"booking_uuid": booking.uuid, "reason": Reason.CORRECTION, **fields}
    assert client.post("/actions/update-bookings/", asked).status_code == 302


def last_url() -> str:
    entry = Entry.objects.latest("pk")
    return f"/actions/{entry.action}/{entry.submission_key}/"


def taken_back(client, sandbox, booking) -> dict[str, Any]:
    """Press undo on the outcome of what was done last, send its form, and give the booking."""
    page = main_of(client.get(last_url()).content.decode())
    undo = f"/actions/update-bookings/?undo={Entry.objects.latest('pk').submission_key}"
    assert undo in page
    form = client.get(undo).context["form"]
    change(client, booking, **{name: form[name].value() or "" for name in form.fields})
    booking.refresh_from_db()
    return next(each for each in sandbox.bookings() if each["uuid"] == booking.uuid)


@pytest.mark.parametrize("slug", STEPS)
def test_a_step_by_mistake_is_taken_back_from_its_outcome(slug, booking, staff, sandbox):
    change(staff, booking, status="confirmed", note="Window")
    staff.post(f"/actions/{slug}/", {"booking_uuid": booking.uuid})
    after = taken_back(staff, sandbox, booking)
    assert after["status"] == booking.status == "confirmed"
    assert (booking.note, after["number_of_people"]) == ("Window", 4)
    assert Entry.objects.latest("pk").reason == Reason.CORRECTION


def test_who_was_checked_in_by_mistake_can_be_checked_in_later(booking, staff, sandbox):
    change(staff, booking, status="created")
    staff.post("/actions/check-in-booking/", {"booking_uuid": booking.uuid})
    taken_back(staff, sandbox, booking)
    assert next_slugs(booking) == ["check-in-booking", "cancel-booking"]


def test_it_is_offered_on_the_page_of_the_booking_and_not_once_it_is_another_one(
    booking, staff, support, sandbox
):
    url = f"/bookings/{booking.uuid}/"
    assert "?undo=" not in main_of(staff.get(url).content.decode())
    change(staff, booking, status="created")
    staff.post("/actions/cancel-booking/", {"booking_uuid": booking.uuid})
    assert "?undo=" in main_of(staff.get(url).content.decode())
    assert "?undo=" not in main_of(support.get(url).content.decode())
    SeenBooking.objects.update(status="completed")
    assert "?undo=" not in main_of(staff.get(url).content.decode())
    assert "?undo=" not in main_of(staff.get(last_url()).content.decode())


def test_what_had_no_status_cannot_have_none_again(booking, staff):
    staff.post("/actions/cancel-booking/", {"booking_uuid": booking.uuid})
    assert "?undo=" not in main_of(staff.get(last_url()).content.decode())


def test_a_change_is_taken_back_as_a_whole(booking, staff, sandbox):
    fields = {"starts_at": "2030-04-02T19:00", "ends_at": "2030-04-02T21:00"}
    fields |= {"number_of_people": "6", "prepaid_amount": "20"}
    change(staff, booking, **fields)
    before = {"starts_at": "2030-04-01T16:00:00+00:00", "ends_at": "2030-04-01T18:00:00+00:00"}
    after = taken_back(staff, sandbox, booking)
    assert {name: after[name] for name in before} == before
    assert (after["number_of_people"], after["prepaid_amount"]) == (4, 1040)


def test_a_change_of_what_was_empty_cannot_be_taken_back(booking, staff):
    change(staff, booking, company_name="Bakery", number_of_people="5")
    assert "?undo=" not in main_of(staff.get(last_url()).content.decode())

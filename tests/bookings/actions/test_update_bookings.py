"""Changing bookings: only what differs is sent."""

from datetime import UTC, datetime, timedelta

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.bookings import services
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from tests.actions.samples import WHY
from tests.drawn import DrawnForm
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
URL = "/actions/update-bookings/"


def sent(sandbox):
    return sandbox.calls("PUT")


def test_it_is_not_taken_over_by_a_later_change(booking, staff):
    staff.post(URL, WHY | {"booking_uuid": booking.uuid, "number_of_people": "6"})
    booking.refresh_from_db()
    assert (booking.number_of_people, booking.external_id) == (6, "")


def test_first_step_fills_the_form(booking, staff):
    page = staff.get(URL, {"booking_uuid": booking.uuid}).content.decode()
    assert 'value="2030-04-01T18:00"' in page
    assert 'value="10.40"' in page
    assert "cannot be changed" in page


def test_only_what_differs_is_sent(booking, staff, sandbox):
    form = {
        "booking_uuid": booking.uuid,
        "starts_at": "2030-04-01T18:00",
        "ends_at": "2030-04-01T20:30",
        "number_of_people": "4",
        "prepaid_amount": "10.40",
    }
    response = staff.post(URL, WHY | form)
    page = staff.get(response["Location"]).content.decode()
    assert "Saved" in page
    after = next(b for b in sandbox.bookings() if b["uuid"] == booking.uuid)
    assert after["number_of_people"] == 4
    entry = staff.get("/").content.decode()
    assert "Change a booking" in entry
    booking.refresh_from_db()
    assert booking.ends_at.isoformat() == "2030-04-01T18:30:00+00:00"


def test_nothing_different_is_told(booking, staff, sandbox):
    page = staff.post(URL, WHY | {"booking_uuid": booking.uuid, "number_of_people": "4"})
    assert "Nothing is different" in page.content.decode()
    assert sent(sandbox) == []


def test_emptying_is_refused(booking, staff, sandbox):
    form = {"booking_uuid": booking.uuid, "number_of_people": "", "status": "canceled"}
    assert "no way to empty" in staff.post(URL, WHY | form).content.decode()
    assert sent(sandbox) == []


def test_end_before_start_is_refused(booking, staff, sandbox):
    form = {
        "booking_uuid": booking.uuid,
        "starts_at": "2030-04-01T18:00",
        "ends_at": "2030-04-01T17:00",
    }
    assert "before the start" in staff.post(URL, WHY | form).content.decode()
    assert sent(sandbox) == []


def test_pasted_booking_sends_what_was_filled_in(staff, sandbox):
    uuid = sandbox.bookings()[0]["uuid"]
    page = staff.get(URL, {"booking_uuid": uuid}).content.decode()
    assert "has not seen this booking before" in page
    staff.post(URL, WHY | {"booking_uuid": uuid, "status": "canceled"})
    after = next(b for b in sandbox.bookings() if b["uuid"] == uuid)
    assert after["status"] == "canceled"
    assert SeenBooking.objects.get().status == "canceled"


def test_unknown_booking_is_told(staff, sandbox):
    form = {"booking_uuid": "c0ffee00-0000-4000-8000-0000000000ff", "status": "canceled"}
    page = staff.post(URL, WHY | form).content.decode()
    assert "does not have this record" in page
    assert not SeenBooking.objects.exists()


def as_drawn(page) -> dict[str, str]:
    """Give what a browser sends of a form that nobody touched."""
    form = page.context["form"]
    shown = {bound.html_name: bound.field.widget.format_value(bound.value()) for bound in form}
    shown |= {
        bound.html_initial_name: str(bound.value() or "")
        for bound in form
        if bound.field.show_hidden_initial
    }
    return {name: value or "" for name, value in shown.items() if not isinstance(value, list)}


@pytest.fixture
def put(monkeypatch):
    """Give what is sent to change bookings."""
    sent, update = [], services.update_booking

    def record(piggy, **given):
        sent.append(given)
        return update(piggy, **given)

    monkeypatch.setattr(services, "update_booking", record)
    return sent


ODD = datetime(2020, 10, 25, 1, 30, 59, tzinfo=UTC)  # long ago, in the hour that came twice


def test_times_that_were_not_touched_are_neither_sent_nor_refused(booking, staff, put):
    SeenBooking.objects.update(starts_at=ODD, ends_at=ODD + timedelta(seconds=20))
    form = as_drawn(staff.get(URL, {"booking_uuid": booking.uuid}))
    assert form["starts_at"] == "2020-10-25T02:30"
    response = staff.post(URL, WHY | form | {"number_of_people": "5"})
    assert response.status_code == 302
    assert put == [{"booking_uuid": booking.uuid, "number_of_people": 5}]


def test_a_time_that_another_changed_meanwhile_is_left_alone(booking, staff, put):
    form = as_drawn(staff.get(URL, {"booking_uuid": booking.uuid}))
    SeenBooking.objects.update(starts_at=booking.starts_at - timedelta(hours=1))
    staff.post(URL, WHY | form | {"status": "completed"})
    assert put == [{"booking_uuid": booking.uuid, "status": "completed"}]


def test_a_time_that_was_touched_is_looked_at(booking, staff, sandbox):
    form = as_drawn(staff.get(URL, {"booking_uuid": booking.uuid}))
    page = staff.post(URL, WHY | form | {"starts_at": "2020-04-01T18:00"}).content.decode()
    assert "in the past" in page
    assert sent(sandbox) == []


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("number_of_people", 0),
        ("number_of_people", 20_000),
        ("prepaid_amount", -1040),
        ("company_name", "a\x07b"),
        ("external_id", "R\u200b1"),
        ("source", " till\n1 "),
    ],
)
def test_nothing_that_was_not_touched_is_sent_or_refused(booking, staff, put, name, stored):
    SeenBooking.objects.update(**{name: stored})
    page = staff.get(URL, {"booking_uuid": booking.uuid}).content.decode()
    form = DrawnForm(page.partition('id="action"')[2]).sent | {"status": ["completed"], **WHY}
    assert staff.post(URL, form).status_code == 302
    assert put == [{"booking_uuid": booking.uuid, "status": "completed"}]


def test_a_uuid_is_the_same_in_any_capitals(booking, staff, put):
    page = staff.post(URL, {"step": "look_up", "booking_uuid": booking.uuid.upper()})
    assert 'value="10.40"' in page.content.decode()
    staff.post(URL, WHY | {"booking_uuid": booking.uuid.upper(), "status": "completed"})
    assert put == [{"booking_uuid": booking.uuid, "status": "completed"}]


def test_a_lost_change_shows_what_was_known(booking, piggy):
    entry = make_entry(
        EntryState.UNKNOWN,
        slug="update-bookings",
        data={"booking_uuid": booking.uuid, "number_of_people": 6},
    )
    finding = get_action("update-bookings").read_back(piggy, entry)
    assert finding.verdict is Verdict.UNDECIDED
    shown = {each.what: (each.value, each.fits) for each in finding.evidence}
    assert shown["Number of people"] == ("4", None)


def test_a_note_alone_is_kept_here_and_piggy_is_not_told(booking, staff, sandbox):
    seen_at = booking.seen_at
    form = as_drawn(staff.get(URL, {"booking_uuid": booking.uuid}))
    assert staff.post(URL, WHY | form | {"note": "By the window"}).status_code == 302
    booking.refresh_from_db()
    assert (booking.note, booking.seen_at, sent(sandbox)) == ("By the window", seen_at, [])
    form = as_drawn(staff.get(URL, {"booking_uuid": booking.uuid}))
    assert form["note"] == "By the window"
    staff.post(URL, WHY | form | {"note": ""})
    booking.refresh_from_db()
    assert booking.note == ""


def test_moving_it_beside_another_one_of_the_customer_needs_a_yes(booking, staff, put):
    SeenBooking.objects.create(
        uuid="another",
        contact_uuid=booking.contact_uuid,
        starts_at=booking.starts_at + timedelta(hours=5),
    )
    form = as_drawn(staff.get(URL, {"booking_uuid": booking.uuid}))
    moved = WHY | form | {"ends_at": "2030-04-01T23:30"}
    page = staff.post(URL, moved)
    assert "another booking then" in page.content.decode()
    assert put == []
    yes = {"agreed_starts_at": page.context["form"].doubts["starts_at"].typed}
    assert staff.post(URL, moved | yes).status_code == 302


def test_what_it_was_before_is_called_so():
    change = get_action("update-bookings")
    assert str(change.field_label("before")) == "Before"
    assert str(change.field_label("status")) != "Before"

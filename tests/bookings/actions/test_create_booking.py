"""Making bookings, which Piggy cannot be asked for later."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import describe, known_details
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
URL = "/actions/create-booking/"


def test_made_booking_is_remembered(booking):
    assert booking.number_of_people == 4
    assert booking.prepaid_amount == 1040
    assert booking.contact_email == "mira.jansen@example.test"
    assert known_details(booking.uuid)["prepaid_amount"] == 1040
    assert "mira.jansen@example.test" in describe(booking)
    assert str(booking) == booking.uuid


def test_a_booking_without_a_number_carries_the_consoles(booking, sandbox):
    """It is Piggy's to keep, and stands neither in our lists nor in our forms."""
    (made,) = [each for each in sandbox.bookings() if each["uuid"] == booking.uuid]
    entry = Entry.objects.get()
    assert made["external_id"] == str(entry.submission_key)
    assert (booking.external_id, "external_id" in known_details(booking.uuid)) == ("", False)


def test_a_persons_own_number_stays(staff, sandbox):
    staff.post(URL, SAMPLES["create-booking"] | {"external_id": "R-100"})
    booking = SeenBooking.objects.get()
    (made,) = [each for each in sandbox.bookings() if each["uuid"] == booking.uuid]
    assert (made["external_id"], booking.external_id) == ("R-100", "R-100")
    assert own_reference.written(Entry.objects.get()) is None


def test_a_lost_booking_says_by_which_number_it_is_found(staff, sandbox, piggy):
    sandbox.faults({"kind": "drop_after", "path": "^bookings$"})
    staff.post(URL, SAMPLES["create-booking"])
    sandbox.faults()
    entry = Entry.objects.get()
    first, *_ = get_action(entry.action).read_back(piggy, entry).evidence
    assert (first.what, first.value) == ("Its number at Piggy", str(entry.submission_key))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"starts_at": "2020-04-01T18:00", "ends_at": ""}, "This is in the past: 1 Apr 2020."),
        ({"starts_at": "", "ends_at": ""}, "This booking has no start."),
        ({"number_of_people": "4471"}, "4,471 is unusual"),
        ({"prepaid_amount": "104712"}, "104,712 is unusual"),
    ],
)
def test_what_is_unusual_needs_a_yes(changed, words, staff, sandbox):
    form = SAMPLES["create-booking"] | changed
    field, typed = next(iter(changed.items()))
    page = staff.post(URL, form).content.decode()
    assert words in page
    assert f'name="agreed_{field}"' in page
    assert not SeenBooking.objects.exists()
    assert staff.post(URL, form | {f"agreed_{field}": "10"}).status_code == 200
    assert staff.post(URL, form | {f"agreed_{field}": typed or "yes"}).status_code == 302
    assert SeenBooking.objects.exists()


@pytest.mark.parametrize("typed", ["0026-04-01T18:00", "2200-04-01T18:00"])
def test_a_year_that_nobody_means_is_refused(typed, staff, sandbox):
    form = SAMPLES["create-booking"] | {"starts_at": typed, "agreed_starts_at": typed}
    assert "This cannot be right" in staff.post(URL, form).content.decode()
    assert not SeenBooking.objects.exists()


def test_a_start_that_is_wrong_is_not_taken_for_none(staff, sandbox):
    page = staff.post(URL, SAMPLES["create-booking"] | {"starts_at": "soon"})
    assert list(page.context["form"].errors) == ["starts_at"]
    assert "This booking has no start." not in page.content.decode()


def test_a_lost_booking_with_a_number_of_its_own_shows_no_other(piggy):
    entry = make_entry(EntryState.UNKNOWN, slug="create-booking", data={}, contact="somebody")
    finding = get_action(entry.action).read_back(piggy, entry)
    assert (finding.verdict, list(finding.evidence)) == (Verdict.UNDECIDED, [])


def test_where_it_is_and_its_note_are_remembered_and_the_note_stays_here(staff, sandbox):
    staff.post(URL, SAMPLES["create-booking"] | {"note": "By the window"})
    booking = SeenBooking.objects.get()
    assert (booking.note, booking.learned_from) == ("By the window", "made")
    assert booking.shop_uuid == SAMPLES["create-booking"]["shop_uuid"]
    assert "window" not in str(sandbox.bookings())
    # The ledger's chain holds nothing that is personal.
    assert "window" not in str(Entry.objects.get().data)


def test_another_booking_of_the_customer_at_that_time_needs_a_yes(staff, sandbox):
    staff.post(URL, SAMPLES["create-booking"])
    form = SAMPLES["create-booking"] | {"starts_at": "2030-04-01T19:00", "ends_at": ""}
    page = main_of(staff.post(URL, form).content.decode())
    assert "This customer has another booking then: Mon 1 Apr 2030 18:00" in page
    assert SeenBooking.objects.count() == 1
    staff.post(URL, form | {"agreed_starts_at": form["starts_at"]})
    assert SeenBooking.objects.count() == 2


def test_of_somebody_who_is_not_there_no_other_booking_is_looked_for(staff, sandbox):
    form = SAMPLES["create-booking"] | {"contact_uuid": "nobody@example.test"}
    assert list(staff.post(URL, form).context["form"].errors) == ["contact_uuid"]
    assert not SeenBooking.objects.exists()


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"starts_at": "2030-04-01T20:00", "ends_at": ""}, "created"),
        ({"starts_at": "2030-04-01T16:00", "ends_at": "2030-04-01T18:00"}, "created"),
        ({"contact_uuid": seed.DUPLICATE_EMAIL}, "created"),
        ({}, "Cancelled"),
    ],
)
def test_what_only_touches_it_or_is_somebody_elses_is_no_clash(changed, status, staff, sandbox):
    staff.post(URL, SAMPLES["create-booking"])
    SeenBooking.objects.update(status=status)
    form = SAMPLES["create-booking"] | {"number_of_people": "5"} | changed
    assert staff.post(URL, form).status_code == 302


def test_the_statuses_are_offered_and_other_words_are_taken(staff, sandbox):
    page = staff.get(URL).content.decode()
    assert '<option value="in progress">In progress</option>' in page
    staff.post(URL, SAMPLES["create-booking"] | {"status": "waiting list"})
    assert SeenBooking.objects.get().status == "waiting list"

"""Pages of bookings: the day and the week by shop, all that are known, and one of them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.sandbox import seed
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
WEB_SHOP = "c0ffee00-0000-4000-8000-000000000102"


def seen(number: int = 1, starts_at: str = "2030-04-01T18:00", **values) -> SeenBooking:
    """Have the console know of a booking; its times are those of the shop's clock."""
    values = {"shop_uuid": seed.AMSTERDAM_UUID, "number_of_people": number, **values}
    ends_at = values.pop("ends_at", None)
    return SeenBooking.objects.create(
        uuid=values.pop("uuid", f"b0000000-0000-4000-8000-{number:012d}"),
        starts_at=datetime.fromisoformat(starts_at).replace(tzinfo=AMSTERDAM)
        if starts_at
        else None,
        ends_at=datetime.fromisoformat(ends_at).replace(tzinfo=AMSTERDAM) if ends_at else None,
        **values,
    )


def shown(client, url: str, **query: str) -> list[int]:
    """Give the numbers of the bookings that a page shows, in its order."""
    context = client.get(url, query).context
    groups = context.get("groups")
    rows = context["rows"] if groups is None else [row for each in groups for row in each.rows]
    return [row.booking.number_of_people for row in rows]


def test_a_day_shows_its_bookings_by_shop_and_time(support, sandbox):
    seen(1, "2030-04-01T20:00")
    seen(2, "2030-04-01T18:00")
    seen(3, "2030-04-01T12:00", shop_uuid=WEB_SHOP)
    seen(4, "2030-04-02T00:00")
    response = support.get("/bookings/", {"day": "2030-04-01"})
    assert [(g.heading, len(g.rows)) for g in response.context["groups"]] == [
        ("Amsterdam", 2),
        ("Web shop", 1),
    ]
    assert shown(support, "/bookings/", day="2030-04-01") == [2, 1, 3]
    assert shown(support, "/bookings/", day="2030-04-01", shop_uuid=WEB_SHOP) == [3]


def test_today_is_shown_first_and_leads_to_the_next_day_with_a_booking(support, sandbox):
    today = timezone.localtime().replace(tzinfo=None, hour=0, minute=0).isoformat()
    seen(1, today)
    assert shown(support, "/bookings/") == [1]
    seen(2, "2030-04-05T10:00")
    page = support.get("/bookings/", {"day": "2030-04-01"})
    assert "?day=2030-04-05" in main_of(page.content.decode())


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "days"),
    [
        ("2030-04-01T23:00", "2030-04-02T01:00", {"2030-04-01", "2030-04-02"}),
        ("2030-04-01T23:00", "2030-04-02T00:00", {"2030-04-01"}),
        ("2030-04-02T00:00", None, {"2030-04-02"}),
        # The clocks go forward on the 31st, and back on the 27th of October.
        ("2030-03-31T23:59", None, {"2030-03-31"}),
        ("2030-10-27T23:59", None, {"2030-10-27"}),
        ("2030-10-28T00:00", None, {"2030-10-28"}),
    ],
)
def test_midnight_and_the_days_on_which_the_clock_changes(
    starts_at, ends_at, days, support, sandbox
):
    seen(1, starts_at, ends_at=ends_at)
    begin = datetime.fromisoformat(starts_at).date()
    around = [str(begin + timedelta(days=each)) for each in (-1, 0, 1)]
    assert {day for day in around if shown(support, "/bookings/", day=day)} == days


def test_the_hour_that_comes_twice_says_which_one_it_is(support, sandbox):
    first = datetime(2030, 10, 27, 2, 30, tzinfo=AMSTERDAM)
    seen(1, "", uuid="one")
    seen(2, "", uuid="two")
    SeenBooking.objects.filter(uuid="one").update(starts_at=first)
    SeenBooking.objects.filter(uuid="two").update(starts_at=first.replace(fold=1))
    response = support.get("/bookings/", {"day": "2030-10-27"})
    assert [row.when for row in response.context["groups"][0].rows] == ["02:30 CEST", "02:30 CET"]


def test_times_say_another_day_only_where_it_is_one(support, sandbox):
    seen(1, "2030-04-01T18:00", ends_at="2030-04-01T20:00")
    seen(2, "2030-04-01T23:00", ends_at="2030-04-02T01:00")
    rows = support.get("/bookings/", {"day": "2030-04-01"}).context["groups"][0].rows
    assert [row.when for row in rows] == ["18:00 – 20:00", "23:00 – 2 Apr 2030 01:00"]  # noqa: RUF001


def test_a_week_begins_on_monday_and_shows_each_day(support, sandbox):
    seen(1, "2030-04-01T00:00")
    seen(2, "2030-04-07T23:59")
    seen(3, "2030-03-31T23:59")
    seen(4, "2030-04-08T00:00")
    response = support.get("/bookings/week/", {"day": "2030-04-03"})
    assert [len(group.rows) for group in response.context["groups"]] == [1, 0, 0, 0, 0, 0, 1]
    assert shown(support, "/bookings/week/", day="2030-04-03") == [1, 2]
    assert response.context["form"].chips() == [("day", "Week of: 3 Apr 2030")]


def test_all_are_listed_by_contact_status_and_time(support, sandbox):
    seen(1, "2030-04-01T18:00", contact_uuid=seed.MIRA_UUID, status="created")
    seen(2, "2030-05-01T18:00", contact_uuid=seed.MIRA_UUID, status="canceled")
    seen(3, "2030-06-01T18:00", contact_uuid=seed.DUPLICATE_UUID, status="Created")
    seen(4, "")
    url = "/bookings/all/"
    assert shown(support, url) == [3, 2, 1, 4]
    assert shown(support, url, sort="people") == [1, 2, 3, 4]
    assert shown(support, url, contact_uuid=seed.MIRA_UUID) == [2, 1]
    assert shown(support, url, status="created") == [3, 1]
    assert shown(support, url, since="2030-05-01", until="2030-05-01") == [2]
    assert shown(support, url, since="soon") == []


def test_the_filter_is_posted_and_an_address_stays_out_of_the_address(support, sandbox):
    response = support.post("/bookings/all/", {"contact_uuid": seed.MIRA_EMAIL})
    assert response["Location"].startswith("/bookings/all/?stored=")
    response = support.post("/bookings/", {"day": "2030-04-01", "shop_uuid": "", "status": ""})
    assert response["Location"] == "/bookings/?day=2030-04-01"


def test_pages_stand_while_piggy_is_away(support, sandbox):
    seen(1)
    sandbox.faults({"kind": "status", "status": 503})
    for url in ("/bookings/", "/bookings/week/"):
        assert shown(support, url, day="2030-04-01") == [1]


def test_the_file_holds_what_the_filter_leaves_and_no_formula(support, sandbox):
    seen(1, note="=1+1")
    seen(2, "2031-04-01T18:00")
    response = support.get("/bookings/csv/", {"until": "2030-12-31"})
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert lines[0].startswith('\ufeff"uuid","external_id"')
    assert '"\'=1+1"' in lines[1]
    assert '"Amsterdam","2030-04-01T18:00+02:00"' in lines[1]


def test_what_can_be_done_now_opens_in_place_with_the_booking_filled_in(staff, support, sandbox):
    booking = seen(1)
    url = f"/bookings/{booking.uuid}/"
    steps = {
        f"/actions/{slug}-booking/?booking_uuid={booking.uuid}" for slug in ("check-in", "cancel")
    }
    assert {address for _action, address in staff.get(url).context["steps"]} == steps
    assert support.get(url).context["steps"] == []
    page = staff.get("/bookings/", {"day": "2030-04-01"}).content.decode()
    assert all(f'href="{step}"' in page for step in steps)


@pytest.mark.parametrize(
    ("values", "slugs"),
    [
        ({"status": "in progress"}, ["complete-booking", "cancel-booking"]),
        ({"checked_in_at": timezone.now()}, ["complete-booking", "cancel-booking"]),
        ({"status": "Cancelled"}, []),
        ({"status": "COMPLETED"}, []),
        ({"uuid": "", "external_id": "R-1"}, []),
    ],
)
def test_only_what_makes_sense_is_offered(values, slugs, staff, sandbox):
    booking = seen(1, **values)
    steps = staff.get(f"/bookings/{booking.key}/").context["steps"]
    assert [action.slug for action, _url in steps] == slugs


def test_a_booking_says_since_when_and_from_what_it_is_known(support, sandbox):
    booking = seen(1, note="<b>window</b>", learned_from="imported")
    page = main_of(support.get(f"/bookings/{booking.uuid}/").content.decode())
    assert "Last known just now" in page
    assert ", imported." in page
    assert "&lt;b&gt;window" in page


def test_a_booking_is_found_in_any_capitals_and_by_another_number(support, sandbox):
    booking, other = seen(1), seen(2, uuid="", external_id="R-7")
    response = support.get(f"/bookings/{booking.uuid.upper()}/")
    assert response["Location"] == f"/bookings/{booking.uuid}/"
    assert support.get("/bookings/R-7/").context["booking"] == other
    assert support.get("/bookings/R-8/").status_code == 404


def test_its_entries_are_shown_to_those_who_read_the_ledger(booking, admin, support):
    admin.post("/actions/cancel-booking/", {"booking_uuid": booking.uuid})
    page = main_of(admin.get(f"/bookings/{booking.uuid}/").content.decode())
    assert (
        "cancelled mira.jansen@example.test&#x27;s booking of 1 Apr 2030 18:00 at Amsterdam" in page
    )
    assert support.get(f"/bookings/{booking.uuid}/").context["entries"] is None


def test_two_bookings_of_a_customer_at_once_are_marked(support, sandbox):
    mira = {"contact_uuid": seed.MIRA_UUID}
    seen(1, "2030-04-01T18:00", ends_at="2030-04-01T20:00", **mira)
    seen(2, "2030-04-01T19:00", **mira)
    seen(3, "2030-04-01T19:00", contact_uuid=seed.DUPLICATE_UUID)
    seen(4, "2030-04-01T20:00", **mira)
    seen(5, "2030-04-01T18:30", status="canceled", **mira)
    rows = support.get("/bookings/", {"day": "2030-04-01"}).context["groups"][0].rows
    assert {row.booking.number_of_people for row in rows if row.has_clash} == {1, 2}
    first = SeenBooking.objects.get(number_of_people=1)
    assert support.get(f"/bookings/{first.uuid}/").context["clash"].number_of_people == 2


def test_the_address_of_a_new_booking_takes_what_is_known(staff, sandbox):
    response = staff.get("/bookings/new/", {"contact_uuid": seed.MIRA_UUID})
    assert response["Location"] == f"/actions/create-booking/?contact_uuid={seed.MIRA_UUID}"
    assert staff.get("/bookings/new/")["Location"] == "/actions/create-booking/"

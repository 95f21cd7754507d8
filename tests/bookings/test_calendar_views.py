"""The calendar of a shop at its secret address."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from piggyadmin.bookings.calendar_views import MOST_REQUESTS
from piggyadmin.bookings.models import CalendarFeed, SeenBooking
from piggyadmin.sandbox import seed

pytestmark = pytest.mark.django_db
URL = "/bookings/calendars/"


def address(admin) -> str:
    """Make an address, as an admin does, and give its path."""
    page = admin.post(URL, {"shop_uuid": seed.AMSTERDAM_UUID}).content.decode()
    found = re.search(r"<code>https?://[^/]+(/bookings/calendar/[\w-]{43}\.ics)</code>", page)
    assert found
    return found[1]


def booked(**values) -> None:
    starts_at = timezone.now() + timedelta(days=1)
    SeenBooking.objects.create(
        **{"shop_uuid": seed.AMSTERDAM_UUID, "starts_at": starts_at} | values
    )


def test_it_shows_that_shop_alone_without_signing_in(admin, sandbox):
    path = address(admin)
    booked(uuid="a", number_of_people=3)
    booked(uuid="b", number_of_people=7, shop_uuid="another")
    booked(uuid="c", number_of_people=8, starts_at=None)
    booked(uuid="d", number_of_people=9, starts_at=timezone.now() - timedelta(days=40))
    before = len(sandbox.calls())
    response = Client().get(path)
    text = response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in response["Cache-Control"]
    assert text.count("BEGIN:VEVENT") == 1
    assert "3 people" in text
    assert "LOCATION:Amsterdam" in text
    assert len(sandbox.calls()) == before


def test_the_secret_is_kept_nowhere(admin, sandbox):
    secret = address(admin).removeprefix("/bookings/calendar/").removesuffix(".ics")
    (feed,) = CalendarFeed.objects.values()
    assert not any(secret in str(value) for value in feed.values())
    assert secret not in admin.get(URL).content.decode()


def test_renewing_ends_the_address_before(admin, sandbox):
    first, second = address(admin), address(admin)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    assert CalendarFeed.objects.count() == 1
    admin.post(URL, {"shop_uuid": seed.AMSTERDAM_UUID, "end": "1"})
    assert Client().get(second).status_code == 404


@pytest.mark.parametrize("secret", ["x", "a" * 43, "-" * 500])
def test_a_wrong_secret_leads_nowhere(secret, db):
    assert Client().get(f"/bookings/calendar/{secret}.ics").status_code == 404


def test_it_is_only_read(admin, sandbox):
    assert Client().post(address(admin)).status_code == 405


def test_too_many_requests_from_one_place_are_told_to_wait(admin, sandbox):
    path = address(admin)
    answers = {
        Client().get("/bookings/calendar/wrong.ics").status_code for _ in range(MOST_REQUESTS)
    }
    assert answers == {404}
    refused = Client().get(path)
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 300


def test_only_a_shop_that_there_is_gets_one(admin, staff, sandbox):
    assert admin.post(URL, {"shop_uuid": "nowhere"}).status_code == 404
    assert staff.post(URL, {"shop_uuid": seed.AMSTERDAM_UUID}).status_code == 403
    assert not CalendarFeed.objects.exists()


def test_while_piggy_is_away_none_is_made(admin, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    for page in (admin.get(URL), admin.post(URL, {"shop_uuid": seed.AMSTERDAM_UUID})):
        assert "being maintained" in page.content.decode()
    assert not CalendarFeed.objects.exists()

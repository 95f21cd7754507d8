"""What was stored of bookings by an earlier version, and is brought up to date with the console."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.sandbox import seed
from tests.bookings.test_calendar_views import address

pytestmark = pytest.mark.django_db
MOMENTS = ("starts_at", "ends_at", "checked_in_at", "as_of")
LAST = datetime.max.replace(tzinfo=UTC)
FIRST = datetime.min.replace(tzinfo=UTC)


def into_calendar() -> None:
    import_module("piggyadmin.bookings.migrations.0005_in_calendar").into_calendar(apps, None)


@pytest.mark.parametrize("moment", [LAST, FIRST], ids=["last", "first"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_ends_of_the_calendar_close_no_page(moment, zone, settings, admin, sandbox):
    settings.TIME_ZONE = zone
    values = dict.fromkeys(MOMENTS, moment) | {"contact_uuid": seed.MIRA_UUID}
    SeenBooking.objects.create(uuid="far", shop_uuid=seed.AMSTERDAM_UUID, **values)
    feed = address(admin)
    into_calendar()
    for page in ("/bookings/", "/bookings/week/", "/bookings/all/", "/bookings/far/"):
        assert admin.get(page).status_code == 200
    assert b"far" in admin.get("/bookings/all/").content
    assert admin.get("/bookings/csv/").getvalue().count(b"far") == 1
    assert Client().get(feed).status_code == 200
    timeline = admin.get(f"/contacts/{seed.MIRA_UUID}/timeline/", {"kind": "bookings"})
    assert b"/bookings/far/" in timeline.content


def test_all_others_stay_as_they_are():
    known = {"starts_at": datetime(2030, 4, 1, 18, tzinfo=UTC), "ends_at": None}
    booking = SeenBooking.objects.create(uuid="usual", **known)
    into_calendar()
    booking.refresh_from_db()
    assert {name: getattr(booking, name) for name in known} == known

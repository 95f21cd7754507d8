"""When mails are due, by the clock on the wall, across its changes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from piggyadmin.saved_views.due_times import Rhythm, next_due

DAILY, WEEKLY, MONTHLY = (Rhythm(each, 8, 0, 31) for each in ("daily", "weekly", "monthly"))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due(rhythm: Rhythm, after: str) -> str:
    return next_due(rhythm, at(after)).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("rhythm", "after", "next_one"),
    [
        (DAILY, "2026-01-05 06:59", "2026-01-05 07:00"),
        (DAILY, "2026-01-05 07:00", "2026-01-06 07:00"),
        (DAILY, "2026-01-05 23:30", "2026-01-06 07:00"),
        (WEEKLY, "2026-01-05 07:00", "2026-01-12 07:00"),
        (WEEKLY, "2026-01-07 12:00", "2026-01-12 07:00"),
        (MONTHLY, "2026-01-31 07:00", "2026-02-28 07:00"),
        (MONTHLY, "2028-02-01 00:00", "2028-02-29 07:00"),
        (MONTHLY._replace(month_day=30), "2026-03-30 07:00", "2026-04-30 06:00"),
    ],
)
def test_the_next_one(rhythm, after, next_one):
    assert due(rhythm, after) == next_one


def test_the_hour_on_the_wall_stays_when_clocks_change():
    assert due(DAILY, "2026-03-28 12:00") == "2026-03-29 06:00"
    assert due(DAILY, "2026-10-24 12:00") == "2026-10-25 07:00"


def test_an_hour_that_is_left_out_and_one_that_comes_twice():
    early = DAILY._replace(hour=2)
    assert due(early, "2026-03-28 12:00") == "2026-03-29 01:00"
    assert due(early, "2026-03-29 01:00") == "2026-03-30 00:00"
    assert due(early, "2026-10-24 12:00") == "2026-10-25 00:00"
    assert due(early, "2026-10-25 00:00") == "2026-10-26 01:00"


@pytest.mark.parametrize(("rhythm", "number"), [(DAILY, 365), (WEEKLY, 52), (MONTHLY, 12)])
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
def test_a_year_has_as_many_as_it_should(rhythm, number, hour):
    rhythm, moment, times = rhythm._replace(hour=hour), at("2025-12-31 23:30"), set()
    while (moment := next_due(rhythm, moment)) < at("2026-12-31 22:59"):
        times.add(moment)
        days = {each.astimezone(ZoneInfo("Europe/Amsterdam")).date() for each in times}
    assert abs(len(times) - number) <= 1
    assert len(days) == len(times)


def test_another_time_zone(settings):
    settings.TIME_ZONE = "America/New_York"
    assert due(DAILY, "2026-01-05 07:00") == "2026-01-05 13:00"

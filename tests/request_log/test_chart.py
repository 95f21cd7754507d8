"""The charts: the figures of each hour, and where they are drawn."""

import re
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from piggyadmin.request_log.chart import HOURS, Hour, draw, last_hours
from piggyadmin.request_log.models import LoggedCall, hour_of
from piggyadmin.ui.chart import HEIGHT, WIDTH
from tests.request_log.conftest import call

pytestmark = pytest.mark.django_db


def test_a_day_without_calls():
    hours = last_hours()
    assert len(hours) == HOURS
    assert all((h.calls, h.errors, h.median, h.slowest) == (0, 0, None, None) for h in hours)
    chart = draw(hours)
    assert (chart.calls, chart.errors, chart.median_line, chart.slowest_line) == (0, 0, "", "")


@pytest.mark.parametrize("number", [1, 2, 3, 19, 20, 21, 100])
def test_the_median_and_the_95_percent_time(number):
    for seconds in range(number, 0, -1):
        call(seconds=float(seconds))
    last = last_hours()[-1]
    assert last.calls == number
    assert last.median == -(-number * 50 // 100)
    assert last.slowest == -(-number * 95 // 100)


def test_calls_fall_into_their_hours():
    call()
    call(ago=timedelta(hours=1), error="Unreachable", status=None)
    call(ago=timedelta(hours=1), error="NotFound", status=404)
    call(ago=timedelta(hours=HOURS - 1))
    call(ago=timedelta(hours=HOURS))
    call(ago=timedelta(hours=-2))  # from a machine whose clock is ahead
    hours = last_hours()
    assert [h.calls for h in hours] == [1, *[0] * (HOURS - 3), 2, 1]
    assert [h.errors for h in hours][-2:] == [1, 0]
    assert hour_of(hours[-1].starts_at) == hour_of(timezone.now())


def test_hours_that_are_over_are_worked_out_once():
    call(ago=timedelta(hours=5))
    assert last_hours()[-6].calls == 1
    call(ago=timedelta(hours=5))
    call(ago=timedelta(hours=1))
    call()
    hours = last_hours()
    assert (hours[-6].calls, hours[-2].calls, hours[-1].calls) == (1, 1, 1)


def test_what_is_drawn_stays_inside():
    now = timezone.now()
    hours = [Hour(now, calls=n * 7, errors=n, median=n / 9, slowest=n / 3) for n in range(HOURS)]
    chart = draw(hours)
    for bar, errors in zip(chart.bars, chart.error_bars, strict=True):
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert bar.y + bar.height == pytest.approx(HEIGHT)
        assert errors.y >= bar.y >= 0
    numbers = [float(text) for text in re.findall(r"[\d.]+", chart.slowest_line)]
    assert all(0 <= x <= WIDTH for x in numbers[::2])
    assert all(0 <= y <= HEIGHT for y in numbers[1::2])
    assert chart.slowest_line.count("M") == 1


def test_the_line_is_interrupted_where_nothing_was_called():
    now = timezone.now()
    medians = [None, 0.5, 0.5, None, 0.5, *[None] * (HOURS - 5)]
    assert draw([Hour(now, median=m) for m in medians]).median_line.count("M") == 2


def test_the_drawing_is_read_out_and_stands_in_a_table(auditor):
    call()
    call(error="Maintenance", status=503)
    page = auditor.get("/requests/").content.decode()
    drawings = re.findall(r"<svg viewBox.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 2
    for drawing in drawings:
        svg = ET.fromstring(drawing)  # noqa: S314  (our own)
        assert svg.get("role") == "img"
        assert [title.get("id") for title in svg.iter("title")] == [svg.get("aria-labelledby")]
        assert "style" not in drawing
        assert "script" not in drawing
    assert "2 calls, 1 of which failed" in page
    assert page.count("<tr>") > HOURS


def test_in_dutch_the_drawing_has_points_as_decimals(auditor):
    call()
    page = auditor.get("/requests/", headers={"Accept-Language": "nl"}).content.decode()
    coordinates = re.findall(r'(?:x|y|width|height)="([^"]*)"', page)
    assert coordinates
    assert not any("," in text for text in coordinates)


def test_a_filtered_list_has_no_chart(auditor):
    assert auditor.get("/requests/", {"only": "slow"}).context["chart"] is None
    assert LoggedCall.objects.count() == 0

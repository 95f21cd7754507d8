"""The figures: per month, and how often people agreed."""

import re
from datetime import date, datetime, timedelta
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from piggyadmin.duplicates.models import Decision, DecisionKind, MergeRun
from piggyadmin.duplicates.review import decisions, statistics
from piggyadmin.duplicates.review.statistics import MONTHS, agreement, charts, last_months
from tests.duplicates.pairs import make_pair, reviewer

pytestmark = pytest.mark.django_db
# Already December in the shop's time zone.
TODAY = datetime.fromisoformat("2026-11-30T23:30:00+00:00")


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda: date(2026, 12, 1))


def merge(at: datetime, status=MergeRun.Status.DONE, **report) -> None:
    MergeRun.objects.create(
        survivor="a",
        contacts=2,
        person=reviewer(f"merger{uuid4().hex}"),
        person_name="Noor",
        submission_key=uuid4(),
        status=status,
        finished_at=at,
        report=report,
    )


def test_twelve_months_the_present_one_last():
    months = last_months()
    assert [month.begins_on for month in months][:2] == [date(2026, 1, 1), date(2026, 2, 1)]
    assert months[-1].begins_on == date(2026, 12, 1)
    assert len(months) == MONTHS
    assert all((m.found, m.merged, m.dismissed, m.put_off, m.credits) == (0,) * 5 for m in months)


def test_everything_falls_into_its_month_of_the_shop():
    for at in (TODAY, TODAY - timedelta(hours=1), TODAY - timedelta(days=400)):
        make_pair(found_at=at)
    merge(TODAY, credits_reunited=30)
    merge(TODAY, credits_reunited=12)
    merge(TODAY - timedelta(days=40), credits_reunited=None)
    merge(TODAY, status=MergeRun.Status.STOPPED, credits_reunited=1000)
    november, december = last_months()[-2:]
    assert (december.found, november.found) == (1, 1)
    assert (december.merged, december.credits) == (2, 42)
    assert [month.merged for month in last_months()][-3:] == [1, 0, 2]


def test_decisions_are_counted_unless_taken_back():
    noor, pairs = reviewer("noor"), [make_pair() for _ in range(4)]
    decisions.dismiss(pairs[0], noor)
    decisions.dismiss(pairs[1], noor)
    decisions.undo(noor)
    for pair in pairs[2:]:
        decisions.put_off(pair, noor, until=decisions.tomorrow())
    decisions.keep(pairs[3], DecisionKind.MERGE, noor)
    Decision.objects.update(at=TODAY)
    december = last_months()[-1]
    assert (december.dismissed, december.put_off) == (1, 1)


def test_how_often_people_agreed():
    noor = reviewer("noor")
    for probability, kind in (
        (0.995, "merge"),
        (0.99, "merge"),
        (0.991, "dismiss"),
        (0.97, "dismiss"),
        (0.3, "merge"),
        (None, "merge"),
    ):
        decision = decisions.keep(make_pair(), DecisionKind(kind), noor)
        Decision.objects.filter(pk=decision.pk).update(probability=probability)
    bands = agreement()
    assert [(b.begins, b.ends) for b in bands] == [
        (99, 100),
        (95, 99),
        (90, 95),
        (75, 90),
        (50, 75),
        (0, 50),
    ]
    assert [(b.merged, b.dismissed, b.agreed) for b in bands] == [
        (2, 1, 67),
        (0, 1, 0),
        (0, 0, None),
        (0, 0, None),
        (0, 0, None),
        (1, 0, 100),
    ]


def test_a_quiet_month_does_not_look_wild():
    make_pair(found_at=TODAY)
    found = charts(last_months())[0]
    assert (found.total, found.most) == (1, 1)
    assert found.bars[-1].height == pytest.approx(found.height / statistics.LEAST)


def test_the_page_draws_them_and_has_them_as_tables(admin):
    make_pair(found_at=TODAY)
    merge(TODAY, credits_reunited=30)
    response = admin.get("/duplicates/figures/")
    page = response.content.decode()
    drawings = re.findall(r"<svg viewBox=\"0 0 480.*?</svg>", page, re.DOTALL)
    assert len(drawings) == 5
    for drawing in drawings:
        svg = ET.fromstring(drawing)  # noqa: S314  (our own)
        assert [title.get("id") for title in svg.iter("title")] == [svg.get("aria-labelledby")]
        assert "style" not in drawing
    assert "Credits reunited: 30 in twelve months" in " ".join(page.split())
    assert page.count("<tr>") == 2 + MONTHS + 6
    assert "December 2026" in page


def test_the_page_is_for_those_who_review(staff):
    assert staff.get("/duplicates/figures/").status_code == 403

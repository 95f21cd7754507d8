"""What an answer's `Date` tells of Piggy's clock."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from piggyadmin.piggy import clock
from piggyadmin.piggy.client import PiggyClient

NOON = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def nothing_known():
    clock.forget()
    yield
    clock.forget()


def told(date: str | None, *, sent=NOON, took=SECOND) -> clock.Difference:
    clock.learn("a", date, sent_at=sent, received_at=sent + took)
    return clock.difference("a")


def date_of(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


@pytest.mark.parametrize("minutes", [-2, 0, 2, 30])
def test_what_an_answer_tells_is_true_within_its_time(minutes):
    ahead = timedelta(minutes=minutes)
    found = told(date_of(NOON + ahead))
    assert found.least <= ahead <= found.most
    assert found.most - found.least == 2 * SECOND
    assert found.is_trusted is (minutes < 10)


def test_a_slow_answer_does_not_blur_what_a_quick_one_told():
    quick = told(date_of(NOON))
    assert told(date_of(NOON + 20 * SECOND), took=40 * SECOND) == quick


def test_a_clock_that_was_set_is_learned_anew():
    told(date_of(NOON))
    found = told(date_of(NOON + timedelta(hours=1)))
    assert found.least <= timedelta(hours=1) <= found.most


@pytest.mark.parametrize("date", [None, "", "yesterday", "Tue, 99 Jan 2030 12:00:00 GMT"])
def test_an_answer_without_a_date_tells_nothing(date):
    assert told(date) == clock.NONE
    assert clock.NONE.is_trusted


def test_a_date_without_a_zone_is_in_utc():
    assert told("Tue, 01 Jan 2030 12:00:00").least == -SECOND


def test_accounts_have_clocks_of_their_own():
    told(date_of(NOON + timedelta(hours=1)))
    assert clock.difference("b") == clock.NONE


def test_every_answer_tells(piggy: PiggyClient):
    piggy.get("shops")
    found = clock.difference(piggy.account)
    assert found != clock.NONE
    assert found.least <= timedelta() <= found.most

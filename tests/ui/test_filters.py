"""Filters that say in words what they leave."""

from datetime import date, timedelta

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from piggyadmin.ui.dates import FILTER, DayField
from piggyadmin.ui.filters import (
    StatedFilter,
    beginning,
    end,
    without_place,
)

pytestmark = pytest.mark.django_db


class Filter(StatedFilter):
    name = forms.CharField(label="Name", required=False)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any"), ("a", "Apple")])
    since = DayField(kind=FILTER, label="From", required=False)
    until = DayField(kind=FILTER, label="Up to", required=False)
    is_red = forms.BooleanField(label="Red only", required=False)


def test_nothing_filtered():
    assert Filter({}).words() == "Everything, newest first."
    assert Filter({}).values == {}


def test_every_kind_of_field_in_words():
    form = Filter({"name": "x", "kind": "a", "since": "2026-12-03", "is_red": "on"})
    words = "Only this, newest first: Name: x · Kind: Apple · From: 3 Dec 2026 · Red only."
    assert form.words() == words


def test_a_wrong_filter_leaves_nothing():
    form = Filter({"name": "x", "kind": "pear"})
    assert form.words() == "Nothing: correct the filter first."
    assert form.values == {"name": "x"}


@pytest.mark.parametrize(("until", "errors"), [("2026-12-02", ["until"]), ("2026-12-03", [])])
def test_a_last_day_before_the_first_one_is_refused(until, errors):
    form = Filter({"since": "2026-12-03", "until": until})
    assert list(form.errors) == errors


def test_each_thing_that_narrows_a_list_has_a_chip():
    form = Filter({"name": "x", "is_red": "on", "kind": ""})
    assert form.chips() == [("name", "Name: x"), ("is_red", "Red only")]


def test_what_is_seldom_needed_is_folded_away_unless_it_is_on():
    class Folded(Filter):
        further = frozenset({"kind"})

    assert [field.name for field in Folded({}).further_fields] == ["kind"]
    assert "kind" not in [field.name for field in Folded({}).bar_fields]
    assert not Folded({"name": "x"}).shows_further
    assert Folded({"kind": "a"}).shows_further
    assert Folded({"kind": "pear"}).shows_further  # there is something to mend


def test_a_cross_takes_one_field_out(staff):
    answer = staff.post("/styleguide/", {"status": "ACTIVE", "is_red": "on", "without": "status"})
    assert answer["Location"] == "/styleguide/?is_red=on"


def test_a_filter_without_the_place_of_a_page():
    assert without_place(QueryDict("a=1&after=5&b=2&b=3")) == "a=1&b=2&b=3"


# --- Days ------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31"])
def test_a_day_outside_all_time_is_refused(day):
    with pytest.raises(ValidationError, match="from 1 Jan 1900 to 31 Dec 2999"):
        DayField(kind=FILTER).clean(day)


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2026, 3, 29), date(2999, 12, 31)])
def test_a_day_begins_and_ends_at_midnight_in_the_shop(day):
    assert DayField(kind=FILTER).clean(day.isoformat()) == day
    assert timezone.localtime(beginning(day)).isoformat()[:16] == f"{day}T00:00"
    assert timezone.localtime(end(day)).date() == day + timedelta(days=1)

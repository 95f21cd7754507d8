"""Days and moments that people enter."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import override

from piggyadmin.ui.dates import (
    BIRTH,
    BOOKING,
    EXPIRATION,
    FILTER,
    RECORD,
    VALIDITY,
    DayField,
    MomentField,
)

# The last Sundays of October and March 2030, when clocks change in Amsterdam.
TWICE = "2030-10-27T02:30"
NEVER = "2030-03-31T02:30"


def refusal(field, value) -> str:
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return " ".join(caught.value.messages)


class Sample(forms.Form):
    at = MomentField(kind=BOOKING, label="At", required=False)
    born = DayField(kind=BIRTH, label="Born", required=False)


class Stored(Sample):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("at", "born"):
            field: Any = self.fields[name]
            field.show_stored()


@pytest.mark.parametrize("kind", [BIRTH, RECORD, BOOKING, VALIDITY, EXPIRATION, FILTER])
class TestEveryKind:
    @pytest.mark.parametrize("typed", ["0026-03-28", "0084-01-01", "9999-12-31", "0001-01-01"])
    def test_a_year_that_nobody_means(self, kind, typed):
        assert "This cannot be right: enter a date from" in refusal(DayField(kind=kind), typed)
        field = MomentField(kind=kind)
        assert "This cannot be right: enter a date from" in refusal(field, f"{typed}T12:00")

    def test_a_usual_day(self, kind):
        today = timezone.localdate()
        assert DayField(kind=kind).clean(today.isoformat()) == today
        assert kind.doubt(today) == ""

    def test_years_have_four_figures(self, kind):
        with override("nl"):
            assert refusal(DayField(kind=kind), "26-03-28")
            assert refusal(DayField(kind=kind), "28-03-26")


def test_nobody_is_born_in_the_future_or_before_anybody_alive():
    field = DayField(kind=BIRTH)
    assert field.clean("1984-05-12") == date(1984, 5, 12)
    assert field.clean("1900-01-01") == date(1900, 1, 1)
    tomorrow = timezone.localdate() + timedelta(days=1)
    for typed in ("2084-05-12", "1884-05-12", tomorrow.isoformat()):
        assert "enter a date from" in refusal(field, typed)


@pytest.mark.parametrize(
    ("kind", "days", "words"),
    [
        (BOOKING, -2, "in the past"),
        (BOOKING, -1, ""),
        (BOOKING, 5 * 365, ""),
        (BOOKING, 11 * 366, "years ahead"),
        (VALIDITY, -32, "in the past"),
        (VALIDITY, -30, ""),
        (VALIDITY, 21 * 366, "years ahead"),
        (EXPIRATION, -32, ""),
        (BIRTH, -10, ""),
        (FILTER, -5000, ""),
    ],
)
def test_what_is_unusual(kind, days, words):
    day = timezone.localdate() + timedelta(days=days)
    said = kind.doubt(day)
    assert words in said
    assert bool(words) == bool(said)
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    assert kind.doubt(noon) == said


class TestTheHourThatComesTwice:
    def test_it_is_not_guessed_and_can_be_chosen(self):
        form = Sample(QueryDict(f"at={TWICE}"))
        assert "twice that night" in form.errors["at"][0]
        html = str(form["at"])
        assert "the first 02:30 (UTC+02:00)" in html
        assert "the second 02:30 (UTC+01:00)" in html
        assert f'value="{TWICE}"' in html
        assert "selected" not in html

    @pytest.mark.parametrize(("fold", "hour"), [("0", 0), ("1", 1)])
    def test_the_chosen_one_is_meant_and_stays_chosen(self, fold, hour):
        form = Sample(QueryDict(f"at={TWICE}&at_fold={fold}"))
        assert form.is_valid(), form.errors
        assert form.cleaned_data["at"] == datetime(2030, 10, 27, hour, 30, tzinfo=UTC)
        html = str(form["at"])
        assert f'<option value="{fold}" selected' in html
        assert f'value="{TWICE}"' in html

    @pytest.mark.parametrize("fold", ["", "2", "x"])
    def test_a_choice_that_is_none(self, fold):
        html = str(Sample(QueryDict(f"at={TWICE}&at_fold={fold}"))["at"])
        (wrong,) = re.findall(r'<\w+[^>]*aria-invalid="true"[^>]*>', html)
        assert wrong.startswith('<select name="at_fold"')
        assert "id_at_error" in wrong

    def test_a_choice_left_over_from_another_time_counts_for_nothing(self):
        form = Sample(QueryDict("at=2030-10-27T04:30&at_fold=1"))
        assert form.is_valid()
        assert form.cleaned_data["at"] == datetime(2030, 10, 27, 3, 30, tzinfo=UTC)
        assert "<select" not in str(form["at"])

    def test_what_is_stored_shows_which_it_is(self):
        html = str(Sample(initial={"at": datetime(2030, 10, 27, 1, 30, tzinfo=UTC)})["at"])
        assert '<option value="1" selected' in html

    def test_an_offset_says_it_too(self):
        form = Sample(QueryDict(f"at={TWICE}%2B01:00"))
        assert form.is_valid()
        assert form.cleaned_data["at"] == datetime(2030, 10, 27, 1, 30, tzinfo=UTC)


def test_the_hour_that_does_not_exist_is_refused_with_the_reason():
    form = Sample(QueryDict(f"at={NEVER}"))
    assert "leaves this time out" in form.errors["at"][0]
    assert "<select" not in str(form["at"])


@pytest.mark.parametrize("typed", ["soon", "2030-13-01T10:00", "2030-02-30T10:00", "2030-01-01T25"])
def test_what_is_no_moment(typed):
    assert "valid date" in Sample(QueryDict(f"at={typed}")).errors["at"][0]


def posted_as_shown(form, **changed) -> QueryDict:
    """Give what a browser would send of a form that was drawn, with some fields changed."""
    data = QueryDict(mutable=True)
    for bound in form:
        data[bound.html_name] = bound.field.widget.format_value(bound.value()) or ""
        data[bound.html_initial_name] = str(bound.value() or "")
        assert f'name="{bound.html_initial_name}"' in str(bound)
    data.update(changed)
    return data


class TestWhatIsStored:
    odd = [
        datetime(2020, 5, 1, 10, 30, 59, tzinfo=UTC),
        datetime(26, 5, 1, 10, 30, tzinfo=UTC),
        datetime(2030, 10, 27, 1, 30, 7, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
    ]

    @pytest.mark.parametrize("stored", odd)
    def test_an_untouched_moment_comes_back_exactly(self, stored):
        form = Stored(posted_as_shown(Stored(initial={"at": stored})))
        assert form.is_valid(), form.errors
        assert form.cleaned_data["at"] in {stored, str(stored)}

    @pytest.mark.parametrize("stored", ["0084-01-01", "2084-01-01", "May 1991", "1991-02-31"])
    def test_an_untouched_day_is_not_refused(self, stored):
        form = Stored(posted_as_shown(Stored(initial={"born": stored})))
        assert form.is_valid(), form.errors
        assert str(form.cleaned_data["born"]) == stored

    def test_a_touched_one_is_looked_at(self):
        shown = Stored(initial={"born": "0084-01-01", "at": self.odd[0]})
        form = Stored(posted_as_shown(shown, born="0085-01-01", at=NEVER))
        assert set(form.errors) == {"born", "at"}

    def test_the_other_of_two_hours_is_a_change(self):
        shown = Stored(initial={"at": self.odd[2]})
        form = Stored(posted_as_shown(shown, at_fold="0"))
        assert form.is_valid()
        assert form.cleaned_data["at"] == datetime(2030, 10, 27, 0, 30, tzinfo=UTC)

    def test_what_is_stored_stays_beside_it_when_it_is_shown_again(self):
        first = posted_as_shown(Stored(initial={"at": self.odd[0]}), at=NEVER)
        again = str(Stored(first)["at"])
        assert str(self.odd[0]) in again
        assert f'value="{NEVER}"' in again

    def test_only_a_field_that_shows_what_is_stored_believes_it(self):
        assert not Sample(QueryDict("born=0084-01-01&initial-born=0084-01-01")).is_valid()


@pytest.mark.parametrize("typed", ["03/04/1990", "12/31/1990", "03-04-26", "3/4/90"])
def test_what_can_be_two_days_is_not_read_as_one(typed):
    """A browser sends the year first; elsewhere months stand before days, and here they do not."""
    assert refusal(DayField(kind=BIRTH), typed) == "Enter a valid date."
    assert refusal(MomentField(kind=RECORD), f"{typed} 10:00") == "Enter a valid date/time."

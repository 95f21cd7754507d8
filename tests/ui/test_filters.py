"""Filters that say in words what they leave."""

from django import forms
from django.http import QueryDict

from piggyadmin.ui.dates import FILTER, DayField
from piggyadmin.ui.filters import StatedFilter, without_place


class Filter(StatedFilter):
    name = forms.CharField(label="Name", required=False)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any"), ("a", "Apple")])
    since = DayField(kind=FILTER, label="From", required=False)
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


def test_a_filter_without_the_place_of_a_page():
    assert without_place(QueryDict("a=1&after=5&b=2&b=3")) == "a=1&b=2&b=3"

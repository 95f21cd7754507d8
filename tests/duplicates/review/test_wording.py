"""Certainty and evidence in words and figures."""

import pytest
from django.utils.translation import override

from piggyadmin.duplicates.review.evidence import Point
from piggyadmin.duplicates.review.wording import (
    bar_length,
    certainty_words,
    for_and_against,
    per_cent,
    weight_words,
)


@pytest.mark.parametrize(
    ("probability", "words", "figures"),
    [
        (1.0, "practically certain", "99.9 %"),
        (0.9999, "practically certain", "99.9 %"),
        (0.9949, "practically certain", "99.4 %"),
        (0.99, "practically certain", "99.0 %"),
        (0.9899, "very likely", "98 %"),
        (0.93, "likely", "93 %"),
        (0.5, "possible", "50 %"),
        (0.29, "doubtful", "29 %"),
        (0.0, "doubtful", "0 %"),
    ],
)
def test_certainty_is_never_rounded_up(probability, words, figures):
    assert str(certainty_words(probability)[0]) == words
    assert per_cent(probability) == figures


def test_figures_in_dutch():
    with override("nl"):
        assert per_cent(0.9949) == "99,4 %"


@pytest.mark.parametrize(
    ("bits", "words"),
    [
        (12.0, "speaks very strongly for it"),
        (5.0, "speaks strongly for it"),
        (2.5, "speaks for it"),
        (0.3, "speaks a little for it"),
        (-0.3, "speaks a little against it"),
        (-3.0, "speaks against it"),
        (-7.0, "speaks strongly against it"),
        (-20.0, "speaks very strongly against it"),
    ],
)
def test_how_loud_evidence_is(bits, words):
    assert str(weight_words(Point("code", "words", bits))) == words


@pytest.mark.parametrize(("bits", "length"), [(0.0, 2), (8.0, 50), (-8.0, 50), (400.0, 100)])
def test_how_long_its_bar_is(bits, length):
    assert bar_length(Point("code", "words", bits)) == length


def test_evidence_is_parted_the_loudest_first():
    points = [Point("", "", bits) for bits in (1.0, -2.0, 3.0, -4.0, 0.0)]
    candidates = for_and_against(points)
    assert [[point.bits for point in candidate] for candidate in candidates] == [
        [3.0, 1.0, 0.0],
        [-4.0, -2.0],
    ]

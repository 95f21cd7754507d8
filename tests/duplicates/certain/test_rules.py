"""What makes a pair certain."""

import pytest

from piggyadmin.duplicates.certain.rules import LEAST, RULES, Precision, find_rule
from piggyadmin.duplicates.review.evidence import Point
from tests.duplicates.certain.making import OTHER_MAIL, SAME_BIRTH, SAME_PHONE

EITHER, BIRTH_DATE, BOTH = RULES


@pytest.mark.parametrize(
    ("evidence", "fitting"),
    [
        ([SAME_PHONE, SAME_BIRTH], [EITHER, BIRTH_DATE, BOTH]),
        ([SAME_PHONE, SAME_BIRTH, OTHER_MAIL], [EITHER, BIRTH_DATE, BOTH]),
        ([SAME_BIRTH], [EITHER, BIRTH_DATE]),
        ([SAME_PHONE], [EITHER]),
        ([Point("first-same", "same first name", 20.0)], []),
        ([SAME_PHONE, SAME_BIRTH, Point("first-other", "first names differ", -0.1)], []),
        ([], []),
    ],
)
def test_what_holds(evidence, fitting):
    assert [rule for rule in RULES if rule.holds(LEAST, evidence)] == fitting


def test_nothing_that_is_less_sure():
    assert not EITHER.holds(LEAST - 0.0001, [SAME_PHONE, SAME_BIRTH])


def test_found_by_its_name():
    assert find_rule("both") is BOTH
    with pytest.raises(KeyError):
        find_rule("all")


def test_each_was_measured():
    for rule in RULES:
        assert rule.measured.share > 0.99
        assert rule.measured.pairs > 10_000


def test_measurements_add_up():
    both = Precision(10, 9).plus(Precision(30, 29))
    assert (both.pairs, both.wrong, both.share) == (40, 2, 0.95)
    assert Precision(0, 0).share == 0

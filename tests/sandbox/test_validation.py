from datetime import UTC, datetime

import pytest

from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.validation import Given, clean, to_boolean, to_integer, to_moment, to_number


def test_strings_are_trimmed_and_empty_ones_are_nothing():
    assert clean({" a ": " b ", "c": " ", "d": [" e "]}) == {"a": "b", "c": None, "d": ["e"]}


@pytest.mark.parametrize("value", ["a\x00", "\ud800", float("inf"), [[float("nan")]]])
def test_what_no_database_holds_is_refused(value):
    with pytest.raises(ApiError) as refusal:
        Given({"a": value})
    assert refusal.value.errors == {"input": ["The input holds characters that are not allowed."]}


def test_nesting_has_an_end():
    value: list[object] = []
    for _ in range(100):
        value = [value]
    with pytest.raises(ApiError):
        Given({"a": value})


@pytest.mark.parametrize(
    ("value", "expected"),
    [("5", 5), (5.0, 5), ("-1", -1), (1.5, None), ("ten", None), (True, None), (10**12, None)],
)
def test_integers(value, expected):
    assert to_integer(value) == expected


@pytest.mark.parametrize("value", ["10,40", "NaN", "1e99", None, True, "x" * 1000])
def test_what_is_no_number(value):
    assert to_number(value) is None


@pytest.mark.parametrize(("value", "expected"), [(1, True), ("no", False), ("ja", None)])
def test_booleans(value, expected):
    assert to_boolean(value) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-04T09:30:00+02:00", datetime(2026, 3, 4, 7, 30, tzinfo=UTC)),
        ("2026-03-04T09:30", datetime(2026, 3, 4, 9, 30, tzinfo=UTC)),
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC)),
        ("2026-02-30", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("now", None),
        (5, None),
    ],
)
def test_moments(value, expected):
    assert to_moment(value) == expected


def test_all_that_is_wrong_is_said_at_once():
    given = Given({"a": "x" * 300, "b": [1], "c": "3", "d": "z", "e": 9, "f": "x", "g": 5})
    given.text("a")
    given.text("b")
    given.integer("c", 5)
    given.choice("d", ("x", "y"))
    given.optional_integer("e", most=8)
    given.mapping("f")
    assert given.text("g") == "5"
    given.integer("h")
    given.choice("i", ("x",))
    given.items("f")
    with pytest.raises(ApiError) as refusal:
        given.check()
    assert set(refusal.value.errors) == {"a", "b", "c", "d", "e", "f", "h", "i"}


def test_maps_and_lists():
    given = Given({"a": [{"name": "plu", "value": 1}], "b": {"0": "x"}, "c": [1]})
    assert given.mapping("a") == {"plu": 1}
    assert given.items("b") == ["x"]
    assert given.items("none") == []
    assert given.mapping("c") == {}
    with pytest.raises(ApiError):
        given.check()

"""Answers in every shape that the API's documents, its SDK and others have seen."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any

import pytest

from piggyadmin.piggy.client import Envelope
from piggyadmin.piggy.errors import Malformed, OutcomeUnknown
from piggyadmin.piggy.types import (
    MOST_PAGES,
    Answer,
    Decimalish,
    Lenient,
    Many,
    Moment,
    Option,
    Options,
    Page,
    Text,
    Whole,
    YesNo,
    every_item,
    without_none,
)


class Part(Answer):
    name: Text = None


class Thing(Answer):
    essential = ("uuid",)

    uuid: Text = None
    count: Whole = None
    amount: Decimalish = None
    is_on: YesNo = None
    at: Moment = None
    part: Annotated[Part | None, Lenient] = None
    parts: Annotated[list[Part], Many] = []
    options: Options = []


def thing(**values: Any) -> Thing:
    return Thing.model_validate(values)


# --- Values ----------------------------------------------------------------------------------


@pytest.mark.parametrize("field", Thing.model_fields)
@pytest.mark.parametrize(
    "value", [None, [], {}, "", "?", [[]], {"a": {}}, -1, 1e400, True, object()]
)
def test_no_value_of_the_wrong_kind_breaks_an_answer(field, value):
    others = {"uuid": "u-1", "count": 3}
    read = thing(**(others | {field: value}))
    kept = {name: getattr(read, name) for name in others if name != field}
    assert kept == {name: others[name] for name in kept}


def test_what_is_missing_is_none_and_what_is_unknown_is_left_out():
    empty = thing(surprise=1)
    assert (empty.uuid, empty.count, empty.part, empty.parts) == (None, None, None, [])
    assert not hasattr(empty, "surprise")


@pytest.mark.parametrize(
    ("value", "read"), [("a", "a"), (12, "12"), (1.5, "1.5"), (True, "true"), (False, "false")]
)
def test_texts(value, read):
    assert thing(uuid=value).uuid == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        *((3, 3), ("3", 3), (3.0, 3), ("-3", -3), (3.5, None), ("", None)),
        *((-(2**53), -(2**53)), (10**25, None), (-(10**400), None), ("9" * 400, None)),
    ],
)
def test_whole_numbers(value, read):
    assert thing(count=value).count == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        *((10.4, 10.4), ("10.4", 10.4), (10, 10.0), ("x", None), (-(2.0**53), -(2.0**53))),
        *((float("nan"), None), (float("inf"), None), ("-Infinity", None), (1e30, None)),
    ],
)
def test_decimals(value, read):
    assert thing(amount=value).amount == read


@pytest.mark.parametrize(
    ("value", "read"), [(True, True), (0, False), ("1", True), ("false", False), ("maybe", None)]
)
def test_yes_or_no(value, read):
    assert thing(is_on=value).is_on is read


NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-03-04T12:00:00+00:00", NOON),
        ("2026-03-04T14:00:00+02:00", NOON.astimezone(timezone(timedelta(hours=2)))),
        ("2026-03-04T12:00:00.000000Z", NOON),
        ("2026-03-04, 12:00", NOON),
        ("2026-03-04T12:00:00", NOON),
        (NOON, NOON),
        ("4 March", None),
        (1_772_625_600, None),
    ],
)
def test_moments(value, read):
    assert thing(at=value).at == read


@pytest.mark.parametrize(
    "value",
    [
        "9999-12-31T23:59:59+00:00",
        "9999-12-31T23:59:59-14:00",
        "9999-12-31, 23:59",
        "0001-01-01T00:00:00+00:00",
        "0001-01-01T00:00:00+14:00",
    ],
)
@pytest.mark.parametrize("hours", [-12, 0, 14])
def test_no_moment_is_beyond_the_calendar_of_any_zone(value, hours):
    """What never ends often ends in the last second there is, which is none to the east."""
    read = thing(at=value).at
    there = read.astimezone(timezone(timedelta(hours=hours)))
    assert abs(there.year - int(value[:4])) <= 1


def test_objects_and_lists_of_them():
    assert thing(part={"name": "a"}).part == Part(name="a")
    assert thing(part=[]).part is None
    several = [{"name": "a"}, "no object", None, {"name": ["odd"]}]
    assert thing(parts=several).parts == [Part(name="a"), Part()]
    assert thing(parts={"0": {"name": "a"}, "2": {"name": "b"}}).parts == [
        Part(name="a"),
        Part(name="b"),
    ]
    assert thing(parts={"name": "a"}).parts == []


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ([{"label": "Red", "value": "r", "default": True}], [("Red", "r", True)]),
        ([{"name": "Red", "value": "r"}], [("Red", "r", None)]),
        ([{"label": "Red"}], [("Red", "Red", None)]),
        ({"r": "Red", "g": "Green"}, [("Red", "r", None), ("Green", "g", None)]),
        ({"0": {"label": "Red", "value": "r"}}, [("Red", "r", None)]),
        (["Red", 42], [("Red", "Red", None), ("42", "42", None)]),
        ([{"label": "Yes", "value": True}], [("Yes", "true", None)]),
        ([], []),
        (None, []),
        ("Red", []),
    ],
)
def test_options(value, read):
    options = thing(options=value).options
    assert [(option.label, option.value, option.default) for option in options] == read


def test_answers_can_be_stored_and_read_again():
    before = thing(uuid="u", at="2026-03-04, 12:00", options=["Red"], parts=[{"name": "a"}])
    assert Thing.model_validate_json(before.model_dump_json()) == before
    assert Thing.model_validate(before.model_dump(mode="json")) == before
    assert before.options == [Option(label="Red", value="Red")]


# --- Envelopes -------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [None, [], [{"uuid": "u"}], "u", 3, True, {}, {"uuid": ""}])
def test_something_else_than_the_object_is_refused(data):
    with pytest.raises(Malformed):
        Envelope(data=data).one(Thing)
    with pytest.raises(OutcomeUnknown) as caught:
        Envelope(data=data, is_write=True, trace_id="t", status=200).one(Thing)
    assert (caught.value.trace_id, caught.value.status) == ("t", 200)


@pytest.mark.parametrize("data", [None, "u", 3, {"uuid": "u"}, ["u"], [None], [{"uuid": "u"}, []]])
def test_something_else_than_the_list_is_refused(data):
    with pytest.raises(Malformed):
        Envelope(data=data).several(Thing)


@pytest.mark.parametrize(
    ("data", "uuids"),
    [
        ([], []),
        ({}, []),
        ([{"uuid": "a"}, {}], ["a", None]),
        ({"0": {"uuid": "a"}, "7": {"uuid": "b"}}, ["a", "b"]),
    ],
)
def test_lists(data, uuids):
    assert [item.uuid for item in Envelope(data=data).several(Thing)] == uuids


# --- Pages -----------------------------------------------------------------------------------

ROWS = [{"uuid": "a"}, {"uuid": "b"}]
A = {"page": 1, "limit": "2", "viewing_from": 1, "viewing_to": 2, "last_page": 3, "total": "5"}
B = {"current_page": 1, "from": 1, "to": 2, "last_page": "3", "per_page": "2", "total": 5}
C = {"page": 1, "per_page": 2, "last_page": 3, "total": 5}


@pytest.mark.parametrize("meta", [A, B, C])
def test_pages_that_tell_their_last(meta):
    page = Envelope(data=ROWS, meta=meta).page(Thing, page=1, limit=2)
    assert (len(page.items), page.page, page.last_page, page.total) == (2, 1, 3, 5)
    assert page.has_more
    assert not Envelope(data=ROWS, meta=meta).page(Thing, page=3, limit=2).has_more


@pytest.mark.parametrize("meta", [None, [], {}, "x", {"last_page": "?"}])
def test_pages_that_tell_nothing(meta):
    full = Envelope(data=ROWS, meta=meta).page(Thing, page=4, limit=2)
    assert (full.page, full.last_page, full.total, full.has_more) == (4, None, None, True)
    assert not Envelope(data=ROWS, meta=meta).page(Thing, limit=3).has_more
    assert not Envelope(data=ROWS, meta=meta).page(Thing).has_more
    assert not Envelope(data=[], meta=meta).page(Thing, limit=2).has_more


def pages(*rows: list[int], **facts: Any):
    asked = []

    def read(number: int) -> Page[int]:
        asked.append(number)
        index = min(number, len(rows)) - 1
        return Page(items=rows[index], page=number, has_more=number < facts.get("of", 10**9))

    return asked, read


def test_every_item_of_a_list_that_tells_its_last_page():
    asked, read = pages([1, 2], [3], of=2)
    assert list(every_item(read)) == [1, 2, 3]
    assert asked == [1, 2]


def test_a_list_that_ignores_the_page_is_read_once():
    asked, read = pages([1, 2])
    assert list(every_item(read)) == [1, 2]
    assert asked == [1, 2]


def test_an_empty_list_is_asked_for_once():
    asked, read = pages([])
    assert list(every_item(read)) == []
    assert asked == [1]


def test_no_list_is_read_without_end():
    numbers = iter(range(10**6))

    def read(page: int) -> Page[int]:
        return Page(items=[next(numbers)], page=page, has_more=True)

    assert len(list(every_item(read))) == MOST_PAGES


# --- What is sent ----------------------------------------------------------------------------


def test_nones_are_left_out_and_moments_have_their_offset():
    assert without_none(a=None, b=0, c="", d=False, at=NOON, much=Decimal("10.40")) == {
        "b": 0,
        "c": "",
        "d": False,
        "at": "2026-03-04T12:00:00+00:00",
        "much": 10.4,
    }


@pytest.mark.parametrize(("told", "read"), [(2**53, 2**53), (2**53 + 1, None), (-(10**30), None)])
def test_a_figure_is_one_that_can_be_kept(told, read):
    assert thing(count=told).count == read

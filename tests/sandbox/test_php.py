import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piggyadmin.sandbox.php import MAX_FIELDS, parse_form


def test_nested():
    form = "attributes[firstname]=Mira&options[0][label]=Red&options[1][label]=Blue&a=1&a=2"
    assert parse_form(form) == {
        "attributes": {"firstname": "Mira"},
        "options": [{"label": "Red"}, {"label": "Blue"}],
        "a": "2",
    }


def test_lists_without_keys():
    assert parse_form("tags[]=a&tags[]=b%20c") == {"tags": ["a", "b c"]}
    assert parse_form("a[1]=x") == {"a": {"1": "x"}}


def test_odd_keys():
    assert parse_form("[x]=1&a[b=2&=3&a=") == {"[x]": "1", "a": ""}
    assert parse_form("a=1&a[b]=2") == {"a": {"b": "2"}}


@pytest.mark.parametrize("form", ["&".join(["a=1"] * (MAX_FIELDS + 1)), "a=%ff", "%e9=1"])
def test_too_much_is_refused_and_so_is_what_is_not_in_utf_8(form):
    with pytest.raises(ValueError, match=r"fields|decode"):
        parse_form(form)


def test_deep_nesting_is_cut():
    deep = parse_form("a" + "[b]" * 1000 + "=1")
    assert deep["a"]["b"]


@given(st.text())
def test_never_fails_otherwise(text):
    with contextlib.suppress(ValueError):
        assert isinstance(parse_form(text), dict)

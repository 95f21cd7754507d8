"""Places in texts are filled in with one line each, and with nothing that was not meant."""

import pytest

from piggyadmin.voucher_mails.placeholders import (
    NothingToFillInError,
    fill_in,
    has_stray_bracket,
    in_one_line,
    names_in,
    unknown_in,
)

VALUES = {"code": "ABC", "first_name": "Mira", "last_name": ""}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Hello { first_name }", "Hello Mira"),
        ("{first_name|friend} {last_name|of ours}", "Mira of ours"),
        ("{code}{code}", "ABCABC"),
        ("100% <b>{code}</b> %s $code", "100% <b>ABC</b> %s $code"),
    ],
)
def test_what_is_filled_in(text, filled):
    assert fill_in(text, VALUES) == filled


@pytest.mark.parametrize("text", ["{last_name}", "{last_name| }", "{promotion}"])
def test_nothing_is_known(text):
    with pytest.raises(NothingToFillInError):
        fill_in(text, VALUES)


def test_what_is_filled_in_is_not_looked_through_again():
    assert fill_in("{first_name}", {**VALUES, "first_name": "{code}"}) == "{code}"


@pytest.mark.parametrize(
    "name", ["Mira\r\nBcc: all@example.test", "Mira\u2028Bcc: all@example.test"]
)
def test_no_line_is_added(name):
    assert fill_in("{first_name}", {"first_name": name}) == "Mira Bcc: all@example.test"


def test_what_nobody_sees_is_left_out():
    assert in_one_line("a\0b\u202ec\ud800") == "abc"
    assert in_one_line(None) == ""


def test_what_is_not_known_is_named():
    assert names_in("{code} {x|y} {code}") == ["code", "x"]
    assert unknown_in("{code} {x} {} {code.__class__}") == ["x", "", "code.__class__"]


@pytest.mark.parametrize(
    ("text", "is_stray"), [("{code}", False), ("{code", True), ("code}", True), ("{{code}}", True)]
)
def test_brackets_that_belong_to_nothing(text, is_stray):
    assert has_stray_bracket(text) is is_stray

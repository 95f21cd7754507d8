"""Codes as they arrive: what nobody sees is taken off, what is odd is named, nothing is guessed."""

import pytest

from piggyadmin.ui.codes import as_seen, remarks, symbology

ZERO_WIDTH = ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff"]
DIRECTION = ["\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069", "\u061c"]
OTHERS = ["\u00ad", "\u034f", "\u180e", "\u2800", "\u3164", "\ufe0f", "\U000e0041", "\U000e0101"]
SPACES = [" ", "\t", "\n", "\r\n", "\u00a0", "\u2007", "\u202f", "\u3000", "\u2028", "\u2029"]
CONTROL = ["\x00", "\x02", "\x03", "\x1d", "\x7f", "\x85"]
UNSEEN = [*ZERO_WIDTH, *DIRECTION, *OTHERS]


@pytest.mark.parametrize("around", [*UNSEEN, *SPACES, *CONTROL], ids=ascii)
def test_nothing_unseen_stands_at_the_ends(around):
    assert as_seen(f"{around}WELCOME-ACTIVE") == "WELCOME-ACTIVE"
    assert as_seen(f"WELCOME-ACTIVE{around}") == "WELCOME-ACTIVE"
    assert as_seen(f"{around}\u200b WELCOME \ufeff{around}") == "WELCOME"


@pytest.mark.parametrize("within", UNSEEN, ids=ascii)
def test_nothing_unseen_stands_within(within):
    assert as_seen(f"WEL{within}COME") == "WELCOME"


@pytest.mark.parametrize("space", ["\u00a0", "\u2007", "\u202f", "\u3000"], ids=ascii)
def test_a_space_is_a_space(space):
    assert as_seen(f"CARD{space}1") == "CARD 1"


@pytest.mark.parametrize("text", ["a\0b", "A\x1dB"], ids=ascii)
def test_control_characters_within_stay_to_be_refused(text):
    assert as_seen(text) == text


def test_one_letter_is_one_letter_however_it_is_composed():
    assert as_seen("Zoe\u0301") == as_seen("Zo\u00e9") == "Zo\u00e9"


@pytest.mark.parametrize("text", ["WELCOME\u2011ACTIVE", "\u0410BC", "\uff21BC", "O0l1", "КАФЕ"])
def test_looks_are_never_guessed(text):
    assert as_seen(text) == text


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("WELCOME\u2011ACTIVE", "U+2011 NON-BREAKING HYPHEN"),
        ("WELCOME\u2013ACTIVE", "U+2013 EN DASH"),
        ("WELCOME-\u0410CTIVE", "U+0410 CYRILLIC CAPITAL LETTER A"),
        ("mir\u0430@example.test", "U+0430 CYRILLIC SMALL LETTER A"),
        ("\uff23ARD", "U+FF23 FULLWIDTH LATIN CAPITAL LETTER C"),
        ("CARD\u0663", "U+0663 ARABIC-INDIC DIGIT THREE"),
        ("\ue000X", "U+E000"),
    ],
)
def test_what_is_not_what_it_looks_like_is_named(text, named):
    (words,) = remarks(text)
    assert f"({named})" in words


def test_each_is_named_once_and_not_too_many():
    (words,) = remarks("\u0410\u0410\u0412\u0415\u041a\u041c\u041d\u041e")
    assert words.count("U+") == 5
    assert words.count("U+0410") == 1


@pytest.mark.parametrize("text", ["WELCOME-ACTIVE", "Zo\u00eb 12", "a@b.test\u200b", "", "[C1] x"])
def test_nothing_is_said_of_what_is_usual(text):
    assert remarks(text) == []


@pytest.mark.parametrize(
    ("text", "prefix", "kind"),
    [
        ("]C1WELCOME-ACTIVE", "]C1", "Code 128"),
        ("\ufeff]E08710", "]E0", "EAN"),
        ("]X0A", "]X0", ""),
    ],
)
def test_what_a_scanner_puts_in_front_is_named(text, prefix, kind):
    assert symbology(as_seen(text)) == prefix
    assert as_seen(text).startswith(prefix)
    (words,) = remarks(text)
    assert f"“{prefix}”" in words
    assert kind in words
    assert f"“{as_seen(text).removeprefix(prefix)}”" in words


@pytest.mark.parametrize("text", ["]C", "]C1", "C1X", "[C1X", "x]C1X"])
def test_what_no_scanner_puts_in_front(text):
    assert symbology(text) == ""

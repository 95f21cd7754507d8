import pytest

from piggyadmin.ui.query_parsing import (
    MOST_OTHERS,
    MOST_READINGS,
    find_meant,
    in_other_capitals,
    readings,
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Your code is: WELCOME-ACTIVE.", ["WELCOME-ACTIVE"]),
        ("“KOFFIE”", ["KOFFIE"]),
        ("Mira Jansen <mira.jansen@example.test>", ["mira.jansen@example.test"]),
        ("<mailto:o'brien@example.test>,", ["o'brien@example.test"]),
        ("CARD-0001, CARD-0002; CARD-0003", ["CARD-0001", "CARD-0002", "CARD-0003"]),
        ("CARD-0001 CARD-0001", ["CARD-0001"]),
        ("]C1WELCOME-ACTIVE", ["WELCOME-ACTIVE"]),
        ("Code:WELCOME-ACTIVE", ["WELCOME-ACTIVE"]),
        ("code=CARD-1&to=mira+x@example.test", ["CARD-1", "mira+x@example.test"]),
        ("https://shop.example/v/WELCOME-ACTIVE?utm=mail", ["WELCOME-ACTIVE"]),
        ("#WELCOME-ACTIVE", ["WELCOME-ACTIVE"]),
        ("CARD-1/CARD-2+CARD-3", ["CARD-1", "CARD-2", "CARD-3"]),
        ("¿WELCOME-ACTIVE?", ["WELCOME-ACTIVE"]),
        ("「CARD-1」、→CARD-2。", ["CARD-1", "CARD-2"]),
        ("\u2039CARD-1\u203a · •CARD-2\u061f", ["CARD-1", "CARD-2"]),
        ("the code is koffie", ["the", "code", "is", "koffie"]),
        ("WELCOME-ACTIVE", []),
        ("koffie", []),
        ("...", []),
    ],
)
def test_what_may_be_meant(text, meant):
    assert readings(text) == meant


def test_not_too_much_is_asked():
    assert len(readings(" ".join(f"CODE-{number}" for number in range(100)))) == MOST_READINGS


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("welcome", ["WELCOME", "Welcome"]),
        ("Welcome", ["WELCOME", "welcome"]),
        ("KOFFIE-actie", ["KOFFIE-ACTIE", "koffie-actie", "Koffie-actie", "Koffie-Actie"]),
        ("123", []),
        ("A1", ["a1"]),
    ],
)
def test_other_capitals(text, others):
    assert in_other_capitals(text) == others


def meant(text: str, *there: str) -> tuple[list[str], list[str]]:
    asked: list[str] = []

    def ask(texts: list[str]) -> list[str]:
        asked.extend(texts)
        return [each for each in texts if each in there]

    return find_meant(text, ask, str), asked


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("welcome-active", ["WELCOME-ACTIVE"]),
        ("your code: welcome-active!", ["WELCOME-ACTIVE"]),
        ("CARD-0001 welcome-active", ["CARD-0001", "WELCOME-ACTIVE"]),
        ("NO-SUCH", []),
    ],
)
def test_what_is_meant_is_found(text, found):
    assert meant(text, "WELCOME-ACTIVE", "CARD-0001")[0] == found


def test_what_was_found_is_not_asked_for_in_other_capitals():
    assert "card-0001" not in meant("CARD-0001 NO-SUCH", "CARD-0001")[1]


def test_not_too_many_capitals_are_asked_for():
    codes = " ".join(f"Code-{letter}x" for letter in "abcdefgh")
    assert len(meant(codes)[1]) == MOST_READINGS + MOST_OTHERS

import pytest

from piggyadmin.desk.query_parsing import MOST_READINGS, in_other_capitals, readings


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
    [("welcome", ["WELCOME"]), ("Welcome", ["WELCOME", "welcome"]), ("123", []), ("A1", ["a1"])],
)
def test_other_capitals(text, others):
    assert in_other_capitals(text) == others

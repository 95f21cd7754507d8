"""What spreadsheets do to cells."""

import pytest

from piggyadmin.bulk.parsing import cells


@pytest.mark.parametrize(
    ("cell", "typed"),
    [("'=1", "=1"), ("'0612", "0612"), ("'t Hoekje", "'t Hoekje"), ("x", "x"), (5, 5)],
)
def test_as_typed(cell, typed):
    assert cells.as_typed(cell) == typed


@pytest.mark.parametrize(
    ("cell", "is_shortened"),
    [
        ("8,71234E+12", True),
        ("8.71E+15", True),
        ("E+12", False),
        ("8712", False),
        (10**15, True),
        (1.5e19, True),
        (10.4, False),
    ],
)
def test_shortened(cell, is_shortened):
    assert cells.is_shortened(cell) is is_shortened


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (46359, "2026-12-03"),
        ("46359", "2026-12-03"),
        ("2026-12-03", "2026-12-03"),
        (12, 12),
        (46359.5, 46359.5),
        ("", ""),
    ],
)
def test_days(cell, day):
    assert cells.as_day(cell) == day


def test_unreadable():
    assert cells.is_unreadable("Mi\ufffdra")
    assert not cells.is_unreadable("Mira")
    assert not cells.is_unreadable(5)

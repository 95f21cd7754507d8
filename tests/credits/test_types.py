"""Amounts, as people read them."""

from decimal import Decimal

import pytest

from piggyadmin.credits.types import CreditReception, Unit
from piggyadmin.credits.wording import credits_for

SPACE = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("unit", "value", "words"),
    [
        (Unit(label="Purchase amount", prefix="€"), 30.0, f"Purchase amount: €{SPACE}30.00"),
        (Unit(label="Purchase amount", prefix="P"), 30.0, "Purchase amount: 30"),
        (Unit(label="Purchase amount", prefix=""), 1234.5, "Purchase amount: 1,234.50"),
        (Unit(name="visits"), Decimal(1), "visits: 1"),
        (Unit(label="€"), "10.40", f"€{SPACE}10.40"),
        (Unit(), 12.5, "12.50"),
    ],
)
def test_the_label_stands_before_the_figure(unit, value, words):
    assert unit.amount(value) == words


def test_what_was_given_for_no_amount_has_none():
    assert CreditReception(uuid="r1").amount == ""
    assert CreditReception(uuid="r1", unit_value=3).amount == "3"


@pytest.mark.parametrize(("amount", "words"), [("5", "credits (5)"), (None, "credits")])
def test_credits_are_said_by_what_they_are_for(amount, words):
    assert credits_for(amount, Unit()) == words

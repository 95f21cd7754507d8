"""What is usual at this console."""

from decimal import Decimal

import pytest

from piggyadmin.actions import usual
from piggyadmin.actions.models import State
from tests.actions.making import make_entry

SLUG = "create-contact-attribute"


def test_the_sizes_are_compared_whatever_else_was_filled_in():
    given = [5, "-7.50", None, "", "many", True, [3]]
    assert list(usual._sizes(given)) == [Decimal(5), Decimal("7.50")]


@pytest.mark.django_db
def test_too_few_tell_nothing_and_only_the_last_ones_count(monkeypatch):
    monkeypatch.setattr(usual, "LOOKED_AT", 3)
    for number in (1000, 10):
        make_entry(State.DONE, slug=SLUG, data={"n": number})
    assert usual._unusual_above([SLUG], "n") is None
    for number in (20, 30):
        make_entry(State.DONE, slug=SLUG, data={"n": number})
    assert usual._unusual_above([SLUG], "n") == 200
    assert usual._unusual_above([SLUG], "other") is None

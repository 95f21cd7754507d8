"""What is usual at this console."""

from decimal import Decimal

import pytest

from piggyadmin.actions import outliers
from piggyadmin.ledger.models import EntryState
from tests.ledger.making import make_entry

SLUG = "create-contact-attribute"


def test_the_sizes_are_compared_whatever_else_was_filled_in():
    given = [5, "-7.50", None, "", "many", True, [3]]
    assert list(outliers._sizes(given)) == [Decimal(5), Decimal("7.50")]


@pytest.mark.django_db
def test_too_few_tell_nothing_and_only_the_last_ones_count(monkeypatch):
    monkeypatch.setattr(outliers, "LOOKED_AT", 3)
    for number in (1000, 10):
        make_entry(EntryState.DONE, slug=SLUG, data={"n": number})
    assert outliers._unusual_above([SLUG], "n") is None
    for number in (20, 30):
        make_entry(EntryState.DONE, slug=SLUG, data={"n": number})
    assert outliers._unusual_above([SLUG], "n") == 200
    assert outliers._unusual_above([SLUG], "other") is None

"""Which part of the ledger is asked for."""

from typing import Any

import pytest

from piggyadmin.ledger.filters import Cursor, LedgerFilter
from piggyadmin.ledger.models import EntryState, Reason
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("place", ["2030-13-45T00:00:00+00:00~5", "2030-02-30T25:00:00Z~1"])
def test_a_moment_that_never_was_is_the_beginning(place):
    assert Cursor.read(place) is None


def test_reasons_are_offered_in_their_order_and_then_those_that_were_given_once():
    Reason.objects.all().delete()
    for position, label in [(3, "Goodwill"), (1, "Campaign"), (2, "Birthday"), (2, "Anger")]:
        Reason.objects.create(label=label, position=position)
    make_entry(EntryState.DONE, reason="Mourning")
    make_entry(EntryState.DONE, number=1, reason="Birthday")
    make_entry(EntryState.DONE, number=2)
    field: Any = LedgerFilter({}).fields["reason"]
    offered = [value for value, _label in field.choices]
    assert offered == ["", "Campaign", "Anger", "Birthday", "Goodwill", "Mourning"]

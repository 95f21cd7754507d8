"""Which part of the ledger is asked for."""

import pytest

from piggyadmin.ledger.filters import Cursor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("place", ["2030-13-45T00:00:00+00:00~5", "2030-02-30T25:00:00Z~1"])
def test_a_moment_that_never_was_is_the_beginning(place):
    assert Cursor.read(place) is None

"""Pairs of contacts that are named are looked for among theirs, not among all of a status."""

import pytest
from django.db import connection

from piggyadmin.duplicates.models import Pair, PairStatus
from tests.duplicates.pairs import make_contact, make_pair

pytestmark = pytest.mark.django_db


def test_by_contacts_and_status():
    mira, other, third = make_contact(), make_contact(), make_contact()
    dismissed = make_pair(mira, other, status=PairStatus.DISMISSED)
    merging = make_pair(other, third, status=PairStatus.MERGING)
    named = Pair.objects.between([mira.uuid, other.uuid, third.uuid])
    assert list(named.with_status(PairStatus.DISMISSED)) == [dismissed]
    assert set(named.with_status(PairStatus.DISMISSED, PairStatus.MERGING)) == {dismissed, merging}
    assert not named.with_status(PairStatus.OPEN)
    assert list(named.linking()) == [merging]
    assert not named.undecided()


@pytest.mark.parametrize(
    "named",
    [
        Pair.objects.between(["a", "b"]),
        Pair.objects.touching(["a", "b"]),
        Pair.objects.filter(first__in=["a", "b"]),
    ],
)
def test_not_all_of_a_status_are_gone_through(named):
    plan = named.with_status(PairStatus.DISMISSED).explain()
    assert "status=?" not in plan
    if connection.vendor == "sqlite":
        assert "first=?" in plan

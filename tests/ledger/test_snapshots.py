"""Putting personal parts back where they stood."""

import pytest

from piggyadmin.ledger import snapshots
from piggyadmin.ledger.models import Snapshot


def kept(place):
    return Snapshot(place=place, data={"name": "Mira"})


def test_parts_go_back_where_they_stood():
    bare: dict[str, object] = {"people": [{}, {}], "one": {}}
    whole = snapshots.whole(bare, [kept(".people.1"), kept(".one")])
    assert whole == {"people": [{}, {"name": "Mira"}], "one": {"name": "Mira"}}
    assert bare == {"people": [{}, {}], "one": {}}


def test_parts_inside_a_list_go_back():
    whole = snapshots.whole([{"contact": {}}], [kept(".0.contact")])
    assert whole == [{"contact": {"name": "Mira"}}]


@pytest.mark.parametrize("place", [".people.7", ".people.x", ".gone.contact", ".number.contact"])
def test_what_has_no_place_any_more_is_left_out(place):
    bare = {"people": [], "number": 1}
    assert snapshots.whole(bare, [kept(place)]) == bare

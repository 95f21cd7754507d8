"""Putting personal parts back where they stood, and forgetting them in time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.actions import background, snapshots
from piggyadmin.actions.models import Snapshot
from piggyadmin.actions.snapshots import Personal
from tests.actions.making import make_entry


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


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "left"), [(30, 1), (0, 2)])
def test_what_was_kept_long_enough_is_forgotten(settings, days, left):
    settings.LEDGER_SNAPSHOT_DAYS = days
    entry = make_entry()
    parts = [Personal(f"c{number}", "", {}) for number in (1, 2)]
    snapshots.keep(entry, Snapshot.Moment.BEFORE, parts)
    old = timezone.now() - timedelta(days=31)
    Snapshot.objects.filter(contact_uuid="c1").update(taken_at=old)
    background.forget_snapshots()
    assert Snapshot.objects.count() == left

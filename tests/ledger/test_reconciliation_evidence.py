"""When absence proves something, and whose a row is among several that fit."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import appending, reconciliation_evidence
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.reconciliation_evidence import (
    claimants,
    compared,
    has_settled,
    lost_at,
    own_row,
    same,
    window,
)
from piggyadmin.piggy.clock import NONE, Difference
from tests.ledger.making import credits_for, make_entry

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def later(monkeypatch):
    """Have time go by for whoever judges."""

    def pass_by(**time: float) -> None:
        at = timezone.now() + timedelta(**time)
        monkeypatch.setattr(reconciliation_evidence, "timezone", SimpleNamespace(now=lambda: at))

    return pass_by


def test_time_counts_from_when_the_answer_was_given_up(later, monkeypatch):
    """Piggy may take as long as it likes before that."""
    now = timezone.now
    entry = make_entry(EntryState.SENT)
    monkeypatch.setattr(timezone, "now", lambda: now() + timedelta(minutes=10))
    appending.append(entry, EntryState.UNKNOWN)
    monkeypatch.undo()
    later(minutes=14)
    assert not has_settled(entry)
    later(minutes=15, seconds=1)
    assert has_settled(entry)
    assert not has_settled(entry, seconds=900)


def test_what_was_not_given_up_counts_from_when_it_was_sent(later):
    entry = make_entry(EntryState.SENT)
    assert lost_at(entry) is None
    later(seconds=301)
    assert has_settled(entry)
    assert 301 <= reconciliation_evidence.seconds_since_sent(entry) < 400


def test_how_long_it_takes_is_a_setting(settings, later):
    settings.PIGGY_LATE_SECONDS = 60
    entry = make_entry(EntryState.UNKNOWN)
    later(seconds=59)
    assert not has_settled(entry)
    later(seconds=61)
    assert has_settled(entry)


def test_windows_are_on_piggys_clock():
    entry = make_entry(EntryState.UNKNOWN)
    begin, end = window(entry, NONE)
    shifted = window(entry, Difference(2 * MINUTE, 3 * MINUTE))
    assert shifted == (begin + 2 * MINUTE, end + 3 * MINUTE)


@pytest.mark.parametrize(
    ("facts", "sum_"),
    [((True, True), True), ((True, None), None), ((None, False), False), ((True, False), False)],
)
def test_facts_are_summed_up(facts, sum_):
    assert compared(*facts) is sum_
    assert (same(None, 1), same(1, 1), same(2, 1)) == (None, True, False)


# --- Sets ------------------------------------------------------------------------------------


def entries(number: int):
    return [make_entry(EntryState.UNKNOWN, number=each) for each in range(number)]


def rows_of(made, rows, fits):
    """Give whose row is which, each asked for itself while all others are open."""
    return [own_row(each, [o for o in made if o != each], rows, fits) for each in made]


def test_as_many_rows_as_entries_settle_all(later):
    made = entries(3)
    later(hours=1)
    assert sorted(rows_of(made, ["a", "b", "c"], lambda *_: True)) == ["a", "b", "c"]


def test_nothing_is_settled_while_something_may_come():
    assert rows_of(entries(2), ["a", "b"], lambda *_: True) == [None, None]


@pytest.mark.parametrize("rows", [["a"], ["a", "b", "c"]])
def test_too_few_or_too_many_settle_nothing(later, rows):
    made = entries(2)
    later(hours=1)
    assert rows_of(made, rows, lambda *_: True) == [None, None]


def test_what_cannot_be_shared_out_settles_nothing(later):
    """Two rows fit the first entry alone, and the other one stands there with none."""
    first, second, third = made = entries(3)
    later(hours=1)
    fits = {(first.pk, "a"), (first.pk, "b"), (first.pk, "c"), (second.pk, "a"), (third.pk, "a")}
    assert rows_of(made, ["a", "b", "c"], lambda e, row: (e.pk, row) in fits) == [None] * 3


def test_who_can_take_another_row_does(later):
    first, second = made = entries(2)
    later(hours=1)
    fits = {(first.pk, "a"), (first.pk, "b"), (second.pk, "a")}
    assert rows_of(made, ["a", "b"], lambda e, row: (e.pk, row) in fits) == ["b", "a"]


def test_what_has_nothing_in_common_is_settled_apart():
    """One row, which fits nobody else, needs no waiting."""
    first, second = entries(2)
    fits = {(first.pk, "a"), (second.pk, "b"), (second.pk, "c")}
    found = rows_of([first, second], ["a", "b", "c"], lambda e, row: (e.pk, row) in fits)
    assert found == ["a", None]


@pytest.mark.parametrize(
    ("found", "asked", "fits"),
    [(1, 1, True), (1, 2, False), (0, 0, True), (None, 1, None), (1, None, None)],
)
def test_what_one_of_both_does_not_tell_is_not_known(found, asked, fits):
    assert same(found, asked) is fits


def test_a_row_is_claimed_by_what_is_open_and_by_what_a_person_called_done_without_naming_it():
    """What was settled with its result has its row already."""
    unknown, rejected = EntryState.UNKNOWN, EntryState.REJECTED
    entry, waiting, _no, unnamed, named, _of_another = (
        make_entry(state, slug="create-credit-reception", data=credits_for(Contact(uuid=uuid), n))
        for n, (state, uuid) in enumerate(
            [(unknown, "c1")] * 2 + [(rejected, "c1")] + [(unknown, "c1")] * 2 + [(unknown, "c2")]
        )
    )
    appending.append(unnamed, EntryState.SETTLED_DONE, {"why": "I saw it."})
    appending.append(named, EntryState.SETTLED_DONE, {"result": {"uuid": "r1"}})
    claiming = claimants(entry, "contact_uuid")
    assert {each.pk for each in claiming} == {waiting.pk, unnamed.pk}

"""When absence proves something, and whose a row is among several that fit."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import appending, reconciliation_evidence
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Evidence, Finding, Verdict
from piggyadmin.ledger.reconciliation_evidence import (
    claimants,
    compared,
    has_settled,
    lost_at,
    own_row,
    same,
    sent_at,
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


def test_windows_reach_from_before_it_was_sent_to_long_after_it_was_lost(settings):
    settings.PIGGY_LATE_SECONDS = 100
    entry = make_entry(EntryState.UNKNOWN)
    _intended, sent, unknown = entry.events.all()
    assert (sent_at(entry), lost_at(entry)) == (sent.at, unknown.at)
    begin, end = window(entry, NONE)
    assert sent.at - begin == timedelta(seconds=60)
    assert end - unknown.at == timedelta(seconds=160)


def test_what_is_not_lost_yet_may_happen_until_now(settings, later):
    settings.PIGGY_LATE_SECONDS = 100
    entry = make_entry()
    assert sent_at(entry) == entry.created_at
    later(hours=1)
    begin, end = window(entry, NONE)
    assert begin == entry.created_at - timedelta(seconds=60)
    assert timedelta(hours=1, seconds=159) < end - entry.created_at < timedelta(hours=1, minutes=5)


def test_it_counts_from_the_last_time_it_was_sent_and_lost():
    entry = make_entry(EntryState.UNKNOWN, EntryState.SENT, EntryState.UNKNOWN)
    *_, sent, unknown = entry.events.all()
    assert (sent_at(entry), lost_at(entry)) == (sent.at, unknown.at)


def test_it_has_settled_at_the_very_moment(settings, monkeypatch):
    settings.PIGGY_LATE_SECONDS = 60
    entry = make_entry(EntryState.UNKNOWN)
    at = lost_at(entry) + timedelta(seconds=90)
    monkeypatch.setattr(reconciliation_evidence, "timezone", SimpleNamespace(now=lambda: at))
    assert has_settled(entry, seconds=90)
    assert not has_settled(entry, seconds=91)
    assert has_settled(entry)


@pytest.mark.parametrize(
    ("least", "most", "minutes"), [(600, 600, 10), (-610, -580, 10), (90, 100, 2)]
)
def test_clocks_that_are_apart_prove_nothing(least, most, minutes):
    clock = Difference(timedelta(seconds=least), timedelta(seconds=most))
    assert reconciliation_evidence.clocks_differ(clock) == (
        f"Piggy's clock and ours are {minutes} minutes apart, so that times prove nothing."
    )


def test_what_may_have_been_at_work_since():
    """All that was asked later, and of what was asked before all that was open or ended since."""
    data = {"contact_uuid": Contact(uuid="c1"), "credits": 1}
    slug = "create-credit-reception"
    data |= {"shop_uuid": "s", "unit_value": None, "unit_name": ""}

    def made(*states, number, contact="c1", slug=slug):
        contact = {"contact_uuid": Contact(uuid=contact), "credits": number}
        return make_entry(*states, slug=slug, data=data | contact)

    ended, lost = made(EntryState.DONE, number=1), made(EntryState.UNKNOWN, number=2)
    late = made(EntryState.UNKNOWN, number=3)
    entry = made(EntryState.UNKNOWN, number=4)
    appending.append(late, EntryState.DONE)
    after = made(EntryState.DONE, number=5)
    made(EntryState.REJECTED, number=6)
    made(EntryState.DONE, number=7, contact="c2")
    other = made(EntryState.DONE, number=8, slug="create-contact-attribute")
    changed = reconciliation_evidence.changed_since
    assert set(changed(entry, "contact_uuid")) == {lost, late, after}
    assert set(changed(entry, "contact_uuid", action=other.action)) == {other}
    assert ended not in changed(entry, "contact_uuid")
    again = {"repeat_of": entry.submission_key}
    alike = make_entry(EntryState.DONE, slug=slug, data=data | {"credits": 4}, **again)
    assert list(reconciliation_evidence.alike_since(entry)) == [alike]


def test_what_others_are_known_to_have_made_is_accounted_for(monkeypatch):
    def made(uuid, *, slug="create-contact-attribute", detail=None, number=0):
        entry = make_entry(EntryState.SENT, slug=slug, number=number)
        detail = {"result": {"uuid": uuid}} if detail is None else detail
        appending.append(entry, EntryState.DONE, detail)
        return entry

    made("r1", number=1)
    entry = made("own", number=2)
    made("r2", number=3)
    made("other", slug="delete-perk", number=4)
    for number, detail in enumerate([{}, {"result": None}, {"result": {"uuid": ""}}], 5):
        made("", detail=detail, number=number)
    made("", detail={"result": {"name": "no key"}}, number=9)
    made("", detail={"result": "a text"}, number=10)
    accounted_for = reconciliation_evidence.accounted_for
    assert accounted_for(entry) == {"r1", "r2"}
    assert accounted_for(entry, also=["delete-perk"]) == {"r1", "r2", "other"}
    assert accounted_for(entry, seconds=0) == {"r2"}
    unknown = make_entry(EntryState.UNKNOWN, number=11)
    appending.append(unknown, "looked", {"result": {"uuid": "no"}})
    assert accounted_for(entry) == {"r1", "r2"}


def test_findings_say_what_was_found():
    proof, result = Evidence(what="Credits", value="25", fits=True), Evidence(what="a", value="b")
    done = reconciliation_evidence.done("Done.", proof, result=result)
    assert (done.verdict, done.words, done.evidence) == (Verdict.DONE, "Done.", (proof,))
    assert done.result == result
    for say, verdict in (
        (reconciliation_evidence.not_done, Verdict.NOT_DONE),
        (reconciliation_evidence.undecided, Verdict.UNDECIDED),
    ):
        assert say("So.", proof) == Finding(verdict=verdict, words="So.", evidence=(proof,))


def test_rows_are_shared_out_over_several_steps(later):
    """The first takes another one's row, who takes a third one's, who has one left."""
    made = entries(3)
    later(hours=1)
    pairs = {(0, "a"), (0, "b"), (1, "b"), (1, "c"), (2, "a")}
    fits = {(made[number].pk, row) for number, row in pairs}
    assert rows_of(made, ["a", "b", "c"], lambda e, row: (e.pk, row) in fits) == ["b", "c", "a"]


def test_without_any_row_there_is_none(later):
    made = entries(1)
    later(hours=1)
    assert rows_of(made, [], lambda *_: True) == [None]
    assert rows_of(made, ["a"], lambda *_: False) == [None]


def test_who_is_settled_alone_waits_for_nobody():
    first, second = entries(2)
    asked = []

    def fits(entry, row):
        asked.append((entry.pk, row))
        return (entry.pk, row) in {(first.pk, "a"), (second.pk, "b")}

    assert own_row(second, iter([first]), ["a", "b"], fits) == "b"
    assert {pk for pk, _row in asked} == {first.pk, second.pk}

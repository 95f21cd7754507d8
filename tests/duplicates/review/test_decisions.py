"""Decisions: what is kept of them, what they refuse, and what a search learns from them."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from piggyadmin.duplicates.models import Decision, DecisionKind, Pair, PairStatus
from piggyadmin.duplicates.review import decisions, queue
from piggyadmin.duplicates.review.decisions import Overtaken
from tests.duplicates.pairs import fresh, make_pair

pytestmark = pytest.mark.django_db


# --- Deciding --------------------------------------------------------------------------------


def test_a_dismissal_is_kept_with_who_why_and_what_was_seen(noor, evidence):
    pair = make_pair(probability=0.93)
    queue.hold(pair, noor)
    decision = decisions.dismiss(pair, noor, comment="Father and son.")
    now = fresh(pair)
    assert (now.status, now.held_by, now.held_until) == (PairStatus.DISMISSED, None, None)
    kept = Decision.objects.get()
    assert kept == decision
    assert (kept.kind, kept.first, kept.second) == ("dismiss", pair.first, pair.second)
    assert (kept.person_id, kept.person_name) == (noor.pk, "Noor")
    assert (kept.comment, kept.probability) == ("Father and son.", 0.93)
    assert (kept.first_fingerprint, kept.second_fingerprint) == decisions.fingerprints(pair)
    assert kept.evidence == [point._asdict() for point in evidence]


def test_put_off_until(noor):
    pair, until = make_pair(), decisions.tomorrow()
    decisions.put_off(pair, noor, until=until)
    assert (fresh(pair).status, fresh(pair).put_off_until) == (PairStatus.LATER, until)
    assert Decision.objects.get().kind == DecisionKind.LATER


def test_what_was_put_off_can_be_decided_earlier(noor):
    pair = make_pair(status=PairStatus.LATER, put_off_until=decisions.next_week())
    decisions.dismiss(pair, noor)
    assert (fresh(pair).status, fresh(pair).put_off_until) == (PairStatus.DISMISSED, None)


@pytest.mark.parametrize(
    ("today", "next_week"), [("2026-11-25", "2026-11-30"), ("2026-11-30", "2026-12-07")]
)
def test_tomorrow_and_next_week_begin_at_midnight_here(monkeypatch, today, next_week):
    day = datetime.fromisoformat(today).date()
    monkeypatch.setattr(timezone, "localdate", lambda: day)
    assert timezone.localtime(decisions.next_week()).isoformat() == f"{next_week}T00:00:00+01:00"
    assert timezone.localtime(decisions.tomorrow()).date() == day + timedelta(days=1)


def test_what_is_decided_is_not_decided_again(noor, sanne):
    pair = make_pair()
    decisions.dismiss(pair, noor)
    with pytest.raises(Overtaken, match="decided meanwhile: not a duplicate"):
        decisions.dismiss(pair, sanne)
    assert Decision.objects.count() == 1


def test_what_somebody_else_looks_at_is_left_to_them(noor, sanne):
    pair = make_pair()
    queue.hold(pair, noor)
    with pytest.raises(Overtaken, match="Noor is looking at this pair now"):
        decisions.put_off(pair, sanne, until=decisions.tomorrow())
    assert fresh(pair).status == PairStatus.OPEN
    assert not Decision.objects.exists()


def test_what_has_changed_since_it_was_shown_is_looked_at_again(noor):
    pair = make_pair()
    seen = pair.seen
    Pair.objects.update(second_fingerprint="other")
    with pytest.raises(Overtaken, match="changed meanwhile"):
        decisions.dismiss(decisions.as_seen(fresh(pair), seen), noor)
    assert fresh(pair).status == PairStatus.OPEN
    decisions.dismiss(decisions.as_seen(fresh(pair), ""), noor)
    assert fresh(pair).status == PairStatus.DISMISSED


def test_what_is_no_pair_any_more_cannot_be_decided(noor):
    pair = make_pair()
    Pair.objects.all().delete()
    pair.pk = 1
    with pytest.raises(Overtaken, match="not taken for one person any more"):
        decisions.dismiss(pair, noor)


# --- Taking back -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["dismiss", "later"])
def test_undo_right_after(noor, kind):
    pair = make_pair()
    if kind == "dismiss":
        decisions.dismiss(pair, noor)
    else:
        decisions.put_off(pair, noor, until=decisions.tomorrow())
    assert decisions.last_of(noor).kind == kind
    assert decisions.undo(noor) == pair
    assert (fresh(pair).status, fresh(pair).put_off_until) == (PairStatus.OPEN, None)
    assert [each.kind for each in decisions.about(pair)] == ["reopen", kind]
    assert decisions.last_of(noor) is None
    with pytest.raises(Overtaken, match="nothing to take back"):
        decisions.undo(noor)


def test_undo_is_for_one_who_has_just_decided(noor, sanne):
    pair = make_pair()
    decisions.dismiss(pair, noor)
    assert decisions.last_of(sanne) is None
    Decision.objects.update(at=timezone.now() - decisions.UNDO)
    assert decisions.last_of(noor) is None


def test_undo_leaves_alone_what_went_on(noor, sanne):
    pair = make_pair()
    decisions.dismiss(pair, noor)
    Pair.objects.update(status=PairStatus.OPEN)
    assert decisions.last_of(noor) is None
    Pair.objects.update(status=PairStatus.DISMISSED)
    decisions.keep(pair, DecisionKind.DISMISS, sanne)
    assert decisions.last_of(noor) is None
    Pair.objects.all().delete()
    assert decisions.last_of(sanne) is None


def test_undo_that_comes_too_late_changes_nothing(noor, monkeypatch):
    decision = decisions.dismiss(make_pair(), noor)
    monkeypatch.setattr(decisions, "last_of", lambda person: decision)
    Pair.objects.update(status=PairStatus.MERGING)
    with pytest.raises(Overtaken, match="Nothing was changed"):
        decisions.undo(noor)
    assert Pair.objects.get().status == PairStatus.MERGING


def test_reopen_is_kept_as_well(noor, sanne):
    pair = make_pair()
    decisions.dismiss(pair, noor)
    decisions.reopen(pair, sanne, comment="They married.")
    assert fresh(pair).status == PairStatus.OPEN
    last = decisions.about(pair).first()
    assert (last.kind, last.person_name, last.comment) == ("reopen", "Sanne", "They married.")
    with pytest.raises(Overtaken):
        decisions.reopen(pair, sanne)


# --- For the search --------------------------------------------------------------------------


def test_dismissed_pairs_and_of_which_data_that_was_said(noor):
    dismissed, merged, reopened, put_off = (make_pair() for _ in range(4))
    for pair in (dismissed, merged, reopened):
        decisions.dismiss(pair, noor)
    decisions.keep(merged, DecisionKind.MERGE, noor)
    decisions.reopen(reopened, noor)
    decisions.put_off(put_off, noor, until=decisions.tomorrow())
    expected = {(dismissed.first, dismissed.second): decisions.fingerprints(dismissed)}
    assert decisions.dismissed_fingerprints() == expected
    assert decisions.dismissed_fingerprints([dismissed.second]) == expected
    assert decisions.dismissed_fingerprints([dismissed.first, "x"]) == expected
    assert decisions.dismissed_fingerprints(["x"]) == {}


def test_the_last_dismissal_counts(noor):
    pair = make_pair()
    decisions.dismiss(pair, noor)
    decisions.reopen(pair, noor)
    Pair.objects.update(first_fingerprint="newer")
    decisions.dismiss(fresh(pair), noor)
    assert [*decisions.dismissed_fingerprints().values()] == [("newer", pair.second_fingerprint)]


def is_still_dismissed(pair: Pair) -> bool:
    known = decisions.dismissed_fingerprints([pair.first]).get((pair.first, pair.second))
    return known == decisions.fingerprints(pair)


def test_still_dismissed_as_long_as_the_data_are_the_same(noor):
    pair = make_pair()
    assert not is_still_dismissed(pair)
    decisions.dismiss(pair, noor)
    assert is_still_dismissed(pair)
    for name in ("first_fingerprint", "second_fingerprint"):
        changed = fresh(pair)
        setattr(changed, name, "other")
        assert not is_still_dismissed(changed)


def test_decisions_outlive_the_pair(noor):
    pair = make_pair()
    decisions.dismiss(pair, noor)
    Pair.objects.all().delete()
    again = Pair(
        first=pair.first,
        second=pair.second,
        first_fingerprint=pair.first_fingerprint,
        second_fingerprint=pair.second_fingerprint,
    )
    assert is_still_dismissed(again)


def test_the_last_word_stands(noor):
    one, other = make_pair(), make_pair()
    decisions.dismiss(one, noor)
    decisions.reopen(one, noor)
    kept = decisions.dismiss(other, noor)
    assert set(decisions.latest_per_pair()) == {kept, decisions.about(one).first()}

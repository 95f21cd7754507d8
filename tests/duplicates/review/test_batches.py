"""Many pairs decided at once: what is taken and what is left, one entry, kept once, taken back."""

from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied

from piggyadmin.accounts.roles import Role
from piggyadmin.duplicates.models import (
    Cluster,
    Decision,
    DecisionKind,
    MirroredContact,
    PairStatus,
)
from piggyadmin.duplicates.review import batch_deciding, batches, clustering, decisions, queue
from piggyadmin.duplicates.review.batch_deciding import BulkDecision
from piggyadmin.duplicates.review.batch_operation import DECIDE_ON_PAIRS
from piggyadmin.duplicates.review.filters import QueueFilter
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.rows import sentence_of
from tests.conftest import person
from tests.duplicates.merges import merge
from tests.duplicates.pairs import fresh, make_contact, make_pair

pytestmark = pytest.mark.django_db
DISMISS = BulkDecision(DecisionKind.DISMISS, reason="Family", comment="A school class.")


def text_of(*pairs) -> str:
    return " ".join(map(batches.token, pairs))


def statuses(*pairs) -> list[str]:
    return [fresh(pair).status for pair in pairs]


# --- What is chosen --------------------------------------------------------------------------


def test_chosen_pairs_as_they_were_shown(noor):
    one, other, third = make_pair(), make_pair(), make_pair()
    chosen = batches.selected(text_of(other, one), noor)
    assert chosen.pairs == [other, one]
    assert (chosen.left, chosen.gone, chosen.has_more) == ([], 0, False)
    assert third not in chosen.pairs
    assert batches.selected(chosen.text, noor) == chosen


@pytest.mark.parametrize("text", ["", "x", "1e5.ab", "٣.ab", "9" * 30, ".ab", "-1"])
def test_nonsense_chooses_nothing(noor, text):
    make_pair()
    assert batches.selected(text, noor).pairs == []


def test_what_is_left_as_it_is_and_why(noor, sanne, monkeypatch):
    decided, held, changed, busy, gone, free = (make_pair() for _ in range(6))
    text = text_of(decided, held, changed, busy, gone, free)
    decisions.dismiss(decided, sanne)
    queue.hold(held, sanne)
    changed.first_fingerprint = "f" * 32
    changed.save()
    gone.delete()
    monkeypatch.setattr(queue, "busy_among", lambda _uuids: {busy.first})
    chosen = batches.selected(text, noor)
    assert chosen.pairs == [free]
    assert [each.words for each in chosen.left] == [
        "Decided already: not a duplicate",
        "Sanne is looking at it now",
        "Their data changed since they were shown",
        "Something else is under way with one of the two",
    ]
    assert chosen.gone == 1
    assert chosen.reasons[0] == ("Decided already: not a duplicate", 1)


def test_a_merge_under_way_is_something_else(noor, admin, sandbox):
    run = merge(admin)
    mine = MirroredContact.objects.filter(uuid=run.survivor).first()
    pair = make_pair(mine or make_contact(uuid=run.survivor))
    assert batches.selected(text_of(pair), noor).pairs == []


def test_all_that_a_filter_leaves_up_to_a_number(noor, monkeypatch):
    first, second = make_pair(rank=3, credits=5), make_pair(rank=2, credits=5)
    make_pair(rank=1, credits=0)
    chosen = batches.selected_by(QueueFilter({"has_credits": "on"}).query(), noor)
    assert (chosen.pairs, chosen.has_more) == ([first, second], False)
    monkeypatch.setattr(batches, "MOST_PAIRS", 1)
    chosen = batches.selected_by(QueueFilter({}).query(), noor)
    assert (chosen.pairs, chosen.has_more) == ([first], True)


def test_the_likely_ones_are_counted(noor):
    sure, unsure = make_pair(probability=0.96), make_pair(probability=0.7)
    assert batches.selected(text_of(sure, unsure), noor).likely == 1


# --- Deciding --------------------------------------------------------------------------------


def test_one_entry_with_its_pairs(noor, evidence):
    one, other = make_pair(), make_pair()
    entry = batch_deciding.decide([one, other], DISMISS, person=noor, key=uuid4())
    assert statuses(one, other) == ["dismissed"] * 2
    assert Entry.objects.filter(action=DECIDE_ON_PAIRS.slug).count() == 1
    assert [row.split()[:2] for row in entry.data["pairs"]] == [
        [one.first, one.second],
        [other.first, other.second],
    ]
    assert (entry.reason, entry.person) == ("Family", noor)
    assert sentence_of(entry) == "Noor took the customers of 2 pairs for two people each"
    assert entries_words(entry) == "2 pairs were decided on."
    kept = Decision.objects.get(first=one.first)
    assert (kept.batch, kept.comment) == (entry.submission_key, "A school class.")
    assert kept.evidence[0]["code"] == "phone-same"
    assert decisions.last_of(noor) is None


def test_the_same_form_again_decides_once(noor):
    pair, key = make_pair(), uuid4()
    for _ in range(2):
        batch_deciding.decide([pair], DISMISS, person=noor, key=key)
    assert Decision.objects.count() == 1
    assert Entry.objects.count() == 1


def test_put_off_until_a_moment(noor):
    pair, until = make_pair(), decisions.tomorrow()
    entry = batch_deciding.decide(
        [pair], BulkDecision(DecisionKind.LATER, until=until), person=noor, key=uuid4()
    )
    assert (fresh(pair).status, fresh(pair).put_off_until) == (PairStatus.LATER, until)
    assert sentence_of(entry) == "Noor put off 1 pair of possible duplicates"


def test_clusters_fall_apart_by_it(noor):
    one, other, third = make_contact(), make_contact(), make_contact()
    pairs = [make_pair(one, other), make_pair(other, third), make_pair(one, third)]
    clustering.group_all()
    assert Cluster.objects.count() == 1
    batch_deciding.decide(pairs[:1], DISMISS, person=noor, key=uuid4())
    assert Cluster.objects.count() == 0


def test_what_changed_after_the_page_is_left(noor, sanne):
    free, decided, changed, held = (make_pair() for _ in range(4))
    shown = [free, decided, changed, held]
    decisions.dismiss(fresh(decided), sanne)
    other = fresh(changed)
    other.second_fingerprint = "f" * 32
    other.save()
    queue.hold(fresh(held), sanne)
    entry = batch_deciding.decide(shown, DISMISS, person=noor, key=uuid4())
    assert statuses(*shown) == ["dismissed", "dismissed", "open", "open"]
    assert Decision.objects.filter(batch=entry.submission_key).count() == 1
    assert entries_words(entry) == (
        "1 pair was decided on. 3 were left as they are: somebody was faster, or their data "
        "changed."
    )


def entries_words(entry) -> str:
    return str(Entry.objects.get(pk=entry.pk).follow_up.detail["words"])


def test_a_worker_keeps_what_died_on_the_way(noor, piggy, monkeypatch):
    pairs = [make_pair() for _ in range(3)]
    monkeypatch.setattr(batches, "CHUNK", 2)
    whole = batches._keep_some
    kept: list[None] = []

    def dies(*arguments):
        if kept:
            raise RuntimeError
        kept.append(whole(*arguments))

    monkeypatch.setattr(batches, "_keep_some", dies)
    with pytest.raises(RuntimeError):
        batch_deciding.decide(
            pairs,
            BulkDecision(DecisionKind.LATER, until=decisions.tomorrow()),
            person=noor,
            key=uuid4(),
        )
    assert Decision.objects.count() == 2
    monkeypatch.setattr(batches, "_keep_some", whole)
    entry = Entry.objects.get()
    assert entry.follow_up is None
    progress = DECIDE_ON_PAIRS.watch(piggy, entry)
    assert (progress.finished, progress.words) == (True, "3 pairs were decided on.")
    assert Decision.objects.count() == 3
    assert statuses(*pairs) == ["later"] * 3


def test_both_permissions_are_needed(db):
    pair, staff = make_pair(), person(Role.STAFF)
    with pytest.raises(PermissionDenied):
        batch_deciding.decide([pair], DISMISS, person=staff, key=uuid4())
    assert statuses(pair) == ["open"]
    assert not Entry.objects.exists()


# --- Taking it back --------------------------------------------------------------------------


def test_taken_back_as_a_whole_but_for_what_was_decided_since(noor, sanne):
    one, other, third = make_pair(), make_pair(), make_pair()
    key = batch_deciding.decide(
        [one, other, third], DISMISS, person=noor, key=uuid4()
    ).submission_key
    decisions.reopen(fresh(other), sanne)
    decisions.dismiss(fresh(other), sanne)
    back = batch_deciding.take_back(key, person=sanne, as_key=uuid4())
    assert statuses(one, other, third) == ["open", "dismissed", "open"]
    assert sentence_of(back) == "Sanne opened 2 pairs of possible duplicates again"
    assert back.data["of"] == str(key)
    assert batches.still_standing(key) == []
    again = batch_deciding.decide([fresh(one)], DISMISS, person=noor, key=uuid4())
    assert statuses(one) == ["dismissed"]
    assert len(batches.still_standing(again.submission_key)) == 1


def test_what_has_come_back_by_itself_is_not_opened_again(noor):
    pair = make_pair()
    wanted = BulkDecision(DecisionKind.LATER, until=decisions.tomorrow())
    key = batch_deciding.decide([pair], wanted, person=noor, key=uuid4()).submission_key
    fresh(pair).__class__.objects.update(status=PairStatus.OPEN, put_off_until=None)
    back = batch_deciding.take_back(key, person=noor, as_key=uuid4())
    assert entries_words(back).startswith("0 pairs were decided on.")

"""The queue: holding, handing out, what is left out, and what comes back by itself."""

import json
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from piggyadmin.duplicates.models import MergeRun, MergeStep, Pair, PairStatus
from piggyadmin.duplicates.review import queue
from piggyadmin.duplicates.review.filters import QueueFilter
from piggyadmin.ledger.models import EntryState, EntryStatus
from tests.duplicates.pairs import fresh, make_contact, make_pair, reviewer
from tests.ledger.making import make_entry
from tests.piggy.test_throttle import ROOT, environment

pytestmark = pytest.mark.django_db
EVERYTHING = QueueFilter({"show": "all"})


# --- Holding ---------------------------------------------------------------------------------


def test_a_pair_is_held_by_one_person(noor, sanne):
    pair = make_pair()
    assert queue.hold(pair, noor)
    assert (pair.held_by, pair.held_by_name) == (noor.pk, "Noor")
    assert pair.held_until > timezone.now() + timedelta(minutes=4)
    again = fresh(pair)
    assert not queue.hold(again, sanne)
    assert again.holder_beside(sanne.pk) == "Noor"
    assert again.holder_beside(noor.pk) == ""


def test_holding_again_renews_the_lease(noor):
    pair = make_pair()
    queue.hold(pair, noor)
    soon = timezone.now() + timedelta(seconds=10)
    Pair.objects.update(held_until=soon)
    assert queue.hold(pair, noor)
    assert fresh(pair).held_until > soon


def test_a_lease_that_is_over_holds_nothing(noor, sanne):
    pair = make_pair()
    queue.hold(pair, noor)
    Pair.objects.update(held_until=timezone.now() - timedelta(seconds=1))
    assert fresh(pair).holder_beside(sanne.pk) == ""
    assert queue.hold(pair, sanne)
    assert not queue.hold(fresh(pair), noor)


def test_only_its_holder_lets_go_of_a_pair(noor, sanne):
    pair = make_pair()
    queue.hold(pair, noor)
    queue.release(pair, sanne)
    assert fresh(pair).held_by == noor.pk
    queue.release(pair, noor)
    now = fresh(pair)
    assert (now.held_by, now.held_by_name, now.held_until) == (None, "", None)


def test_a_pair_that_is_not_stored_is_free(noor):
    assert queue.hold(Pair(first="a", second="b"), noor)
    gone = make_pair()
    Pair.objects.all().delete()
    gone.pk = 1
    assert not queue.hold(gone, noor)


# --- Handing out -----------------------------------------------------------------------------


def test_the_next_pair_is_the_highest_and_is_held(noor):
    make_pair(rank=0.5)
    best = make_pair(rank=0.9)
    assert queue.next_pair(noor, QueueFilter({})) == best
    assert fresh(best).held_by == noor.pk


def test_nobody_gets_what_somebody_else_looks_at(noor, sanne):
    pairs = [make_pair(rank=rank) for rank in (0.9, 0.8)]
    assert [queue.next_pair(each, EVERYTHING) for each in (noor, sanne)] == pairs
    assert queue.next_pair(reviewer("third"), EVERYTHING) is None


def test_next_goes_on_after_a_pair_and_begins_anew_after_the_last(noor):
    first, second, third = (make_pair(rank=rank) for rank in (0.9, 0.9, 0.1))
    assert queue.next_pair(noor, EVERYTHING, first) == second
    assert queue.next_pair(noor, EVERYTHING, second) == third
    assert queue.next_pair(noor, EVERYTHING, third) == first


def test_next_goes_on_within_the_filter(noor):
    make_pair(rank=0.9)
    first, second = (make_pair(make_contact("Ed Bos"), rank=rank) for rank in (0.8, 0.7))
    form = QueueFilter({"q": "ed bos", "certainty": "95"})
    assert queue.next_pair(noor, form) == first
    assert queue.next_pair(noor, form, first) == second
    assert queue.next_pair(noor, form, second) == first


def test_the_only_pair_has_no_next_one(noor):
    assert queue.next_pair(noor, EVERYTHING, make_pair()) is None


@pytest.mark.parametrize("status", [s for s in PairStatus if s != PairStatus.OPEN])
def test_what_is_not_open_is_not_handed_out(noor, status):
    make_pair(status=status, put_off_until=timezone.now() + timedelta(days=1))
    assert queue.next_pair(noor, EVERYTHING) is None


def test_what_was_put_off_comes_back_when_it_is_due(noor):
    pair = make_pair(status=PairStatus.LATER, put_off_until=timezone.now() - timedelta(hours=1))
    later = timezone.now() + timedelta(hours=1)
    make_pair(status=PairStatus.LATER, put_off_until=later)
    assert queue.waiting(noor) == 1
    assert queue.next_pair(noor, EVERYTHING) == pair
    assert (fresh(pair).status, fresh(pair).put_off_until) == (PairStatus.OPEN, None)


@pytest.mark.parametrize("state", [EntryState.SENT, EntryState.UNKNOWN])
def test_contacts_that_may_be_about_to_go_are_left_out(noor, state):
    pair = make_pair()
    make_entry(state, slug="delete-contact", contact=pair.second)
    assert queue.next_pair(noor, EVERYTHING) is None


def test_contacts_whose_end_is_followed_are_left_out(noor):
    pair = make_pair()
    entry = make_entry(EntryState.DONE, slug="delete-contact", contact=pair.first)
    EntryStatus.objects.filter(entry=entry).update(is_followed=True)
    assert queue.next_pair(noor, EVERYTHING) is None
    EntryStatus.objects.filter(entry=entry).update(is_followed=False)
    assert queue.next_pair(noor, EVERYTHING) == pair


def test_credits_given_to_a_contact_do_not_hinder(noor):
    pair = make_pair()
    data = {"credits": 5, "unit_value": None}
    slug = "create-credit-reception"
    make_entry(EntryState.UNKNOWN, slug=slug, data=data, contact=pair.second)
    assert queue.next_pair(noor, EVERYTHING) == pair


@pytest.mark.parametrize("role", ["survivor", "source"])
def test_contacts_of_a_running_merge_are_left_out(noor, role):
    pair = make_pair()
    uuids = {"survivor": "another", "source": "one more", role: pair.first}
    run = MergeRun.objects.create(
        survivor=uuids["survivor"],
        contacts=2,
        person=noor,
        person_name="Noor",
        submission_key=uuid4(),
    )
    MergeStep.objects.create(
        run=run,
        position=1,
        action="merge-contacts",
        source=uuids["source"],
        submission_key=uuid4(),
    )
    assert queue.next_pair(noor, EVERYTHING) is None
    MergeRun.objects.update(status=MergeRun.Status.DONE)
    assert queue.next_pair(noor, EVERYTHING) == pair


def test_what_others_take_meanwhile_is_passed_over(noor, monkeypatch):
    pairs = [make_pair(rank=-number) for number in range(queue.CANDIDATES + 3)]
    tried = []

    def hold(pair, person):
        tried.append(pair)
        return pair == pairs[-1]

    monkeypatch.setattr(queue, "hold", hold)
    assert queue.next_pair(noor, EVERYTHING) == pairs[-1]
    assert tried == pairs
    monkeypatch.setattr(queue, "hold", lambda pair, person: False)
    assert queue.next_pair(noor, EVERYTHING) is None


def test_waiting_counts_what_is_proposed_up_to_a_limit(noor, monkeypatch):
    make_pair(), make_pair(), make_pair(is_proposed=False), make_pair(status=PairStatus.DISMISSED)
    assert queue.waiting(noor) == 2
    monkeypatch.setattr(queue, "MOST_COUNTED", 1)
    assert queue.waiting(noor) == 1


# --- Many at once ----------------------------------------------------------------------------

PROCESSES, THREADS, PAIRS = 3, 2, 24


def clear_the_queue(variables: dict[str, str]) -> None:
    """Have people of several processes take pairs at once; each pair goes to one of them."""
    worker = [sys.executable, "-m", "tests.duplicates.queue_worker"]
    subprocess.run([*worker, "fill", str(PAIRS)], env=variables, cwd=ROOT, check=True)
    processes = [
        subprocess.Popen(
            [*worker, "take", *(f"person{number}-{thread}" for thread in range(THREADS))],
            env=variables,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    outputs = [process.communicate(timeout=120)[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * PROCESSES
    taken = sorted(pk for output in outputs for pk in json.loads(output))
    assert taken == list(range(1, PAIRS + 1))


def test_people_of_several_processes_never_get_the_same_pair_on_sqlite(directory):
    clear_the_queue(environment(DATA_DIR=str(directory)))


def test_people_of_several_processes_never_get_the_same_pair_on_postgresql(tmp_path, postgres_url):
    clear_the_queue(environment(DATA_DIR=str(tmp_path), DATABASE_URL=postgres_url))


def test_the_place_of_a_pair_in_the_queue_it_was_opened_from():
    pairs = [make_pair(probability=each) for each in (0.99, 0.97, 0.95)]
    ranked = list(EVERYTHING.query())
    assert {pair.pk for pair in ranked} == {pair.pk for pair in pairs}
    places = [queue.place_of(pair, QueueFilter({"show": "all"})) for pair in ranked]
    assert places == [(1, 3), (2, 3), (3, 3)]


def test_the_first_pair_is_the_first_of_all():
    assert queue.first_place(EVERYTHING) == (1, 0)
    make_pair(probability=0.99)
    make_pair(probability=0.97)
    assert queue.first_place(EVERYTHING) == (1, 2)


def test_what_is_not_in_the_queue_or_among_too_many_has_no_place(monkeypatch):
    pair, _other = make_pair(), make_pair()
    assert queue.place_of(pair, QueueFilter({"status": "dismissed"})) is None
    monkeypatch.setattr(queue, "MOST_COUNTED", 1)
    assert queue.place_of(pair, QueueFilter({"show": "all"})) is None
    assert queue.first_place(QueueFilter({"show": "all"})) is None

"""A sweep: what it takes in, what leaves, and how it goes on after any interruption."""

from dataclasses import replace
from datetime import timedelta
from itertools import count
from threading import Event

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.mirror import sweep as sweeping
from piggyadmin.duplicates.mirror.sweep import MOST_READINGS, sweep
from piggyadmin.duplicates.models import (
    ContactReading,
    MirroredContact,
    Pair,
    PairStatus,
    Sweep,
)
from piggyadmin.piggy import concurrency
from piggyadmin.piggy.errors import Maintenance
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import CancelAsked, HandedBack, LeaseLost, Run
from tests.duplicates.conftest import started
from tests.duplicates.mirror.test_pagination import ACCOUNTS
from tests.duplicates.moving import MovingList, contact, moving, uuid_of
from tests.test_page_costs import NoThreads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("one_thread")]
side_by_side = concurrency._pool


@pytest.fixture
def one_thread(monkeypatch) -> None:
    """Have what comes next read after what came is stored, so that tests know the order."""
    monkeypatch.setattr(concurrency, "_pool", NoThreads)


def mirrored() -> set[str]:
    return set(MirroredContact.objects.values_list("uuid", flat=True))


def swept(piggy: MovingList) -> Sweep:
    """Carry a sweep from its beginning to its end."""
    run = started()
    sweep(run, piggy)
    return Sweep.objects.get(run_id=run.pk)


def figures(this: Sweep) -> tuple[int, int, int, int]:
    return this.contacts, this.added, this.changed, this.gone


def test_everything_is_taken_in():
    piggy = moving(450)
    this = swept(piggy)
    assert figures(this) == (450, 450, 0, 0)
    assert (this.stage, this.expected, this.readings) == ("done", 450, 1)
    assert this.finished_at >= this.started_at
    assert mirrored() == piggy.uuids
    assert not MirroredContact.objects.filter(is_compared=True).exists()


def test_only_what_is_new_or_changed_is_compared_again():
    piggy = moving(450)
    swept(piggy)
    MirroredContact.objects.update(is_compared=True)
    piggy.contacts[7]["current_values"]["firstname"] = "Sanne"
    piggy.contacts[8]["credit_balance"]["balance"] = 999
    piggy.add(1000)
    assert figures(swept(piggy)) == (451, 1, 1, 0)
    waiting = MirroredContact.objects.filter(is_compared=False)
    assert set(waiting.values_list("uuid", flat=True)) == {uuid_of(8), uuid_of(1000)}
    assert MirroredContact.objects.get(uuid=uuid_of(9)).credits == 999


def test_what_is_not_in_the_list_is_asked_for_before_it_leaves():
    piggy = moving(250)
    swept(piggy)
    piggy.hidden = [piggy.contacts[30]]
    piggy.remove(10, 31, 200)
    assert figures(swept(piggy)) == (248, 0, 0, 2)
    assert sorted(piggy.asked_for) == [uuid_of(10), uuid_of(31), uuid_of(200)]
    assert mirrored() == {*piggy.uuids, uuid_of(31)}


def test_who_leaves_takes_open_pairs_along():
    piggy = moving(5)
    swept(piggy)
    pairs = [
        Pair(first=uuid_of(1), second=uuid_of(2), probability=0.9),
        Pair(first=uuid_of(3), second=uuid_of(4), probability=0.9),
        Pair(first=uuid_of(2), second=uuid_of(3), probability=0.9, status=PairStatus.DISMISSED),
    ]
    Pair.objects.bulk_create(pairs)
    piggy.remove(2)
    swept(piggy)
    statuses = list(Pair.objects.order_by("pk").values_list("status", flat=True))
    assert statuses == ["gone", "open", "dismissed"]


def test_very_many_that_are_missing_are_not_asked_for_one_by_one():
    """As after a change of accounts: none of them is there any more."""
    swept(moving(2000))
    piggy = MovingList([contact(number) for number in range(5001, 5051)])
    this = swept(piggy)
    assert figures(this) == (50, 50, 0, 2000)
    assert this.readings == 2
    assert len(piggy.asked_for) == sweeping.SAMPLE
    assert mirrored() == piggy.uuids


def test_a_list_that_hides_many_is_not_relied_on():
    piggy = moving(2000)
    swept(piggy)
    piggy.contacts, piggy.hidden = piggy.contacts[:50], piggy.contacts[50:]
    this = swept(piggy)
    assert this.gone == 0
    assert MirroredContact.objects.count() == this.contacts == 2000


def test_a_gap_is_read_again():
    piggy = moving(1000, knows_filter=False)
    calls = count()
    piggy.meanwhile = lambda these: these.remove(*range(1, 151 * (next(calls) == 5)))
    this = swept(piggy)
    assert piggy.uuids <= mirrored()
    assert this.readings == 2


def test_a_list_that_never_comes_to_rest_ends_all_the_same():
    piggy = moving(600, knows_filter=False)
    numbers = count(10_000)

    def meanwhile(these: MovingList) -> None:
        these.remove(*(int(each["uuid"].replace("-", ""), 16) for each in these.contacts[:20]))
        these.add(*(next(numbers) for _ in range(20)))

    piggy.meanwhile = meanwhile
    assert swept(piggy).readings <= MOST_READINGS
    piggy.meanwhile = lambda _: None
    swept(piggy)
    assert mirrored() == piggy.uuids


def test_whoever_has_no_time_of_creation_is_found_by_counting():
    piggy = moving(250)
    piggy.contacts[120]["current_values"].pop("created_at")
    piggy.contacts[121]["current_values"].pop("created_at")
    swept(piggy)
    assert mirrored() == piggy.uuids


def test_a_total_that_counts_what_is_in_no_list():
    class Boasting(MovingList):
        def _page(self, page, limit, sort=None, created_at=None):
            answer = super()._page(page, limit, sort, created_at)
            return replace(answer, meta={**answer.meta, "total": 1_000})

    piggy = Boasting(moving(250).contacts)
    this = swept(piggy)
    assert (this.contacts, this.readings, this.stage) == (250, 2, "done")
    assert mirrored() == piggy.uuids


def test_another_contact_in_the_place_of_one_that_went_into_it():
    piggy = moving(5)
    swept(piggy)
    piggy.remove(2)
    piggy.survivors[uuid_of(2)] = uuid_of(3)
    assert figures(swept(piggy)) == (4, 0, 0, 1)
    assert mirrored() == piggy.uuids


def test_a_clock_that_is_behind(run):
    swept(moving(460))
    run = started()
    in_an_hour = timezone.now() + timedelta(hours=1)
    Sweep.objects.create(run_id=run.pk, started_at=in_an_hour)
    piggy = moving(450)
    piggy.hidden = [contact(455)]
    sweep(run, piggy)
    assert figures(Sweep.objects.get(run_id=run.pk)) == (451, 0, 0, 9)
    assert mirrored() == {*piggy.uuids, uuid_of(455)}


def test_an_empty_account():
    assert figures(swept(moving(0))) == (0, 0, 0, 0)


# --- Interrupted -----------------------------------------------------------------------------


class StoppedError(Exception):
    """Stands for a process that ends in the middle of it."""


@pytest.mark.parametrize("at", range(9))
def test_it_goes_on_where_it_was(at):
    piggy = moving(450)
    swept(moving(460))
    run = started()
    calls = count()
    piggy.meanwhile = lambda _: stop() if next(calls) == at else None
    piggy.before_one = lambda _: stop() if next(calls) == at else None

    def stop() -> None:
        raise StoppedError

    with pytest.raises(StoppedError):
        sweep(run, piggy)
    sweep(run, piggy)
    this = Sweep.objects.get(run_id=run.pk)
    assert figures(this) == (450, 0, 0, 10)
    assert mirrored() == piggy.uuids


@pytest.fixture
def one_window_a_step(monkeypatch):
    monkeypatch.setattr(sweeping, "WINDOWS", 1)


@pytest.mark.usefixtures("one_window_a_step")
def test_a_step_is_undone_with_the_note_of_it(run, monkeypatch):
    """Killed between two statements of a step: neither of them counts."""
    piggy = moving(450)
    beats = count()
    heartbeat = Run.heartbeat

    def dies(self, *args):
        if next(beats) == 2:
            raise StoppedError
        heartbeat(self, *args)

    monkeypatch.setattr(Run, "heartbeat", dies)
    with pytest.raises(StoppedError):
        sweep(run, piggy)
    assert MirroredContact.objects.count() == Sweep.objects.get().added == 199
    sweep(run, piggy)
    assert figures(Sweep.objects.get()) == (450, 450, 0, 0)


def progress_of(run: Run, number: int) -> list[tuple[int, int | None]]:
    """Carry a sweep, and give what was told of it each time that Piggy was asked."""
    piggy = moving(number)
    told = []
    piggy.meanwhile = lambda _: told.append(Run.objects.values_list("progress", "of").get())
    sweep(run, piggy)
    return told


@pytest.mark.usefixtures("one_window_a_step")
def test_progress_is_told(run):
    assert progress_of(run, 450) == [
        *((0, None), (100, 450), (199, 450)),
        *((298, 450), (397, 450), (450, 450)),
    ]


def test_a_step_keeps_several_windows(run):
    assert progress_of(run, 750) == [(0, None)] * 5 + [(496, 750)] * 3 + [(750, 750)]


def test_a_step_of_slow_answers_keeps_fewer(run, monkeypatch):
    monkeypatch.setattr(sweeping, "LONGEST_READING", -1)
    assert progress_of(run, 250) == [(0, None), (100, 250), (199, 250), (250, 250)]


def test_the_next_windows_are_read_while_those_before_are_stored(run, monkeypatch):
    monkeypatch.setattr(concurrency, "_pool", side_by_side)
    piggy, is_asked_on, stored = moving(750), Event(), store.store

    def asked(here: MovingList) -> None:
        if len(here.pages) == sweeping.WINDOWS:
            is_asked_on.set()

    def waits(*args, **more):
        assert is_asked_on.wait(20)
        return stored(*args, **more)

    piggy.meanwhile = asked
    monkeypatch.setattr(store, "store", waits)
    sweep(run, piggy)
    assert mirrored() == piggy.uuids


def test_piggy_is_down_for_a_while(run):
    piggy = moving(450)
    calls = count()

    def meanwhile(_: MovingList) -> None:
        if next(calls) in {2, 3}:
            raise Maintenance

    piggy.meanwhile = meanwhile
    with pytest.raises(Maintenance):
        sweep(run, piggy)
    # What had been read by then is kept.
    assert MirroredContact.objects.count() == 199
    sweep(run, piggy)
    assert mirrored() == piggy.uuids


@pytest.mark.usefixtures("one_window_a_step")
def test_a_worker_that_lost_the_run_stores_nothing_any_more(run):
    piggy = moving(450)
    calls = count()

    def meanwhile(_: MovingList) -> None:
        if next(calls) == 2:
            Run.objects.update(owner="another")

    piggy.meanwhile = meanwhile
    with pytest.raises(LeaseLost):
        sweep(run, piggy)
    assert MirroredContact.objects.count() == 199


def test_cancel(run):
    piggy = moving(450)
    calls = count()
    piggy.meanwhile = lambda _: runs.cancel(run) if next(calls) == 2 else None
    with pytest.raises(CancelAsked):
        sweep(run, piggy)
    assert Sweep.objects.get().finished_at is None


def test_a_worker_that_stops_hands_it_back(run):
    run.should_stop = lambda: True
    with pytest.raises(HandedBack):
        sweep(run, moving(450))


def test_emptied_while_it_reads(run):
    piggy = moving(450)
    calls = count()
    piggy.meanwhile = lambda _: store.empty() if next(calls) == 2 else None
    with pytest.raises(CancelAsked):
        sweep(run, piggy)
    assert mirrored() == set()


def test_what_left_meanwhile_does_not_come_back(run):
    """A contact is deleted while the page that holds it is on its way."""
    piggy = moving(450)
    piggy.on_the_way = lambda these: len(these.pages) == 3 and store.forget([uuid_of(250)])
    sweep(run, piggy)
    assert mirrored() == piggy.uuids - {uuid_of(250)}


def test_what_was_read_later_is_not_overwritten(run):
    piggy = moving(450)

    def change(these: MovingList) -> None:
        if len(these.pages) == 3:
            these.contacts[249] = contact(250, firstname="Sanne")
            assert store.refresh(these, uuid_of(250)).firstname == "Sanne"

    piggy.on_the_way = change
    sweep(run, piggy)
    assert MirroredContact.objects.get(uuid=uuid_of(250)).firstname == "Sanne"


# --- Anything at once ------------------------------------------------------------------------


@pytest.mark.django_db(transaction=False)
@settings(max_examples=15, deadline=None)
@given(
    account=st.sampled_from(sorted(ACCOUNTS)),
    number=st.integers(1, 350),
    changes=st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.integers(1, 350), max_size=5), st.booleans()),
        max_size=8,
    ),
)
def test_whatever_happens_meanwhile(account, number, changes):
    """What stays is there after one sweep, and after a quiet one exactly what Piggy has."""
    store.empty()
    Sweep.objects.all().delete()
    piggy = moving(number, **ACCOUNTS[account])
    stays, coming, added = set(piggy.uuids), iter(changes), count(100_001)

    def meanwhile(these: MovingList) -> None:
        more, leaving, stops = next(coming, (0, [], False))
        these.remove(*leaving)
        these.add(*(next(added) for _ in range(more)))
        stays.intersection_update(these.uuids)
        if stops:
            raise StoppedError

    piggy.meanwhile = meanwhile
    run = started()
    for _ in range(len(changes) + 1):
        try:
            sweep(run, piggy)
        except StoppedError:
            continue
        break
    assert stays <= mirrored()
    piggy.meanwhile = lambda _: None
    ContactReading.objects.update(at=Sweep.objects.get().started_at - timedelta(days=1))
    this = swept(piggy)
    assert mirrored() == piggy.uuids
    assert this.contacts == len(piggy.uuids)

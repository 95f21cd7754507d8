"""Calls made side by side."""

import threading
import time
from functools import partial

import pytest
from django.db import connection
from django.utils import timezone, translation

from piggyadmin.piggy import concurrency
from piggyadmin.piggy.concurrency import gather, gather_in_turn
from piggyadmin.piggy.trace import current_trace_id, use_trace_id

# The pool's threads live on from test to test, and may hold connections of earlier ones.
pytestmark = pytest.mark.django_db


def test_results_come_in_the_order_of_the_calls():
    def slow() -> str:
        time.sleep(0.05)
        return "slow"

    assert gather(slow, lambda: "quick", lambda: 3) == ("slow", "quick", 3)
    assert gather(lambda: 1) == (1,)
    assert gather() == ()


def test_calls_really_run_at_the_same_time():
    meeting = threading.Barrier(3, timeout=5)
    assert len(gather(meeting.wait, meeting.wait, meeting.wait)) == 3


def test_language_and_time_zone_go_along():
    def here() -> tuple[str | None, str]:
        return translation.get_language(), timezone.get_current_timezone_name()

    # As often as there may be threads, which keep nothing of it for whoever comes next.
    with translation.override("nl"), timezone.override("America/New_York"):
        assert set(gather(*[here] * 8)) == {("nl", "America/New_York")}
    with translation.override("en"):
        assert {language for language, _zone in gather(*[here] * 8)} == {"en"}


def test_the_trace_id_goes_along():
    with use_trace_id("trace-5"):
        assert gather(current_trace_id, current_trace_id) == ("trace-5", "trace-5")


@pytest.mark.parametrize("position", [0, 1, 2])
def test_an_error_is_raised_when_all_have_ended(position):
    ended = []

    def fails():
        raise ValueError("no")

    def ends():
        time.sleep(0.02)
        ended.append(1)

    calls = [ends] * 3
    calls[position] = fails
    with pytest.raises(ValueError, match="no"):
        gather(*calls)
    assert ended == [1, 1]


def test_the_first_error_wins():
    def fails(text):
        raise ValueError(text)

    with pytest.raises(ValueError, match="first"):
        gather(lambda: 1, lambda: fails("first"), lambda: fails("second"))


def test_calls_within_calls_do_not_block_each_other(monkeypatch):
    monkeypatch.setattr(concurrency, "THREADS", 1)
    concurrency._pool.cache_clear()

    def nested(depth: int) -> int:
        if not depth:
            return 1
        return sum(gather(*[lambda: nested(depth - 1)] * 2))

    try:
        assert nested(4) == 16
    finally:
        concurrency._pool().shutdown()
        concurrency._pool.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_threads_give_their_connections_up():
    def used():
        connection.ensure_connection()
        return connection.connection is not None, threading.get_ident()

    begun = threading.Event()

    def used_by_a_thread():
        begun.set()
        return used()

    # What no thread has begun by then, the caller does itself.
    (was_open, thread), (_, own) = gather(used_by_a_thread, lambda: begun.wait(10) and used())
    assert was_open
    assert thread != own


def test_any_number_of_calls_go_on_as_soon_as_there_is_a_thread(monkeypatch):
    monkeypatch.setattr(concurrency, "THREADS", 2)
    begun, first = [], threading.Event()

    def call(number: int) -> int:
        begun.append(number)
        if number == 0:
            assert first.wait(5)
        return number * 10

    def calls():
        for number in range(5):
            yield partial(call, number)

    results = gather_in_turn(calls())
    threading.Timer(0.05, first.set).start()
    assert next(results) == 0
    assert sorted(begun) == [0, 1]
    assert list(results) == [10, 20, 30, 40]


def test_calls_that_nobody_listens_to_any_more_are_not_begun():
    asked: list[int] = []
    results = gather_in_turn(partial(asked.append, number) for number in range(500))
    next(results)
    results.close()
    assert len(asked) <= concurrency.THREADS + 1


def test_an_error_among_any_number_of_calls_comes_in_its_turn():
    def fails() -> int:
        raise ValueError("no")

    results = gather_in_turn([lambda: 1, fails, lambda: 3])
    assert next(results) == 1
    with pytest.raises(ValueError, match="no"):
        next(results)


def test_a_call_with_a_head_start_is_waited_for_no_longer_than_it_takes():
    result = concurrency.begin(lambda: 5, head_start=60)
    assert result() == 5


def test_a_head_start_ends_before_a_call_that_takes_long():
    may_end = threading.Event()
    result = concurrency.begin(partial(may_end.wait, 60), head_start=0.001)
    may_end.set()
    assert result() is True

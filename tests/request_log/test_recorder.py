"""The request log: what is kept of a call, and that keeping it harms nobody."""

import atexit
import logging
import os
import time

import pytest
from django.db import DatabaseError

from piggyadmin.piggy.actor import use_actor, use_actor_finder
from piggyadmin.piggy.client import PiggyClient, forget_client, piggy_client
from piggyadmin.piggy.errors import Maintenance, Unreachable
from piggyadmin.piggy.trace import use_trace_id
from piggyadmin.request_log import recorder as module
from piggyadmin.request_log.models import LoggedCall, hour_of
from piggyadmin.request_log.recorder import Recorder, recorder_from_settings
from tests.piggy.scripted import Script, Server, answers
from tests.request_log.conftest import exchange


@pytest.mark.django_db
def test_everything_about_a_call_is_kept(recorder):
    with Server() as server, use_trace_id("trace-1"), use_actor(7, "Sanne", "give-credits", 12):
        server.will(answers({"uuid": "u-1", "token": "s3cr3t"}))
        client = PiggyClient(server.url, "t0k3n", observer=recorder)
        client.post("credit-receptions", json={"credits": 5})
    recorder.write()
    (call,) = LoggedCall.objects.all()
    assert (call.method, call.path, call.status, call.error) == (
        "POST",
        "credit-receptions",
        200,
        "",
    )
    assert (call.attempt, call.trace_id, call.query) == (1, "trace-1", "")
    assert (call.person_id, call.person_name) == (7, "Sanne")
    assert (call.action, call.entry_id) == ("give-credits", 12)
    assert '"credits": 5' in call.request_body
    assert '"uuid": "u-1"' in call.response_body
    assert "s3cr3t" not in call.response_body
    assert call.seconds > 0
    assert call.hour == hour_of(call.at)
    assert str(call) == "POST credit-receptions 200"
    kept = " ".join(str(value) for value in LoggedCall.objects.values_list().get())
    assert "t0k3n" not in kept


@pytest.mark.django_db
def test_every_attempt_is_kept_with_what_went_wrong(recorder):
    with Server() as server:
        server.will(Script(status=503, body=b"<h1>Later"), Script(resets=True), answers([]))
        client = PiggyClient(server.url, "t", observer=recorder, sleep=lambda _: None)
        client.get("vouchers/find", params={"code": "A"})
    recorder.write()
    kept = LoggedCall.objects.order_by("pk").values_list(
        "attempt", "status", "error", "response_body"
    )
    assert list(kept[:2]) == [(1, 503, "Maintenance", "<h1>Later"), (2, None, "Unreachable", "")]
    assert kept[2][:3] == (3, 200, "")
    assert all('"code": "A"' in call.query for call in LoggedCall.objects.all())


@pytest.mark.django_db
def test_a_session_token_is_not_kept(recorder):
    path, body = "contact-session-tokens/s3cr3t/use", b'{"data": "s3cr3t", "message": "s3cr3t"}'
    recorder(exchange(path=path, response_body=body))
    recorder.write()
    kept = LoggedCall.objects.get()
    assert kept.path == "contact-session-tokens/…/use"
    assert "s3cr3t" not in str(vars(kept))


@pytest.mark.django_db
def test_what_is_too_long_is_cut(recorder):
    with use_actor(1, "n" * 999, "a" * 999):
        recorder(exchange(path="p" * 999))
    recorder.write()
    call = LoggedCall.objects.get()
    assert (len(call.path), len(call.person_name), len(call.action)) == (500, 255, 100)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "is_slow", "is_failed"),
    [
        ({}, False, False),
        ({"seconds": 2.0}, True, False),
        ({"error": "NotFound", "status": 404}, False, False),
        ({"error": "Maintenance", "status": 503}, False, True),
    ],
)
def test_slow_and_failing(facts, is_slow, is_failed):
    call = LoggedCall(**{"seconds": 0.1, "error": "", **facts})
    assert (call.is_slow, call.is_failed) == (is_slow, is_failed)


def test_when_the_log_is_behind_calls_are_left_out(recorder, monkeypatch, caplog):
    monkeypatch.setattr(module, "QUEUE_LIMIT", 1)
    recorder._queue.maxsize = 1
    with caplog.at_level(logging.WARNING):
        recorder(exchange())
        recorder(exchange())
    assert "left out" in caplog.text


def test_a_failure_to_take_note_does_not_reach_the_call(recorder, caplog):
    def fails():
        raise RuntimeError("secret")

    with caplog.at_level(logging.WARNING), use_actor_finder(fails):
        recorder(exchange())
    assert "RuntimeError" in caplog.text
    assert "secret" not in caplog.text


def test_a_failure_to_write_leaves_a_gap_and_no_more(recorder, monkeypatch, caplog):
    def fails(*_):
        raise DatabaseError("secret")

    monkeypatch.setattr(module, "row_of", fails)
    with caplog.at_level(logging.WARNING):
        recorder(exchange())
        recorder.write()
    recorder.wait(0)
    assert "1 calls were not logged: DatabaseError" in caplog.text
    assert recorder._queue.unfinished_tasks == 0


@pytest.mark.django_db
def test_many_calls_are_written_at_once(recorder, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(module, "BATCH", 3)
    for _ in range(4):
        recorder(exchange())
    with django_assert_num_queries(1):
        recorder.write()
    assert LoggedCall.objects.count() == 3


def test_a_thread_writes_what_comes(monkeypatch):
    rows: list[LoggedCall] = []
    monkeypatch.setattr(LoggedCall.objects, "bulk_create", rows.extend)
    recorder = Recorder()
    for number in range(5):
        recorder(exchange(attempt=number))
    recorder.wait(10)
    assert [row.attempt for row in rows] == list(range(5))


def test_the_thread_lets_the_page_go_first_and_hurries_at_the_end(monkeypatch):
    batches: list[list[LoggedCall]] = []
    monkeypatch.setattr(module, "GATHER_SECONDS", 60)
    monkeypatch.setattr(LoggedCall.objects, "bulk_create", batches.append)
    recorder = Recorder()
    for number in range(5):
        recorder(exchange(attempt=number))
    recorder.wait(10)
    assert [[row.attempt for row in batch] for batch in batches] == [list(range(5))]


def test_each_process_has_one_thread(monkeypatch):
    started = []
    recorder = Recorder()

    class Starts:
        def __init__(self, **_facts):
            started.append(recorder._process)

        def start(self):
            pass

    monkeypatch.setattr(module, "Thread", Starts)
    monkeypatch.setattr(atexit, "register", started.append)
    recorder(exchange())
    recorder(exchange())
    assert len(started) == 2
    monkeypatch.setattr(os, "getpid", lambda: -1)  # after a fork
    recorder(exchange())
    assert len(started) == 4


def test_two_calls_at_once_start_one_thread(monkeypatch):
    recorder = Recorder()
    monkeypatch.setattr(module, "Thread", None)  # starting one would fail

    class Late:
        """A lock that was held by the one who started the thread."""

        def __enter__(self):
            recorder._process = os.getpid()

        def __exit__(self, *_):
            pass

    monkeypatch.setattr(recorder, "_lock", Late())
    recorder(exchange())
    assert recorder._queue.qsize() == 1


def test_waiting_at_the_end_is_not_for_ever(recorder):
    recorder(exchange())
    begun = time.monotonic()
    recorder.wait(0.05)
    assert time.monotonic() - begun < 2


def test_errors_are_kept_by_name(recorder):
    recorder(exchange(error=Maintenance(), status=503))
    recorder(exchange(error=Unreachable(), status=None))
    names = [module.row_of(seen).error for seen in recorder._next_batch(is_waiting=False)]
    assert names == ["Maintenance", "Unreachable"]


def test_the_settings_can_switch_it_off(settings):
    assert recorder_from_settings() is None
    settings.REQUEST_LOG_DAYS = 1
    forget_client()
    try:
        assert piggy_client().observer is recorder_from_settings()
    finally:
        forget_client()

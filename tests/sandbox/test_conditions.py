"""What is known before a call is answered."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.sandbox import conditions, faults, jobs, request_log
from piggyadmin.sandbox.api import ApiRequest
from piggyadmin.sandbox.models import ReceivedRequest

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def test_at_the_beginning():
    now = conditions.current()
    assert now.settings == faults.read_settings({})
    assert not now.has_due_jobs
    assert now.calls_in_a_minute == 0


def test_misbehaviour_is_as_it_was_set():
    wanted = faults.read_settings({"latency_ms": 7, "faults": [{"kind": "throttled", "times": 2}]})
    faults.store(wanted)
    assert conditions.current().settings == wanted == faults.current()


def test_jobs_are_due_when_their_time_has_come():
    jobs.schedule("batch", 60, batch="none")
    assert not conditions.current().has_due_jobs
    jobs.schedule("batch", -1, batch="none")
    assert conditions.current().has_due_jobs


def test_calls_of_the_last_minute_are_left_out_of_what_is_allowed():
    for _ in range(3):
        request_log.note(ApiRequest("GET", "/shops", "", {}, b""), 200)
    assert conditions.current().rate_limit()["X-RateLimit-Remaining"] == "4996"
    ReceivedRequest.objects.update(received_at=timezone.now() - timedelta(seconds=61))
    assert conditions.current().calls_in_a_minute == 0


def test_less_than_nothing_is_never_left():
    now = conditions.current()._replace(calls_in_a_minute=conditions.RATE_LIMIT + 5)
    assert now.rate_limit()["X-RateLimit-Remaining"] == "0"

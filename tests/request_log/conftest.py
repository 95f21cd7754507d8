"""A recorder that writes when it is told to, and calls to look at."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from piggyadmin.piggy.client import Exchange
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.request_log.recorder import Recorder


@pytest.fixture(autouse=True)
def no_hours_remembered() -> None:
    cache.clear()


@pytest.fixture
def recorder(monkeypatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setattr(recorder, "_start_thread", lambda: None)
    return recorder


def exchange(**facts) -> Exchange:
    """Make an attempt of a call."""
    usual = {
        "method": "GET",
        "path": "shops",
        "attempt": 1,
        "seconds": 0.1,
        "trace_id": "t-1",
        "status": 200,
        "error": None,
    }
    return Exchange(**{**usual, **facts})


def call(*, ago: timedelta = timedelta(), **facts) -> LoggedCall:
    """Put a call into the log."""
    usual = {
        "at": timezone.now() - ago,
        "method": "GET",
        "path": "shops",
        "status": 200,
        "seconds": 0.1,
        "attempt": 1,
        "trace_id": "t-1",
    }
    return LoggedCall.objects.create(**{**usual, **facts})

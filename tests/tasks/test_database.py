"""The database's engine in this process: it tells of the signal that ends it."""

import os
import signal

import pytest
from django_tasks_db.models import DBTaskResult

from piggyadmin.tasks import backend
from piggyadmin.tasks.database import execute_tasks
from tests.tasks.signals import same_signals

pytestmark = pytest.mark.django_db(transaction=True)


class InterruptedQueryError(Exception):
    """What a database raises whose query was cut off."""


def test_a_signal_ends_it_and_is_told(monkeypatch, settings):
    settings.TASKS_POLL_SECONDS = 0
    told: list[int] = []
    looks = iter([lambda: None, lambda: os.kill(os.getpid(), signal.SIGTERM)])
    ready = DBTaskResult.objects.ready

    def looked():
        next(looks)()
        return ready()

    monkeypatch.setattr(DBTaskResult.objects, "ready", looked)
    with same_signals(), pytest.raises(SystemExit):
        execute_tasks(backend.QUEUE, lambda: told.append(1))
    assert told == [1]


def test_a_signal_is_told_though_something_else_is_raised(monkeypatch):
    told: list[int] = []

    def is_interrupted():
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            raise InterruptedQueryError

    monkeypatch.setattr(DBTaskResult.objects, "ready", is_interrupted)
    with same_signals(), pytest.raises(InterruptedQueryError):
        execute_tasks(backend.QUEUE, lambda: told.append(1))
    assert told == [1]

"""What the database did not take is stored when it is back, in its order."""

import threading

import pytest
from django.db import InterfaceError, OperationalError

from piggyadmin.ledger import backlog as module
from piggyadmin.ledger.backlog import Backlog


@pytest.fixture
def backlog(monkeypatch):
    monkeypatch.setattr(module, "TRY_AGAIN_SECONDS", 0.001)
    return Backlog()


def test_everything_is_stored_in_its_order(backlog):
    stored: list[int] = []
    attempts = iter([OperationalError, InterfaceError, None])

    def first():
        if error := next(attempts):
            raise error
        stored.append(1)

    backlog.add(first)
    backlog.add(lambda: stored.append(2))
    backlog.join(10)
    assert stored == [1, 2]


def test_what_can_never_be_stored_is_not_in_the_way(backlog, caplog):
    stored: list[int] = []
    backlog.add(lambda: 1 / 0)
    backlog.add(lambda: stored.append(2))
    backlog.join(10)
    assert stored == [2]
    assert "An outcome cannot be stored" in caplog.text


def test_a_thread_is_there_only_while_it_is_needed(backlog):
    may_go_on = threading.Event()
    backlog.add(lambda: may_go_on.wait(10))
    thread = backlog._thread
    backlog.add(lambda: None)
    assert backlog._thread is thread
    may_go_on.set()
    backlog.join(10)
    assert backlog._thread is None
    backlog.join(10)

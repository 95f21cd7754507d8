"""What is counted in a process reaches the database once, whatever happens to either."""

import atexit
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.db import DatabaseError, connection

from piggyadmin.metrics import counting
from piggyadmin.metrics.counting import Totals
from piggyadmin.metrics.models import MetricTotal

pytestmark = pytest.mark.django_db


@pytest.fixture
def totals(monkeypatch) -> Totals:
    """Give totals of their own, whose thread never gets to store anything by itself."""
    monkeypatch.setattr(counting, "GATHER_SECONDS", 3600)
    monkeypatch.setattr(atexit, "register", lambda _function: None)
    return Totals()


def stored() -> dict[str, float]:
    return {str(row): row.number for row in MetricTotal.objects.all()}


def test_what_is_counted_is_added_up(totals):
    totals.add("calls", ["GET", "shops"])
    totals.add("calls", ["GET", "shops"], 2.5)
    totals.add("calls", ["GET", "units"])
    assert stored() == {}
    totals.store()
    totals.store()
    assert stored() == {'calls ["GET", "shops"]': 3.5, 'calls ["GET", "units"]': 1}


def test_all_processes_add_to_the_same_totals(totals):
    for each in (totals, Totals()):
        each.add("calls", ["GET"])
        each.store()
    assert stored() == {'calls ["GET"]': 2}


def test_nothing_is_lost_while_the_database_is_away(totals, monkeypatch, caplog):
    def away(*_args, **_options):
        raise DatabaseError("the host, and its password")

    totals.add("calls", ["GET"])
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING):
        patch.setattr(counting, "insert", away)
        totals.store()
    assert "password" not in caplog.text
    totals.add("calls", ["GET"])
    totals.store()
    assert stored() == {'calls ["GET"]': 2}


def test_a_fork_counts_nothing_twice(totals, monkeypatch):
    totals.add("calls", ["GET"])
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: -1)
        totals.add("calls", ["PUT"])
        totals.store()
    assert stored() == {'calls ["PUT"]': 1}


@pytest.mark.django_db(transaction=True)
def test_its_own_thread_stores_it(monkeypatch):
    monkeypatch.setattr(counting, "GATHER_SECONDS", 0)
    monkeypatch.setattr(atexit, "register", lambda _function: None)
    totals, is_stored = Totals(), Event()
    store = totals.store

    def store_and_tell() -> None:
        store()
        connection.close()
        is_stored.set()

    monkeypatch.setattr(totals, "store", store_and_tell)
    totals.add("calls", ["GET"])
    assert is_stored.wait(10)
    assert stored() == {'calls ["GET"]': 1}


def test_threads_count_side_by_side(totals):
    with ThreadPoolExecutor(4) as pool:
        for _ in range(200):
            pool.submit(totals.add, "calls", ["GET"])
    totals.store()
    assert stored() == {'calls ["GET"]': 200}

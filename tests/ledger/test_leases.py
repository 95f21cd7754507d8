"""Who is at work on an entry: this process, another one that lives, or nobody any more."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from piggyadmin.ledger import leases

LATER = timedelta(seconds=1)


@pytest.fixture
def gone():
    """Give the number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.fixture
def without_proc(monkeypatch):
    """Take away what only Linux tells about processes."""

    def missing(*_):
        raise FileNotFoundError

    leases._machine.cache_clear()
    leases._named.cache_clear()
    monkeypatch.setattr(Path, "readlink", missing)
    monkeypatch.setattr(Path, "read_text", missing)
    yield
    monkeypatch.undo()
    leases._machine.cache_clear()
    leases._named.cache_clear()


def test_this_process_is_at_work_until_its_leases_are_over():
    now = timezone.now()
    name = leases.this_process()
    long_ago = now - timedelta(seconds=leases.lease_seconds() * leases.LEASES_OF_THE_LIVING)
    assert leases.is_at_work(name, leases.lease_from(now), now)
    assert leases.is_at_work(name, now - LATER, now)
    assert not leases.is_at_work(name, long_ago - LATER, now)


@pytest.mark.parametrize(("name", "leased"), [("", True), ("elsewhere|1|1", False)])
def test_nobody_is_at_work(name, leased):
    now = timezone.now()
    assert not leases.is_at_work(name, now + LATER if leased else None, now)


def test_another_machine_is_believed_for_its_lease():
    now = timezone.now()
    assert leases.is_at_work("elsewhere|1|1", now + LATER, now)
    assert not leases.is_at_work("elsewhere|1|1", now - LATER, now)


def test_the_same_number_after_a_restart_is_somebody_else():
    now = timezone.now()
    machine, pid, began = leases.this_process().split("|")
    assert not leases.is_at_work(f"{machine}|{pid}|{began}0", now + LATER, now)


def test_without_proc_the_process_itself_is_looked_for(without_proc, gone):
    now = timezone.now()
    name = leases.this_process()
    machine, pid, began = name.split("|")
    assert machine.endswith("//")
    assert (int(pid), began) == (os.getpid(), "")
    assert leases.is_at_work(name, now + LATER, now)
    assert not leases.is_at_work(f"{machine}|{gone}|", now + LATER, now)


def test_a_process_of_somebody_else_lives(without_proc, monkeypatch):
    def forbidden(_pid, _signal):
        raise PermissionError

    now = timezone.now()
    monkeypatch.setattr(os, "kill", forbidden)
    machine = leases.this_process().split("|")[0]
    assert leases.is_at_work(f"{machine}|1|", now + LATER, now)

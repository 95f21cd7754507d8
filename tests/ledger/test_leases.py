"""Who is at work on an entry: this process, another one that lives, or nobody any more."""

import os
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

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


def test_a_lease_is_as_long_as_a_call_may_take(settings):
    settings.PIGGY_CONNECT_TIMEOUT, settings.PIGGY_READ_TIMEOUT = 3, 20
    now = timezone.now()
    assert leases.lease_seconds() == 35.0
    assert leases.lease_from(now) == now + timedelta(seconds=35)


def test_a_process_is_named_by_machine_number_and_beginning():
    machine, pid, began = leases.this_process().split("|")
    host, boot, space = machine.split("/")
    assert (host, int(pid)) == (socket.gethostname()[:80], os.getpid())
    assert boot == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert space == Path("/proc/self/ns/pid").readlink().name
    # The 22nd field, where the second may hold spaces and brackets.
    assert began == Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19]


@pytest.mark.parametrize(
    ("stat", "began"),
    [
        ("7 (a) b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20", "4711"),
        ("7 (a) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20", ""),
        ("7 (a) X 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20", ""),
    ],
)
def test_when_a_process_began_is_read_whatever_its_name(monkeypatch, stat, began):
    read: Any = []
    monkeypatch.setattr(Path, "read_text", lambda path: read.append(str(path)) or stat)
    assert leases._began(7) == began
    assert read == ["/proc/7/stat"]


def test_a_lease_ends_at_its_moment():
    now = timezone.now()
    longest = timedelta(seconds=leases.lease_seconds() * leases.LEASES_OF_THE_LIVING)
    assert not leases.is_at_work("elsewhere|1|1", now, now)
    assert not leases.is_at_work(leases.this_process(), now - longest, now)


def test_whether_it_lives_is_asked_without_harming_it(without_proc, monkeypatch):
    asked = []
    monkeypatch.setattr(os, "kill", lambda *said: asked.append(said))
    assert leases._lives(4711, "")
    assert asked == [(4711, 0)]

"""Who is at work on an entry: this process, another one that lives, or nobody any more.

An owner is told by machine, process id and the moment the process began, so that a process of the
same number after a restart is another one. On the same machine the process itself can be looked
for; for other machines there is a lease.
"""

import os
import socket
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.conf import settings

# How long a write may take beyond connecting and reading, in seconds, until its lease is over.
SLACK_SECONDS = 12.0
# A process of this machine that seems to live is believed for so many leases and no longer.
LEASES_OF_THE_LIVING = 10


def lease_seconds() -> float:
    """Give how long an owner is believed without a sign of life."""
    return float(settings.PIGGY_CONNECT_TIMEOUT + settings.PIGGY_READ_TIMEOUT + SLACK_SECONDS)


def lease_from(now: datetime) -> datetime:
    """Give the end of a lease that begins now."""
    return now + timedelta(seconds=lease_seconds())


def this_process() -> str:
    """Name this process."""
    return _named(os.getpid())


@cache
def _named(pid: int) -> str:
    """Name a process that lives; a fork has another number and so a name of its own."""
    return f"{_machine()}|{pid}|{_began(pid)}"


@cache
def _machine() -> str:
    """Name this machine or container: process ids mean nothing in another one."""
    try:
        space = Path("/proc/self/ns/pid").readlink().name
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        space = boot = ""
    return f"{socket.gethostname()[:80]}/{boot}/{space}"


def _began(pid: int) -> str:
    """Give when a process began, in ticks since the machine did; empty where nobody knows."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    # The name in brackets may hold anything; the state comes right after it.
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] in {"Z", "X"} else fields[19]


def is_at_work(owner: str, lease_until: datetime | None, now: datetime) -> bool:
    """Tell whether somebody is still at work on an entry."""
    if not owner or lease_until is None:
        return False
    machine, pid, began = owner.split("|")
    if machine != _machine():
        return lease_until > now
    longest = timedelta(seconds=lease_seconds() * LEASES_OF_THE_LIVING)
    return _lives(int(pid), began) and lease_until + longest > now


def _lives(pid: int, began: str) -> bool:
    if began:
        return _began(pid) == began
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

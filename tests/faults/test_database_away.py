"""A PostgreSQL that is stopped, and a disk that is full, while many things are written."""

import json
import os
import pwd
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from piggyadmin.ledger.models import HAPPENED, OPEN
from piggyadmin.sandbox import seed
from tests.prepared import DATABASE
from tests.sandbox.server import ROOT, SandboxServer, free_port
from tests.tasks.processes import Console, console, wait_until

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
# Longer than whoever writes waits for the database, so that outcomes go to the backlog.
AWAY_SECONDS = 5
# What was promised, with room for a busy machine.
SETTLED_WITHIN_SECONDS = 60
# So long Piggy is at each call, so that many of them are under way whenever the database goes.
LATENCY_MS = 300
# No file can be written beyond this, which is within the first page of any database.
FULL_BYTES = 1000
STATES = """
SELECT entry.data, standing.state FROM actions_entry AS entry
LEFT JOIN actions_standing AS standing ON standing.entry_id = entry.id
"""

Rows = list[tuple[int, str]]


class PostgreSQLServer:
    """A cluster of the test's own, which can be stopped as by a power cut."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.data = directory, directory / "data"
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        # It refuses to run as root.
        self.user = "postgres" if os.geteuid() == 0 else None
        if self.user:
            os.chown(directory, pwd.getpwnam(self.user).pw_uid, -1)
        self._run("initdb", "-U", "postgres", "-A", "trust", "--no-sync")

    def _run(self, program: str, *arguments: str) -> None:
        command = [PROGRAMS[-1] / program, "-D", self.data, *arguments]
        with (self.directory / "log").open("ab") as log:
            subprocess.run(command, user=self.user, cwd="/", stdout=log, stderr=log, check=True)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        # What was handed to the system is kept by it, whatever becomes of the server.
        options = f"-p {self.port} -h 127.0.0.1 -k '' -c fsync=off"
        self._run("pg_ctl", "-w", "-o", options, "start")

    def stop(self) -> None:
        """Stop it, and leave everything as it is."""
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def rows(self) -> Rows:
        """Give the credits and the state of every entry."""
        with psycopg.connect(self.url) as connection:
            return [(data["credits"], state) for data, state in connection.execute(STATES)]


@contextmanager
def postgresql() -> Iterator[PostgreSQLServer]:
    """Serve a cluster, and throw it away."""
    if not PROGRAMS:
        pytest.skip("There are no programs of a PostgreSQL server here.")
    with tempfile.TemporaryDirectory(prefix="piggyadmin-postgresql-") as directory:
        server = PostgreSQLServer(Path(directory))
        server.start()
        try:
            yield server
        finally:
            server.stop()


class Writing:
    """A console in which people write while a worker is beside them."""

    def __init__(self, here: Console, rows: Callable[[], Rows]) -> None:
        self.rows = rows
        command = [sys.executable, "-m", "tests.faults.writer"]
        pipe = subprocess.PIPE  # its log too: no file can be written to while the disk is full
        self.writer = subprocess.Popen(
            [*command, seed.MIRA_UUID, seed.AMSTERDAM_UUID],
            cwd=ROOT,
            env=here.environment,
            stdin=pipe,
            stderr=pipe,
        )
        here.processes.append(self.writer)
        self.processes = [self.writer, here.worker()]

    def wait_for_more(self, number: int = 8) -> None:
        """Wait until so many more have come to a good end."""
        before = self.number_of(*HAPPENED)
        wait_until(lambda: self.number_of(*HAPPENED) >= before + number)

    def number_of(self, *states: str) -> int:
        """Count the entries in one of these states."""
        return sum(state in states for _credits, state in self.rows())

    def stop_asking(self) -> None:
        """Have nothing new written; the processes live on."""
        assert self.writer.stdin
        self.writer.stdin.close()

    def log(self) -> str:
        """End the writer, and give what it had to say."""
        assert self.writer.stderr
        self.writer.kill()
        with self.writer.stderr as log:
            return log.read().decode()


def given(sandbox: SandboxServer) -> Counter[int]:
    """Count what Mira has been given at Piggy, by the number of credits."""
    found: list[dict[str, Any]] = []
    for page in range(1, 100):
        params = {"contact_uuid": seed.MIRA_UUID, "limit": 100, "page": page}
        rows = sandbox.api("GET", "loyalty-transactions", params=params)
        found += rows
        if len(rows) < 100:
            break
    return Counter(each["credits"] for each in found)


def write_while(
    here: Console,
    sandbox: SandboxServer,
    rows: Callable[[], Rows],
    away: Callable[[Writing], Any],
) -> None:
    """Take the database away for a while, and see that the books are equal afterwards."""
    here.environment["PIGGY_API_URL"] = sandbox.url
    before = given(sandbox)
    sandbox.faults(latency_ms=LATENCY_MS)
    writing = Writing(here, rows)
    writing.wait_for_more()
    with away(writing):
        time.sleep(AWAY_SECONDS)
    writing.wait_for_more()
    writing.stop_asking()
    wait_until(lambda: not writing.number_of(*OPEN), SETTLED_WITHIN_SECONDS)
    assert "An outcome was not stored yet" in writing.log()
    done = Counter(number for number, state in rows() if state in HAPPENED)
    assert max(done.values()) == 1
    assert given(sandbox) - before == done


def test_postgresql_stopped(tmp_path, sandbox):
    with postgresql() as server, console(tmp_path, DATABASE_URL=server.url) as here:

        @contextmanager
        def stopped(_writing: Writing) -> Iterator[None]:
            server.stop()
            yield
            server.start()

        here.prepare()
        write_while(here, sandbox, server.rows, stopped)


@contextmanager
def full_disk(writing: Writing) -> Iterator[None]:
    """Let none of the processes write to a file."""
    unlimited = resource.RLIM_INFINITY
    for process in writing.processes:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (FULL_BYTES, unlimited))
    yield
    for process in writing.processes:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (unlimited, unlimited))


def test_disk_full_under_sqlite(directory, sandbox):
    def rows() -> Rows:
        with closing(sqlite3.connect(directory / DATABASE, timeout=20)) as connection:
            found = connection.execute(STATES).fetchall()
        return [(json.loads(data)["credits"], state) for data, state in found]

    with console(directory) as here:
        write_while(here, sandbox, rows, full_disk)

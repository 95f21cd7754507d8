"""Databases of one's own on the PostgreSQL server that tests and measurements use."""

import fcntl
import hashlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from tests.prepared import state_of_code

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("TEST_POSTGRESQL", "postgres://postgres@127.0.0.1:5432")
# How the databases of this checkout are called that hold nothing but all tables.
PREFIX = f"piggyadmin_tables_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}_"


@contextmanager
def database(template: str = "template1") -> Iterator[str | None]:
    """Give the address of a database of one's own, which is dropped afterwards.

    It begins as the one called `template`, to which nobody may be connected. None without a server.
    """
    name = f"piggyadmin_{uuid4().hex[:12]}"
    try:
        server = psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=5)
    except psycopg.OperationalError:
        yield None
        return
    with server:
        copied = SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(copied.format(Identifier(name), Identifier(template)))
        try:
            yield f"{SERVER}/{name}"
        finally:
            _drop(server, name)


def run_there(*tests: str, seconds: float = 900, **environment: str) -> str:
    """Run tests once more in a database of their own there, and give what they print; all pass."""
    with migrated_database_or_skip() as url:
        kept = {name: value for name, value in os.environ.items() if "XDIST" not in name}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-cov", *tests],
            cwd=ROOT,
            env={**kept, "DATABASE_URL": url, "TEST_DATABASE_IS_MIGRATED": "1", **environment},
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    assert done.returncode == 0, done.stdout
    return done.stdout


@contextmanager
def database_or_skip() -> Iterator[str]:
    """Give an empty database, or skip the test where there is no server."""
    with database() as address:
        yield address or pytest.skip(f"no PostgreSQL at {SERVER}")


@contextmanager
def migrated_database_or_skip() -> Iterator[str]:
    """Give a database with all its tables, or skip the test where there is no server."""
    try:
        template = _with_all_tables()
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL at {SERVER}")
    with database(template) as address:
        assert address
        yield address


@cache
def _with_all_tables() -> str:
    """Name the database to copy: made once for each state of the code, which takes ten seconds."""
    name = PREFIX + state_of_code()
    lock = Path(tempfile.gettempdir(), f"{PREFIX}lock")
    with (
        psycopg.connect(f"{SERVER}/postgres", autocommit=True, connect_timeout=5) as server,
        lock.open("w") as locked,
    ):
        fcntl.flock(locked, fcntl.LOCK_EX)
        listed = "SELECT datname FROM pg_database WHERE datname LIKE %s"
        names = {row[0] for row in server.execute(listed, [f"{PREFIX}%"])}
        if name not in names:
            for outdated in names:
                _drop(server, outdated)
            _make_tables(server, name)
    return name


def _make_tables(server: psycopg.Connection, name: str) -> None:
    """Make it under another name first: what was not finished is not copied."""
    unfinished = f"{PREFIX}unfinished"
    server.execute(SQL("CREATE DATABASE {}").format(Identifier(unfinished)))
    environment = {**os.environ, "DATABASE_URL": f"{SERVER}/{unfinished}"}
    environment |= {"DJANGO_SETTINGS_MODULE": "piggyadmin.settings", "PIGGY_SANDBOX": "true"}
    command = [sys.executable, "manage.py", "migrate", "--skip-checks", "-v0"]
    with tempfile.TemporaryDirectory() as directory:
        environment["DATA_DIR"] = directory
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    renamed = SQL("ALTER DATABASE {} RENAME TO {}")
    server.execute(renamed.format(Identifier(unfinished), Identifier(name)))


def _drop(server: psycopg.Connection, name: str) -> None:
    server.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))

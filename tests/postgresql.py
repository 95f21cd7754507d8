"""Databases of one's own on the PostgreSQL server that tests and measurements use."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
SERVER = os.environ.get("TEST_POSTGRESQL", "postgres://postgres@127.0.0.1:5432")


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
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[call-overload,unused-ignore]
        try:
            yield f"{SERVER}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload,unused-ignore]


def run_there(*tests: str, seconds: float = 900, **environment: str) -> str:
    """Run tests once more in a database of their own there, and give what they print; all pass."""
    with database_or_skip() as url:
        kept = {name: value for name, value in os.environ.items() if "XDIST" not in name}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--no-cov", *tests],
            cwd=ROOT,
            env={**kept, "DATABASE_URL": url, **environment},
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

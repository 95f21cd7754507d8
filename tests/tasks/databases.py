"""Databases for consoles whose workers are real processes."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from tests.tasks.processes import Console

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory) -> Path:
    """Give an SQLite database whose tables are there, to be copied."""
    made = Console(tmp_path_factory.mktemp("migrated"))
    made.prepare()
    return made.directory / "piggyadmin.sqlite3"


@pytest.fixture
def directory(tmp_path, migrated) -> Path:
    """Give a directory with a database of its own."""
    shutil.copy(migrated, tmp_path)
    return Path(tmp_path)


@pytest.fixture(scope="module")
def postgres_url(tmp_path_factory) -> Iterator[str]:
    name = f"piggyadmin_tasks_{uuid4().hex[:12]}"
    try:
        server = psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        pytest.skip(f"no PostgreSQL at {POSTGRES}")
    with server:
        server.execute(f"CREATE DATABASE {name}")
        url = f"{POSTGRES}/{name}"
        Console(tmp_path_factory.mktemp("postgres"), DATABASE_URL=url).prepare()
        yield url
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")

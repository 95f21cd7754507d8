"""Databases for consoles whose workers are real processes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import database, database_or_skip
from tests.tasks.processes import Console


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
def migrated_postgresql(tmp_path_factory) -> Iterator[str]:
    """Name a database on PostgreSQL whose tables are there, to be copied."""
    with database_or_skip() as url:
        Console(tmp_path_factory.mktemp("postgres"), DATABASE_URL=url).prepare()
        yield url.rpartition("/")[2]


@pytest.fixture
def postgres_url(migrated_postgresql) -> Iterator[str]:
    """Give a database of the test's own, in which no other has left work whose files have gone."""
    with database(migrated_postgresql) as url:
        assert url
        yield url

"""Databases for consoles whose workers are real processes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import database, database_or_skip
from tests.prepared import DATABASE, migrated_database
from tests.tasks.processes import Console


@pytest.fixture
def directory(tmp_path) -> Path:
    """Give a directory with a database of its own."""
    shutil.copy(migrated_database(), tmp_path / DATABASE)
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

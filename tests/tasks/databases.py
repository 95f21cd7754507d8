"""Databases for consoles whose workers are real processes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.postgresql import migrated_database_or_skip
from tests.prepared import DATABASE, migrated_database


@pytest.fixture
def directory(tmp_path) -> Path:
    """Give a directory with a database of its own."""
    shutil.copy(migrated_database(), tmp_path / DATABASE)
    return Path(tmp_path)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Give a database of the test's own, in which no other has left work whose files have gone."""
    with migrated_database_or_skip() as url:
        yield url

"""What tests of duplicates share."""

import pytest

from piggyadmin.duplicates import mirror
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import Run
from tests.tasks.databases import directory, migrated, postgres_url

__all__ = ["directory", "migrated", "postgres_url", "run", "started"]


@pytest.fixture
def run(db) -> Run:
    """Give a sweep's run, as the worker that owns it has it."""
    return started()


def started() -> Run:
    """Start a sweep, whatever became of others, and become its owner."""
    Run.objects.all().delete()
    run = runs.claim("test", only=runs.start(mirror.SWEEP, key="contacts", payload={}).pk)
    assert run
    return run

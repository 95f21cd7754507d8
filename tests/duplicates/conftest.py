"""What tests of duplicates share."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.review import batches, decisions, rows
from piggyadmin.duplicates.review.evidence import Point
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import Run
from tests.duplicates.pairs import OTHER_NAMES, SAME_PHONE, reviewer
from tests.tasks.databases import directory, postgres_url

__all__ = ["directory", "postgres_url", "run", "started"]


@pytest.fixture
def run(db) -> Run:
    """Give a sweep's run, as the worker that owns it has it."""
    return started()


def started() -> Run:
    """Start a sweep, whatever became of others, and become its owner."""
    Run.objects.all().delete()
    run = runs.claim("test", only=runs.start(store.SWEEP, key="contacts", payload={}).pk)
    assert run
    return run


@pytest.fixture
def noor(db) -> User:
    """Somebody who may review duplicates."""
    return reviewer("noor")


@pytest.fixture
def sanne(db) -> User:
    """Somebody else who may."""
    return reviewer("sanne")


@pytest.fixture
def evidence(monkeypatch) -> list[Point]:
    """Have every pair speak of the same: a phone for it, and first names against it."""
    points = [SAME_PHONE, OTHER_NAMES]
    for module in (batches, decisions, rows):
        monkeypatch.setattr(module, "evidence_of", lambda pairs, *_: [points for _pair in pairs])
    return points

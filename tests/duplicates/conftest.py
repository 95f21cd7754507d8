"""What tests of duplicates share."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.duplicates import decisions, rows
from piggyadmin.duplicates.evidence import Point
from tests.duplicates.pairs import OTHER_NAMES, SAME_PHONE, reviewer


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
    for module in (decisions, rows):
        monkeypatch.setattr(module, "evidence_of", lambda pairs: [points for _pair in pairs])
    return points

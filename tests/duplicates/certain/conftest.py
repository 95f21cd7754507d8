"""What tests of certain pairs share."""

import pytest

from tests.duplicates.certain.making import CERTAIN, speak


@pytest.fixture
def certain(sandbox, monkeypatch) -> None:
    """Have all that is compared speak for one person, and merges end at once."""
    sandbox.faults(merge_seconds=0)
    speak(monkeypatch, CERTAIN)

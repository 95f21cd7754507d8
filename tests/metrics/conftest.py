"""What the tests of metrics share."""

from collections.abc import Iterator

import pytest

from piggyadmin.metrics.counting import Totals, totals


@pytest.fixture
def counted(settings, monkeypatch) -> Iterator[Totals]:
    """Have calls counted, without a thread that stores them when it likes."""
    settings.METRICS = True
    monkeypatch.setattr(Totals, "_begin", lambda self: None)
    totals._numbers.clear()
    yield totals
    totals._numbers.clear()

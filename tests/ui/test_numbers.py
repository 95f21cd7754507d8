"""Numbers as they are written into forms again."""

from decimal import Decimal

import pytest

from piggyadmin.ui.numbers import read_number, written


@pytest.mark.parametrize(
    "number", [0, 5, 1e16, 1e-7, -1.5, 1.234, -12.345, 0.125, Decimal("10.40")]
)
def test_what_is_written_is_read_as_itself(number):
    assert read_number(written(number)) == Decimal(str(number))

"""Which attribute is changed."""

from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.piggy.errors import NotFound


def test_an_attribute_that_there_is_not_is_not_found(piggy):
    """Piggy has one of this name, but of something else."""
    of_bookings = {"entity": "booking", "custom_attribute_name": "table_preference"}
    action: Any = get_action("update-custom-attribute")
    assert action.find(piggy, of_bookings).name == "table_preference"
    with pytest.raises(NotFound):
        action.find(piggy, of_bookings | {"entity": "voucher"})

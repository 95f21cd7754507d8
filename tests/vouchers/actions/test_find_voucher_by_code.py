"""Finding a voucher by its code."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.piggy.errors import ErrorCode, NotFound

FIND = get_action("find-voucher-by-code")


def test_exactly_this_code_is_looked_for(piggy):
    found = FIND.perform(piggy, {"code": "WELCOME-ACTIVE"})
    assert (found.code, found.status) == ("WELCOME-ACTIVE", "ACTIVE")
    with pytest.raises(NotFound) as caught:
        FIND.perform(piggy, {"code": "WELCOME"})
    assert caught.value.code == ErrorCode.VOUCHER_NOT_FOUND

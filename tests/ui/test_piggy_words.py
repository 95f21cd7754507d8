"""What Piggy's codes are called on screen."""

import pytest

from piggyadmin.ui.piggy_words import in_shop_words
from piggyadmin.ui.templatetags.ui import NOTHING
from piggyadmin.ui.templatetags.ui import in_shop_words as shown


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("voucher_redeemed", "A voucher was used"),
        ("birthday", "A birthday"),
        ("REGISTER_API", "the till"),
        ("ROUNDED", "Rounded"),
        ("LIGHT_SPEED", "light speed"),  # unknown, but readable
    ],
)
def test_codes_are_said_in_a_shops_words(code, words):
    assert in_shop_words(code) == words
    assert shown(code) == words


def test_nothing_is_nothing():
    assert shown(None) == NOTHING
    assert shown("") == NOTHING

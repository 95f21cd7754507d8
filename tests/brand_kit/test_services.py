"""The account's looks, against a sandbox behind a socket."""

import pytest

from piggyadmin.brand_kit import services
from tests.piggy.scripted import answers


def test_get_brand_kit(piggy):
    kit = services.get_brand_kit(piggy)
    assert (kit.primary_color, kit.font_family) == ("#3b2f2f", "Inter")


@pytest.mark.parametrize("spelling", ["quarternary_color", "quaternary_color"])
def test_both_spellings_of_the_fourth_color(scripted, scripted_piggy, spelling):
    scripted.will(answers({spelling: "#ffffff"}))
    assert services.get_brand_kit(scripted_piggy).quaternary_color == "#ffffff"

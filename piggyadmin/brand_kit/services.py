"""Calls about the account's looks, which are set up in Piggy's dashboard."""

from piggyadmin.brand_kit.types import BrandKit
from piggyadmin.piggy.client import PiggyClient


def get_brand_kit(piggy: PiggyClient) -> BrandKit:
    """Get the account's logos, colors and font."""
    return piggy.get("brand-kit").one(BrandKit)

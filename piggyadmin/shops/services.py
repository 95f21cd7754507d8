"""Calls about shops."""

from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.reference.cached import cached
from piggyadmin.shops.types import Shop


def list_shops(piggy: PiggyClient) -> list[Shop]:
    """List all shops (docs: no pagination)."""
    return piggy.get("shops").several(Shop)


cached_shops = cached(list_shops)


def get_shop(piggy: PiggyClient, *, shop_uuid: str) -> Shop:
    """Get one shop.

    Raises:
        NotFound: there is none (1008).
    """
    return piggy.get(f"shops/{path_value(shop_uuid)}").one(Shop)

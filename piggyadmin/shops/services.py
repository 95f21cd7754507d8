"""Calls about shops."""

from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.reference.cached import cached
from piggyadmin.shops.types import Shop


def list_shops(piggy: PiggyClient) -> list[Shop]:
    """List all shops (docs: no pagination)."""
    return piggy.get("shops").several(Shop)


cached_shops = cached(list_shops)


def shop_called(piggy: PiggyClient, shop_uuid: str) -> str:
    """Give what a shop is called; one that is not in the list, by its UUID."""
    shops = cached_shops(piggy)
    return next((shop.name for shop in shops if shop.uuid == shop_uuid and shop.name), shop_uuid)


def get_shop(piggy: PiggyClient, *, shop_uuid: str) -> Shop:
    """Get one shop.

    Raises:
        NotFound: there is none (1008).
    """
    return piggy.get(f"shops/{path_value(shop_uuid)}").one(Shop)

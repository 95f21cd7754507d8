"""What forms offer as lists: read from Piggy once in a while, and remembered in between."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache

from piggyadmin.contacts.services import list_contact_attributes
from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.credits.services import get_loyalty_program, list_units
from piggyadmin.credits.types import LoyaltyProgram, Unit
from piggyadmin.perks.services import list_perks, list_tiers
from piggyadmin.perks.types import Perk, Tier
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.shops.services import list_shops
from piggyadmin.shops.types import Shop
from piggyadmin.vouchers.services import list_promotions
from piggyadmin.vouchers.types import Promotion

T = TypeVar("T")
NAMES = ("shops", "units", "promotions", "perks", "tiers", "contact_attributes", "loyalty_program")


def _key(name: str) -> str:
    return f"piggy-reference-{name}"


def _remembered(name: str, load: Callable[[], T]) -> T:
    return cache.get_or_set(_key(name), load, settings.PIGGY_REFERENCE_SECONDS)  # type: ignore[return-value]


def shops(piggy: PiggyClient) -> list[Shop]:
    """List the shops."""
    return _remembered("shops", lambda: list_shops(piggy))


def units(piggy: PiggyClient) -> list[Unit]:
    """List the units."""
    return _remembered("units", lambda: list_units(piggy))


def promotions(piggy: PiggyClient) -> list[Promotion]:
    """List the promotions, of all pages."""
    return _remembered("promotions", lambda: _all_promotions(piggy))


def _all_promotions(piggy: PiggyClient) -> list[Promotion]:
    page = list_promotions(piggy)
    rows = list(page.items)
    while page.has_more:
        page = list_promotions(piggy, page=page.page + 1)
        rows += page.items
    return rows


def perks(piggy: PiggyClient) -> list[Perk]:
    """List the perks."""
    return _remembered("perks", lambda: list_perks(piggy))


def tiers(piggy: PiggyClient) -> list[Tier]:
    """List the tiers."""
    return _remembered("tiers", lambda: list_tiers(piggy))


def contact_attributes(piggy: PiggyClient) -> list[ContactAttribute]:
    """List the attributes of contacts."""
    return _remembered("contact_attributes", lambda: list_contact_attributes(piggy))


def loyalty_program(piggy: PiggyClient) -> LoyaltyProgram:
    """Get the loyalty program."""
    return _remembered("loyalty_program", lambda: get_loyalty_program(piggy))


def forget() -> None:
    """Read everything anew at the next use."""
    cache.delete_many([_key(name) for name in NAMES])

"""What forms offer as lists: read from Piggy once in a while, and remembered in between."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar, cast

from django.conf import settings
from django.core.cache import cache

from piggyadmin.contacts.services import list_contact_attributes
from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.credits.services import get_loyalty_program, list_units
from piggyadmin.credits.types import LoyaltyProgram, Unit
from piggyadmin.perks.services import list_perks, list_tiers
from piggyadmin.perks.types import Perk, Tier
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.types import every_item
from piggyadmin.shops.services import list_shops
from piggyadmin.shops.types import Shop
from piggyadmin.vouchers.services import list_promotions
from piggyadmin.vouchers.types import Promotion

T = TypeVar("T")


def _key(piggy: PiggyClient, name: str) -> str:
    return f"piggy-reference-{piggy.account}-{name}"


def _remembered(piggy: PiggyClient, read: Callable[[PiggyClient], T]) -> T:
    key, seconds = _key(piggy, read.__name__), settings.PIGGY_REFERENCE_SECONDS
    return cast("T", cache.get_or_set(key, partial(read, piggy), seconds))


def shops(piggy: PiggyClient) -> list[Shop]:
    """List the shops."""
    return _remembered(piggy, list_shops)


def units(piggy: PiggyClient) -> list[Unit]:
    """List the units."""
    return _remembered(piggy, list_units)


def promotions(piggy: PiggyClient) -> list[Promotion]:
    """List the promotions, of all pages."""
    return _remembered(piggy, _list_all_promotions)


def _list_all_promotions(piggy: PiggyClient) -> list[Promotion]:
    return list(every_item(lambda page: list_promotions(piggy, page=page)))


def perks(piggy: PiggyClient) -> list[Perk]:
    """List the perks."""
    return _remembered(piggy, list_perks)


def tiers(piggy: PiggyClient) -> list[Tier]:
    """List the tiers."""
    return _remembered(piggy, list_tiers)


def contact_attributes(piggy: PiggyClient) -> list[ContactAttribute]:
    """List the attributes of contacts."""
    return _remembered(piggy, list_contact_attributes)


def loyalty_program(piggy: PiggyClient) -> LoyaltyProgram:
    """Get the loyalty program."""
    return _remembered(piggy, get_loyalty_program)


def forget(piggy: PiggyClient | None = None) -> None:
    """Read everything anew at the next use."""
    account = piggy or piggy_client()
    cache.delete_many([_key(account, read.__name__) for read in _READ])


_READ: tuple[Callable[[PiggyClient], object], ...] = (
    list_shops,
    list_units,
    _list_all_promotions,
    list_perks,
    list_tiers,
    list_contact_attributes,
    get_loyalty_program,
)

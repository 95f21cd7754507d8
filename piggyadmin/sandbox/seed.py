"""Fills the sandbox: the well-known records, an account around them and any number of contacts.

The same figures give the same records with the same UUIDs. Dates count back from today, so that
what is shown looks alive.
"""

from datetime import UTC, datetime, time, timedelta
from random import Random

from django.apps import apps
from django.core.management.color import no_style
from django.db import connections, transaction
from django.utils import timezone

from piggyadmin.sandbox.models import Seeding, Shop
from piggyadmin.sandbox.seed_account import (
    AMSTERDAM_UUID,
    PERK_UUID,
    PRODUCT_CATEGORY_UUID,
    PRODUCT_UUID,
    SOLD_OUT_UUID,
    WEB_SHOP_UUID,
    WELCOME_COFFEE_UUID,
    fill_account,
)
from piggyadmin.sandbox.seed_contacts import fill_contacts
from piggyadmin.sandbox.seed_dealings import fill_dealings
from piggyadmin.sandbox.seed_fixtures import (
    ANONYMOUS_UUID,
    BOOKING_UUID,
    DUPLICATE_EMAIL,
    DUPLICATE_UUID,
    KNOWN_CONTACTS,
    MIRA_EMAIL,
    MIRA_UUID,
    RELEASE_KEY,
    fill_known,
)

__all__ = [
    "AMSTERDAM_UUID",
    "ANONYMOUS_UUID",
    "BOOKING_UUID",
    "DUPLICATE_EMAIL",
    "DUPLICATE_UUID",
    "MIRA_EMAIL",
    "MIRA_UUID",
    "PERK_UUID",
    "PRODUCT_CATEGORY_UUID",
    "PRODUCT_UUID",
    "RELEASE_KEY",
    "SOLD_OUT_UUID",
    "WEB_SHOP_UUID",
    "WELCOME_COFFEE_UUID",
    "is_empty",
    "seed",
]

_ALIAS = "sandbox"
_AGE = timedelta(days=1_900)  # of the account; somewhat older than its first contact


def is_empty() -> bool:
    """Tell whether the sandbox has not been filled yet."""
    return not Shop.objects.exists()


def seed(contacts: int = 2000, seed: int = 1) -> None:
    """Throw away what there is and fill the sandbox with `contacts`, the well-known ones included.

    Everything happens in one transaction: others see the sandbox as it was or as it will be.
    """
    today = datetime.combine(timezone.now().date(), time(), UTC)
    rng = Random(f"sandbox {seed}")  # noqa: S311
    with transaction.atomic(using=_ALIAS):
        _wipe()
        account = fill_account(rng, today - _AGE)
        fill_known(account, today)
        fill_dealings(account, today)
        fill_contacts(rng, account, max(0, contacts - KNOWN_CONTACTS), seed, today)
        Seeding.objects.create(contacts=contacts, seed=seed)


def _wipe() -> None:
    """Empty all of the sandbox's tables, and begin to count again."""
    connection = connections[_ALIAS]
    models = apps.get_app_config("sandbox").get_models(include_auto_created=True)
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        for statement in connection.ops.sql_flush(no_style(), tables, reset_sequences=True):
            cursor.execute(statement)

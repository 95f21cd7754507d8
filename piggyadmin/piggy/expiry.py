"""Until when the token may be used, and whether it is time to say so."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from piggyadmin.piggy.models import TokenDate

# How long before its last day the end of a token is announced.
AHEAD = timedelta(days=14)
# So many seconds after it was entered elsewhere, every page knows of it.
KEPT_SECONDS = 60


def token_expires_on(account: str) -> date | None:
    """Give the token's last day: as the settings have it, else as somebody entered it."""
    if settings.PIGGY_TOKEN_EXPIRES:
        return settings.PIGGY_TOKEN_EXPIRES
    dates = TokenDate.objects.filter(account=account)
    return dates.values_list("expires_on", flat=True).first()


def token_ends_soon(account: str, today: date) -> date | None:
    """Give the token's last day when it is near or over."""
    last_day = cache.get_or_set(_key(account), partial(token_expires_on, account), KEPT_SECONDS)
    return last_day if last_day and last_day - AHEAD <= today else None


@receiver((post_save, post_delete), sender=TokenDate)
def forget_token_date(instance: TokenDate, **_more: Any) -> None:
    """Read it anew: it has changed."""
    cache.delete(_key(instance.account))


def _key(account: str) -> str:
    return f"token-date-{account}"

"""Until when the token may be used, and whether it is time to say so."""

from datetime import date, timedelta

from django.conf import settings

from piggyadmin.piggy.models import TokenDate

# How long before its last day the end of a token is announced.
AHEAD = timedelta(days=14)


def token_expires_on(account: str) -> date | None:
    """Give the token's last day: as the settings have it, else as somebody entered it."""
    if settings.PIGGY_TOKEN_EXPIRES:
        return settings.PIGGY_TOKEN_EXPIRES
    dates = TokenDate.objects.filter(account=account)
    return dates.values_list("expires_on", flat=True).first()


def token_ends_soon(account: str, today: date) -> date | None:
    """Give the token's last day when it is near or over."""
    last_day = token_expires_on(account)
    return last_day if last_day and last_day - AHEAD <= today else None

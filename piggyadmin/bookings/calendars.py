"""The secret addresses at which calendars read the bookings of a shop.

An address is shown once, when it is made. Making another one ends the one before.
"""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.bookings.models import CalendarFeed, SeenBooking

SECRET_BYTES = 32
# Calendars show what was so long ago, and so many bookings.
SHOWN_BACK = timedelta(days=31)
MOST_EVENTS = 2000


def renew(shop_uuid: str, shop_name: str, person: User) -> str:
    """Make a new secret for a shop, whose earlier one then leads nowhere; it is kept nowhere."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    values = {
        "shop_name": shop_name,
        "secret_hash": hash_of(secret),
        "made_by": person.name,
        "made_at": timezone.now(),
    }
    CalendarFeed.objects.update_or_create(shop_uuid=shop_uuid, defaults=values)
    return secret


def find_feed(secret: str) -> CalendarFeed | None:
    """Give the feed of a secret; None where it is wrong, or was renewed since.

    A secret of 256 random bits is found by its hash: no time that this takes tells of others.
    """
    return CalendarFeed.objects.filter(secret_hash=hash_of(secret)).first()


def hash_of(secret: str) -> str:
    """Hash a secret, which is too random to be guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


def bookings_of(feed: CalendarFeed) -> list[SeenBooking]:
    """List what a calendar shows of a shop, the earliest first."""
    since = timezone.now() - SHOWN_BACK
    rows = SeenBooking.objects.filter(shop_uuid=feed.shop_uuid, starts_at__gte=since)
    return list(rows.order_by("starts_at", "pk")[:MOST_EVENTS])

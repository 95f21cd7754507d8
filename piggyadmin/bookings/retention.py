"""Removing bookings that are over: Piggy goes on to have them, and the ledger what was done."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bulk_insert import delete_in_batches

# Rows deleted in one go, so that nobody waits long for the database.
BATCH = 1000


def forget_old(now: datetime) -> int:
    """Remove bookings that began long enough ago; 0 days means never.

    Of whom nobody knows when it begins, it counts when anything was last learned of it.

    Returns:
        how many were removed.
    """
    days = settings.BOOKING_KEEP_DAYS
    if not days:
        return 0
    before = now - timedelta(days=days)
    is_over = Q(starts_at__lt=before) | Q(starts_at=None, seen_at__lt=before)
    return delete_in_batches(SeenBooking.objects.order_by("pk").filter(is_over), BATCH)

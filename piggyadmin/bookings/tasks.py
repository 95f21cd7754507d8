"""What workers do for bookings: forget those that were kept long enough."""

from django.utils import timezone

from piggyadmin.bookings import retention
from piggyadmin.tasks.schedule import every


@every(3600, "forget-bookings")
def forget_bookings() -> None:
    """Remove the bookings that were kept long enough."""
    retention.forget_old(timezone.now())

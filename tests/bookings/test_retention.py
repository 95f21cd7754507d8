"""Bookings end here after a while, whatever was last known of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.bookings import retention, tasks
from piggyadmin.bookings.models import SeenBooking

pytestmark = pytest.mark.django_db


def seen(name: str, *, began: int | None = None, learned: int = 0) -> None:
    """Make a booking that began, or of which something was learned, so many days ago."""
    now = timezone.now()
    starts_at = None if began is None else now - timedelta(days=began, minutes=1)
    booking = SeenBooking.objects.create(uuid=name, starts_at=starts_at)
    at = now - timedelta(days=learned, minutes=1)
    SeenBooking.objects.filter(pk=booking.pk).update(seen_at=at)


@pytest.mark.parametrize(
    ("days", "left"),
    [(30, ["ahead", "recent", "undated"]), (0, ["ahead", "recent", "undated", "x"])],
)
def test_what_is_over_long_enough_is_forgotten(settings, monkeypatch, days, left):
    monkeypatch.setattr(retention, "BATCH", 1)
    settings.BOOKING_KEEP_DAYS = days
    seen("ahead", began=-5, learned=60)
    seen("recent", began=29, learned=60)
    seen("undated", learned=29)
    seen("x", began=30)
    tasks.forget_bookings()
    assert list(SeenBooking.objects.order_by("uuid").values_list("uuid", flat=True)) == left


def test_without_a_day_it_counts_when_it_was_heard_of(settings):
    settings.BOOKING_KEEP_DAYS = 30
    seen("a", learned=30)
    seen("b", learned=31)
    assert retention.forget_old(timezone.now()) == 2

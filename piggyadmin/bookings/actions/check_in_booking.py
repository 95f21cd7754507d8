"""Checking a customer in for a booking."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import register
from piggyadmin.bookings.actions.booking_step import BookingStep
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import IN_PROGRESS
from piggyadmin.ui.templatetags.ui import in_words


@register
class CheckInBooking(BookingStep):
    """Say that the customer is here: now is when they were checked in."""

    slug = "check-in-booking"
    label = _("Check in for a booking")
    summary = _("The customer is here: notes the present time, and the status “in progress”.")
    button = _("Check in")
    icon = "user-check"
    status = IN_PROGRESS
    question = _("Check in for this booking?")
    patterns = (
        (
            _("%(who)s checked %(customer)s in for the booking of %(when)s at %(shop)s"),
            _("check %(customer)s in for the booking of %(when)s at %(shop)s"),
        ),
        (
            _("%(who)s checked %(customer)s in for a booking at %(shop)s"),
            _("check %(customer)s in for a booking at %(shop)s"),
        ),
    )

    def changes(self) -> dict[str, Any]:
        """Note the present time as well."""
        return {"checked_in_at": timezone.now().replace(microsecond=0), **super().changes()}

    def warning(self, booking: SeenBooking) -> str:
        """Say when they were checked in before."""
        if booking.checked_in_at is None:
            return super().warning(booking)
        words = _("They were checked in already on %(when)s.")
        return str(words) % {"when": in_words(booking.checked_in_at)}

"""Cancelling a booking."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import register
from piggyadmin.bookings.actions.booking_step import BookingStep
from piggyadmin.bookings.seen import CANCELED


@register
class CancelBooking(BookingStep):
    """Cancel a booking; it can be set right again by changing its status."""

    slug = "cancel-booking"
    label = _("Cancel a booking")
    summary = _("Sets its status to “canceled”. Piggy cannot remove a booking.")
    button = _("Cancel the booking")
    icon = "calendar-x"
    status = CANCELED
    question = _("Cancel this booking?")
    patterns = (
        (
            _("%(who)s cancelled %(customer)s's booking of %(when)s at %(shop)s"),
            _("cancel %(customer)s's booking of %(when)s at %(shop)s"),
        ),
        (
            _("%(who)s cancelled %(customer)s's booking at %(shop)s"),
            _("cancel %(customer)s's booking at %(shop)s"),
        ),
    )

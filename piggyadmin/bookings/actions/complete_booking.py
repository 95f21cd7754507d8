"""Completing a booking."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import register
from piggyadmin.bookings.actions.booking_step import BookingStep
from piggyadmin.bookings.seen import COMPLETED


@register
class CompleteBooking(BookingStep):
    """Say that a booking is over and went as it should."""

    slug = "complete-booking"
    label = _("Complete a booking")
    summary = _("Sets its status to “completed”: the customer was here and has left.")
    button = _("Complete the booking")
    icon = "check-check"
    status = COMPLETED
    question = _("Complete this booking?")
    patterns = (
        (
            _("%(who)s completed %(customer)s's booking of %(when)s at %(shop)s"),
            _("complete %(customer)s's booking of %(when)s at %(shop)s"),
        ),
        (
            _("%(who)s completed %(customer)s's booking at %(shop)s"),
            _("complete %(customer)s's booking at %(shop)s"),
        ),
    )

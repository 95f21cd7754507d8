"""What people can do with bookings."""

from piggyadmin.bookings.actions import (
    cancel_booking,
    check_in_booking,
    complete_booking,
    create_booking,
    update_bookings,
)

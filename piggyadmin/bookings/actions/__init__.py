"""What people can do with bookings."""

from piggyadmin.bookings.actions import create_booking, update_bookings

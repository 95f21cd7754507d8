"""What people can do with shifts, teams and kinds of shift."""

from piggyadmin.shifts.actions import (
    create_shift,
    create_shift_group,
    delete_shift,
    update_shift,
    update_shift_group,
)

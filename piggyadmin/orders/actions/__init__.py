"""What people can do with orders."""

from piggyadmin.orders.actions import (
    create_and_process_order_return,
    create_order,
    find_order,
    process_order,
    update_order,
)

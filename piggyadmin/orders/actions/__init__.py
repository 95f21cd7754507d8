"""What people can do with orders."""

from piggyadmin.orders.actions import (
    create_and_process_order_return,
    create_order,
    create_order_return,
    find_order,
    process_order,
    process_order_return,
    update_order,
)

"""What people can do with credits."""

from piggyadmin.credits.actions import (
    create_credit_reception,
    create_loyalty_transaction_attribute,
    create_unit,
    get_contact_credit_balance,
    reverse_credit_reception,
)

__all__ = [
    "create_credit_reception",
    "create_loyalty_transaction_attribute",
    "create_unit",
    "get_contact_credit_balance",
    "reverse_credit_reception",
]

"""What people can do with credits."""

from piggyadmin.credits.actions import (
    create_credit_reception,
    get_contact_credit_balance,
    reverse_credit_reception,
)

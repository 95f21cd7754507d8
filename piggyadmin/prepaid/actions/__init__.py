"""What people can do with prepaid money."""

from piggyadmin.prepaid.actions import pay_prepaid, reverse_prepaid_transaction, top_up_prepaid

"""What people can do with vouchers."""

from piggyadmin.vouchers.actions import create_vouchers_batch, find_voucher_by_code

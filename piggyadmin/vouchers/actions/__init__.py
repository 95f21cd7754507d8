"""What people can do with vouchers."""

from piggyadmin.vouchers.actions import (
    create_promotion,
    create_voucher,
    create_vouchers_batch,
    extend_voucher,
    find_voucher_by_code,
    lock_voucher,
    redeem_voucher,
    release_voucher,
    replace_voucher,
    reverse_voucher_redemption,
    switch_voucher,
    validate_voucher,
)

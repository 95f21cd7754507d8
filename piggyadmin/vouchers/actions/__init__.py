"""What people can do with vouchers."""

from piggyadmin.vouchers.actions import (
    activate_voucher,
    create_promotion,
    create_voucher,
    create_vouchers_batch,
    deactivate_voucher,
    extend_voucher,
    find_voucher_by_code,
    lock_voucher,
    redeem_voucher,
    release_voucher,
    replace_voucher,
    reverse_voucher_redemption,
    validate_voucher,
)

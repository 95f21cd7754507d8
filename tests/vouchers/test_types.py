"""Vouchers as Piggy answers them."""

from datetime import UTC, datetime

import pytest

from piggyadmin.vouchers.types import Voucher, VoucherBatch


@pytest.mark.parametrize("promotion", [None, [], "promo-9"])
def test_a_voucher_with_odd_parts(promotion):
    voucher = Voucher.model_validate(
        {
            "uuid": "v",
            "code": 42,
            "status": "SOMETHING_NEW",
            "is_redeemed": 0,
            "expiration_date": "whenever",
            "attributes": [],
            "contact": [],
            "promotion": promotion,
        }
    )
    assert (voucher.code, voucher.status, voucher.is_redeemed) == ("42", "SOMETHING_NEW", False)
    assert (voucher.expiration_date, voucher.contact, voucher.promotion) == (None, None, None)


def test_the_short_moment_of_a_batch():
    batch = VoucherBatch.model_validate({"quantity": "50", "created_at": "2026-03-04, 09:30"})
    assert batch.quantity == 50
    assert batch.created_at == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)

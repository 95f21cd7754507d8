from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from piggyadmin.vouchers.types import Voucher
from piggyadmin.vouchers.wording import STATUSES, in_words, uses_in_words

NOW = timezone.now()
LATER = NOW + timedelta(days=3)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "ACTIVE"}, "Can be used"),
        ({"status": "ACTIVE", "expiration_date": NOW + timedelta(days=9)}, "Can be used, until "),
        ({"status": "REDEEMED"}, "Used already"),
        ({"status": "REDEEMED", "redeemed_at": NOW - timedelta(days=2)}, "Used 2 days ago"),
        ({"status": "EXPIRED"}, "Expired"),
        ({"status": "EXPIRED", "expiration_date": NOW - timedelta(days=3)}, "Expired 3 days ago"),
        ({"status": "DEACTIVATED"}, "Switched off"),
        ({"status": "INACTIVE"}, "Not usable yet"),
        (
            {"status": "INACTIVE", "activation_date": LATER},
            "Not usable yet: from",
        ),
        ({"status": "LOCKED"}, "Locked: somebody is using it"),
        ({"status": "FROZEN"}, "Piggy calls its state “FROZEN”."),
        ({}, "Piggy calls its state “?”."),
    ],
)
def test_in_words(fields, words):
    with override("en"):
        assert in_words(Voucher(**fields)).startswith(words)


def test_lock_tells_the_time_of_day():
    today = timezone.localtime().replace(hour=14, minute=2)
    voucher = Voucher.model_validate({"status": "LOCKED", "lock": {"system_release_at": today}})
    with override("en"):
        assert in_words(voucher) == "Locked until 14:02"
    later = today + timedelta(days=400)
    voucher = Voucher.model_validate({"status": "LOCKED", "lock": {"system_release_at": later}})
    with override("en"):
        assert str(later.year) in in_words(voucher)


def test_every_status_has_words_in_dutch():
    with override("nl"):
        assert str(STATUSES["ACTIVE"]) != "Can be used"
        assert all(in_words(Voucher(status=status)) for status in STATUSES)


@pytest.mark.parametrize(
    ("times", "left", "total", "words"),
    [
        (3, 7, 10, "used 3 of 10 times, 7 left"),
        (0, 1, 1, "used 0 of 1 times, 1 left"),
        (3, None, 10, "used 3 of 10 times"),
        (None, 7, None, "7 left"),
        (3, 7, None, "7 left"),
        (None, None, None, ""),
    ],
)
def test_uses_in_words(times, left, total, words):
    voucher = Voucher(
        times_redeemed=times, redemptions_remaining=left, total_redemptions_allowed=total
    )
    with override("en"):
        assert uses_in_words(voucher) == words

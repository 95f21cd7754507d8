"""What is known of an account at Piggy."""

from datetime import UTC, datetime

from piggyadmin.piggy.models import RealAccount


def test_a_real_account_says_since_when():
    account = RealAccount(host="api.piggy.eu", since=datetime(2026, 3, 1, tzinfo=UTC))
    assert str(account) == "api.piggy.eu since 2026-03-01"

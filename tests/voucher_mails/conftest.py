"""What tests of mails with vouchers share."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.bulk.models import BulkRun
from piggyadmin.voucher_mails.models import VoucherMailing
from tests.bulk.conftest import maker  # noqa: F401  (a fixture)
from tests.voucher_mails.making import MIRA, OTHER, prepared, run_of


@pytest.fixture
def run(sandbox, maker: User) -> BulkRun:  # noqa: F811
    """Two customers who have been given a voucher each."""
    return run_of(maker, MIRA, OTHER)


@pytest.fixture
def mailing(sandbox, run: BulkRun) -> VoucherMailing:
    """What they are mailed, looked at."""
    return prepared(sandbox, run)

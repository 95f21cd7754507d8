"""What tests of bulk runs share."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from piggyadmin.ledger.models import Reason
from tests.conftest import person


@pytest.fixture
def maker(transactional_db) -> User:
    """Somebody who may do things with many rows, and has a reason to."""
    Reason.objects.get_or_create(label="Goodwill")
    return person(Role.ADMIN)

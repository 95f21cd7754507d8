"""What tests of bulk runs share."""

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.roles import Role
from tests.conftest import person


@pytest.fixture
def maker(transactional_db) -> User:
    """Somebody who may do things with many rows."""
    return person(Role.ADMIN)

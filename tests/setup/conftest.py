"""What the tests of the set-up share."""

import pytest
from django.test import Client

from piggyadmin.setup.codes import new_code


@pytest.fixture
def new_console(db, sandbox, settings):
    """Give a console with a token for a real account, in which nobody works yet."""
    settings.PIGGY_IS_REAL = True
    return settings


@pytest.fixture
def owner(new_console, client: Client) -> Client:
    """Give the browser of somebody who has entered the code."""
    client.post("/setup/", {"code": new_code()})
    return client

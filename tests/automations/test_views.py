"""The list of automations."""

import pytest

from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db
URL = "/actions/run-automation/"


def test_the_list_says_what_can_be_set_off_by_hand(admin, support, sandbox):
    page = main_of(admin.get("/automations/").content.decode())
    assert page.count(f"{URL}?automation_uuid=") == 1
    assert URL not in main_of(support.get("/automations/").content.decode())
    only = support.post("/automations/", {"status": "inactive"}, follow=True).content.decode()
    assert "Summer" in main_of(only)
    assert "Birthday" not in main_of(only)

"""Looking up a session at a till."""

import pytest

from piggyadmin.sandbox import seed
from piggyadmin.sandbox.seed_dealings import PORTAL_SESSION_UUID
from tests.actions.test_views import text

pytestmark = pytest.mark.django_db
URL = "/actions/find-portal-session/"


def test_it_tells_where_and_who_and_hides_its_address(staff, sandbox):
    response = staff.post(URL, {"portal_session_uuid": PORTAL_SESSION_UUID})
    page = response.content.decode()
    assert "Amsterdam" in text(response)
    assert f"/contacts/{seed.MIRA_UUID}/" in page
    shown, _is_hidden, hidden = page.partition("<summary>")
    address = f"https://example.test/portal-sessions/{PORTAL_SESSION_UUID}"
    assert address not in shown
    assert address in hidden


def test_one_that_is_not_there_is_told_beside_what_was_typed(staff, sandbox):
    response = staff.post(URL, {"portal_session_uuid": seed.MIRA_UUID})
    assert f'value="{seed.MIRA_UUID}"' in response.content.decode()
    assert response.context["form"].errors

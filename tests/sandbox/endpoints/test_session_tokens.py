import pytest

from piggyadmin.sandbox.models import ContactSessionToken

pytestmark = pytest.mark.django_db(databases=["sandbox"])


def test_a_session_token_is_used_once(api, account):
    ContactSessionToken.objects.create(token="t-1", contact=account.mira)
    seen = api("GET", "contact-session-tokens/t-1")
    assert (seen["status"], seen["contact"]["uuid"]) == ("active", account.mira.uuid)
    assert api("POST", "contact-session-tokens/t-1/use") == {**seen, "status": "used"}
    assert api("GET", "contact-session-tokens/t-1")["status"] == "used"
    assert api.code("POST", "contact-session-tokens/t-1/use") == 1003
    assert api.code("GET", "contact-session-tokens/t-2") == 60013

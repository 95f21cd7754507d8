import pytest

from piggyadmin.sandbox.endpoints.portal import KINDS
from piggyadmin.sandbox.models import AuthToken, PortalSession

pytestmark = pytest.mark.django_db(databases=["sandbox"])


@pytest.mark.parametrize("kind", ["", *(f"/{kind}" for kind in KINDS)])
def test_a_session_of_every_kind(api, account, kind):
    fields = {"shop_uuid": account.shop.uuid, "amount_in_cents": 100}
    assert api.raw("POST", f"portal-sessions{kind}", **fields).status == 201
    session = PortalSession.objects.get()
    shown = api("GET", f"portal-sessions/{session.uuid}")
    assert (shown["shop"]["uuid"], shown["contact"]) == (account.shop.uuid, None)


def test_what_is_refused(api, account):
    shop = {"shop_uuid": account.shop.uuid}
    assert api.code("POST", "portal-sessions", shop_uuid="no") == 1008
    assert api.code("POST", "portal-sessions", **shop, contact_uuid="no") == 55031
    odd = {"scanner_type": "eye", "camera_service": 4, "enable_registration": "maybe"}
    assert api.wrong("POST", "portal-sessions", **shop, **odd) == set(odd)
    assert api.wrong("POST", "portal-sessions/redeem-giftcards", **shop) == {"amount_in_cents"}
    assert api.code("POST", "portal-sessions/nonsense", **shop) == 1003
    assert api.code("GET", "portal-sessions/no") == 1003


def test_an_address_signs_its_contact_in(api, account):
    url = api("GET", "contacts-portal/auth-url", contact_uuid=account.mira.uuid)["url"]
    token = AuthToken.objects.get(contact=account.mira).token
    assert url.endswith(token)
    assert api.code("GET", "contacts-portal/auth-url", contact_uuid="no") == 55031

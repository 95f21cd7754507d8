"""The Contacts Portal and its tokens, against a sandbox behind a socket."""

import pytest

from piggyadmin.piggy.errors import ErrorCode, NotFound, OutcomeUnknown, Rejected
from piggyadmin.portal import services
from piggyadmin.sandbox.seed import AMSTERDAM_UUID, MIRA_UUID
from tests.piggy.scripted import Script, answers

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"
TOKEN = "session-of-mira"


@pytest.mark.parametrize("purpose", [None, "vouchers", "top-up-prepaid"])
def test_a_session_is_begun_and_found(piggy, purpose):
    made = services.create_portal_session(
        piggy,
        shop_uuid=AMSTERDAM_UUID,
        purpose=purpose,
        contact_uuid=MIRA_UUID,
        scanner_type="hand_scanner",
    )
    assert (made.contact.uuid, made.shop.uuid) == (MIRA_UUID, AMSTERDAM_UUID)
    assert services.get_portal_session(piggy, portal_session_uuid=made.uuid).url == made.url
    assert made.url not in repr(made)


def test_a_session_that_cannot_be(piggy):
    with pytest.raises(Rejected) as caught:
        services.create_portal_session(
            piggy, shop_uuid=AMSTERDAM_UUID, purpose="redeem-giftcards", amount_in_cents=None
        )
    assert set(caught.value.field_errors) == {"amount_in_cents"}
    with pytest.raises(NotFound):
        services.create_portal_session(piggy, shop_uuid=NOBODY)
    with pytest.raises(Rejected):
        services.get_portal_session(piggy, portal_session_uuid=NOBODY)


def test_an_address_that_signs_in(piggy):
    address = services.get_portal_address(piggy, contact_uuid=MIRA_UUID)
    assert address.startswith("https://")
    with pytest.raises(NotFound):
        services.get_portal_address(piggy, contact_uuid=NOBODY)


def test_an_address_is_asked_for_once(scripted, scripted_piggy):
    scripted.will(Script(status=502), answers({"url": "https://example.test/"}))
    with pytest.raises(OutcomeUnknown):
        services.get_portal_address(scripted_piggy, contact_uuid="c")
    assert len(scripted.received) == 1


def test_a_session_token_is_used_once(piggy):
    token = {"contact_session_token": TOKEN}
    seen = services.get_session_token(piggy, **token)
    assert (seen.contact.uuid, seen.status) == (MIRA_UUID, "active")
    assert services.use_session_token(piggy, **token).status == "used"
    with pytest.raises(Rejected) as caught:
        services.use_session_token(piggy, **token)
    assert caught.value.code == ErrorCode.INVALID_INPUT
    with pytest.raises(NotFound):
        services.get_session_token(piggy, contact_session_token="nobody's")

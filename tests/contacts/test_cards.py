"""Cards that an address names without their numbers."""

import pytest

from piggyadmin.contacts.cards import find_card, owner_of, with_card
from piggyadmin.contacts.types import ContactIdentifier
from piggyadmin.piggy.errors import ErrorCode, NotFound
from piggyadmin.sandbox import seed
from tests.actions.test_views import text
from tests.piggy.scripted import refuses

KEY = ContactIdentifier(value="CARD-0001").key
MIRA = {"contact_uuid": seed.MIRA_UUID}


def test_a_key_tells_nothing_and_is_another_for_each_card():
    assert len(KEY) == 20
    assert "CARD" not in KEY
    assert ContactIdentifier(value="CARD-0002").key != KEY
    assert ContactIdentifier(value="CARD-0001", name="Gold").key == KEY


@pytest.mark.django_db
def test_the_card_of_a_key_is_found_among_the_customers(piggy, sandbox):
    named = with_card(piggy, MIRA | {"card": KEY})
    assert named["contact_identifier_value"] == "CARD-0001"
    other = {"contact_uuid": seed.ANONYMOUS_UUID, "card": KEY}
    assert with_card(piggy, other)["contact_identifier_value"] == ""


@pytest.mark.django_db
@pytest.mark.parametrize("contact", ["", "c0ffee00-0000-4000-8000-0000000000ff"])
def test_nobody_has_no_card(piggy, sandbox, contact):
    named = with_card(piggy, {"contact_uuid": contact, "card": KEY})
    assert named["contact_identifier_value"] == ""


def test_what_names_no_card_stays_as_it_is(piggy):
    assert with_card(piggy, MIRA) is MIRA
    assert with_card(piggy, None) is None


def test_a_card_is_not_there_only_where_piggy_says_so(scripted, scripted_piggy):
    scripted.will(refuses(ErrorCode.CONTACT_IDENTIFIER_NOT_FOUND))
    assert find_card(scripted_piggy, "CARD") is None
    scripted.will(refuses(ErrorCode.CONTACT_NOT_FOUND))
    with pytest.raises(NotFound):
        find_card(scripted_piggy, "CARD")


def test_a_card_of_nobody_has_no_owner():
    assert owner_of(ContactIdentifier(value="CARD")) == ""


# --- On the customer's page --------------------------------------------------------------------


@pytest.mark.django_db
def test_each_card_leads_to_what_can_be_done_with_it(admin, sandbox):
    page = text(admin.get(f"/contacts/{seed.MIRA_UUID}/"))
    asked = f"?contact_uuid={seed.MIRA_UUID}&amp;card={KEY}"
    for slug in (
        "replace-lost-card",
        "update-contact-identifiers",
        "unlink-contact-identifier",
        "delete-contact-identifier",
    ):
        address = f"/actions/{slug}/{asked}"
        assert f'href="{address}"' in page
        opened = text(admin.get(address.replace("&amp;", "&")))
        assert 'value="CARD-0001"' in opened, slug
    assert f"/actions/create-contact-identifier/?contact_uuid={seed.MIRA_UUID}" in page


@pytest.mark.django_db
def test_who_may_only_look_is_led_to_nothing(support, sandbox):
    page = text(support.get(f"/contacts/{seed.MIRA_UUID}/"))
    assert "CARD-0001" in page
    assert "contact-identifier" not in page


@pytest.mark.django_db
def test_an_address_is_opened_although_piggy_is_away(admin, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    asked = MIRA | {"card": KEY}
    for slug in ("replace-lost-card", "unlink-contact-identifier"):
        response = admin.get(f"/actions/{slug}/", asked)
        assert response.status_code == 200
        assert "contact_identifier_value" in text(response)

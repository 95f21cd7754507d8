"""Looking up a balance."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.sandbox import seed

pytestmark = pytest.mark.django_db
BALANCE = get_action("get-contact-credit-balance")


def test_the_balance_is_asked_for_anew(piggy, sandbox):
    """What the form found of the contact may be older."""
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": mira.uuid, "credits": 5}
    sandbox.api("POST", "credit-receptions", json=body)
    found = BALANCE.perform(piggy, {"contact_uuid": mira})
    assert (found.contact, found.contact.credits, found.balance) == (mira, 120, 125)

"""Verification mails go to contacts alone."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.piggy.errors import NotFound
from piggyadmin.sandbox import seed
from tests.actions.test_views import text

pytestmark = pytest.mark.django_db


def test_no_mail_is_promised_to_an_address_that_is_nobodys(staff, sandbox):
    page = text(
        staff.post("/actions/send-contact-verification-email/", {"email": "n@example.test"})
    )
    assert "No contact at Piggy has this address" in page
    assert "Each press sends a mail" not in page
    assert sandbox.calls("POST") == []


def test_nor_to_the_made_up_address_of_an_anonymous_contact(staff, sandbox):
    anonymous = sandbox.api("GET", f"contacts/{seed.ANONYMOUS_UUID}")
    assert anonymous["email"]
    asked = {"email": anonymous["email"]}
    page = text(staff.post("/actions/send-contact-verification-email/", asked))
    assert "Each press sends a mail" not in page


def test_a_404_that_is_not_piggys_own_says_nothing_of_the_address(piggy, sandbox):
    """A gateway on the way may say so, whether there is such a contact or not."""
    sandbox.faults({"kind": "status", "status": 404, "path": "^contacts/find-one-by$"})
    with pytest.raises(NotFound) as caught:
        get_action("send-contact-verification-email").preview(piggy, {"email": seed.MIRA_EMAIL})
    assert caught.value.code is None

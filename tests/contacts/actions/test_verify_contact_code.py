"""Checking the code that a customer reads out."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.sandbox import seed
from tests.actions.test_views import text
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
URL = "/actions/verify-contact-code/"
VERIFY = get_action("verify-contact-code")


def code_mailed(sandbox, piggy) -> str:
    services.send_verification_email(piggy, email=seed.MIRA_EMAIL)
    return str(sandbox.mailbox()[0]["code"])


def check(staff, code: str, who: str = seed.MIRA_EMAIL) -> str:
    return text(staff.post(URL, {"contact_uuid": who, "code": code}, follow=True))


def test_the_code_of_a_mail_is_right_once(staff, sandbox, piggy):
    code = code_mailed(sandbox, piggy)
    assert "The code is right." in check(staff, code)
    assert "This code is wrong or too old." in check(staff, code)
    first, second = Entry.objects.order_by("pk")
    assert (first.state, second.state) == (EntryState.DONE, EntryState.REJECTED)
    assert code not in str(first.data)
    assert sentence_of(first).endswith("checked a code that Mira Jansen read out")


def test_a_wrong_code_is_told_beside_what_was_typed(staff, sandbox):
    page = check(staff, "000000")
    assert "This code is wrong or too old. Check the code, or send a new one." in page
    assert 'value="000000"' in page


def test_who_has_no_address_got_no_code(staff, sandbox):
    page = check(staff, "112233", "CARD-ANON")
    assert "This customer has no e-mail address, so that it got no code." in page
    assert not Entry.objects.exists()


def test_a_code_of_another_contact_is_told(staff, sandbox, monkeypatch):
    monkeypatch.setattr(services, "verify_code", lambda *_, **__: seed.DUPLICATE_UUID)
    assert "The code is that of another customer" in check(staff, "112233")


def test_what_nobody_has_heard_verifies_nobody(piggy):
    data = {"code": "112233", "contact_uuid": Contact(uuid=seed.MIRA_UUID)}
    entry = make_entry(EntryState.UNKNOWN, slug=VERIFY.slug, data=data)
    finding = VERIFY.read_back(piggy, entry)
    assert finding.verdict is Verdict.NOT_DONE
    assert finding.words.startswith("Nobody has learned whether the code is right.")

"""Taking cards away; what serves as proof of it."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.sandbox import seed
from tests.actions.test_views import text
from tests.contacts.cards import cards_of, make, switch
from tests.ledger.making import make_entry, verdict

pytestmark = pytest.mark.django_db
URL = "/actions/unlink-contact-identifier/"
UNLINK = get_action("unlink-contact-identifier")
CARD = {"contact_identifier_value": "CARD-0001"}


def lost() -> Entry:
    return make_entry(EntryState.UNKNOWN, slug=UNLINK.slug, data=CARD, contact=seed.MIRA_UUID)


def test_it_is_found_first_then_taken(staff, sandbox):
    key = ContactIdentifier(value="CARD-0001").key
    page = text(staff.get(URL, {"contact_uuid": seed.MIRA_UUID, "card": key}))
    assert 'value="CARD-0001"' in page
    assert f"/contacts/{seed.MIRA_UUID}/" in page
    assert "readonly" in page
    staff.post(URL, CARD)
    assert cards_of(sandbox) == {}
    entry = Entry.objects.get()
    assert entry.subjects.get().contact_uuid == seed.MIRA_UUID
    assert sentence_of(entry).endswith("took the card CARD-0001 from a customer")


def test_a_card_that_is_nobodys_is_told(staff, sandbox):
    make(sandbox, "CARD-FREE")
    page = text(staff.post(URL, {"contact_identifier_value": "CARD-FREE"}))
    assert "This card belongs to nobody." in page
    assert sandbox.calls("PUT") == []


def test_a_card_that_is_off_is_told(staff, sandbox):
    switch(sandbox, "CARD-0001", active=False)
    page = text(staff.post(URL, CARD))
    assert "This card is switched off. Switch it on first." in page
    assert sandbox.calls("PUT", "contact-identifiers/unlink") == []


def test_a_card_that_nobody_knows_is_told(staff, sandbox):
    page = text(staff.post(URL, {"contact_identifier_value": "CARD-NONE"}))
    assert "There is no such card or identifier." in page
    assert not Entry.objects.exists()


def test_a_card_that_is_no_longer_theirs_is_proof(piggy, sandbox):
    sandbox.api("PUT", "contact-identifiers/unlink", json=CARD)
    finding = UNLINK.read_back(piggy, lost())
    assert (finding.verdict, finding.result.value) == (Verdict.DONE, "CARD-0001")


def test_what_is_not_so_yet_may_still_come(piggy):
    assert verdict(piggy, lost()) is Verdict.UNDECIDED


def test_a_card_that_is_still_theirs_is_proof_later(piggy, later):
    assert verdict(piggy, lost()) is Verdict.NOT_DONE


def test_what_another_one_changed_since_proves_nothing(piggy, later):
    entry = lost()
    data = CARD | {"is_known": True}
    slug = "create-contact-identifier"
    make_entry(EntryState.DONE, slug=slug, data=data, contact=seed.MIRA_UUID)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


def test_a_card_that_is_off_or_gone_proves_nothing(piggy, sandbox, later):
    entry = lost()
    switch(sandbox, "CARD-0001", active=False)
    assert verdict(piggy, entry) is Verdict.UNDECIDED
    services.delete_contact_identifier(piggy, contact_identifier_value="CARD-0001")
    assert verdict(piggy, entry) is Verdict.UNDECIDED


def test_whose_it_was_before_is_not_told_of_a_card_that_was_taken_away(staff, sandbox):
    """It was theirs when it was changed, and nobody's when it went off."""
    changed = CARD | {"contact_identifier_name": "Gold", "contact_identifier_active": ""}
    staff.post("/actions/update-contact-identifiers/", changed)
    staff.post(URL, CARD)
    switch(sandbox, "CARD-0001", active=False)
    page = text(staff.post("/actions/update-contact-identifiers/", CARD | {"step": "look_up"}))
    assert "Piggy does not tell whose it is while it is off:" in page


def test_a_contact_that_is_unknown_has_no_card_of_this_key(staff, sandbox):
    named = {"contact_uuid": str(Contact(uuid="c0ffee00-0000-4000-8000-0000000000ff").uuid)}
    page = text(staff.get(URL, named | {"card": "0" * 20}))
    assert "Fill this in." in page or "required" in page

"""Giving customers cards; what serves as proof of it."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.piggy.errors import Rejected
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import text
from tests.contacts.cards import cards_of, make, switch
from tests.ledger.making import make_entry, verdict

pytestmark = pytest.mark.django_db
URL = "/actions/create-contact-identifier/"
ADD = get_action("create-contact-identifier")
CARD = "CARD-FRESH"


def asked(**changes) -> dict[str, str]:
    return SAMPLES[ADD.slug] | changes


def lost(*states: EntryState) -> Entry:
    data = {"contact_identifier_value": CARD, "is_known": False}
    states = states or (EntryState.UNKNOWN,)
    return make_entry(*states, slug=ADD.slug, data=data, contact=seed.MIRA_UUID)


def test_a_new_card_is_made(staff, sandbox):
    page = text(staff.post(URL, asked(), follow=True))
    assert cards_of(sandbox)[CARD] is True
    assert "This is how the identifier is now." in page
    assert len(sandbox.calls("POST", "contact-identifiers")) == 1
    assert sentence_of(Entry.objects.get()).endswith(f"the card {CARD}")


def test_a_card_that_is_nobodys_is_linked(staff, sandbox):
    make(sandbox, "CARD-FREE")
    before = len(sandbox.calls("POST"))
    staff.post(URL, asked(contact_identifier_value="CARD-FREE"))
    assert cards_of(sandbox)["CARD-FREE"] is True
    assert len(sandbox.calls("PUT", "contact-identifiers/link")) == 1
    assert len(sandbox.calls("POST")) == before


def test_a_card_of_another_customer_leads_to_both(admin, sandbox):
    page = text(admin.post(URL, asked(contact_identifier_value="CARD-ANON")))
    first, second = sorted([seed.MIRA_UUID, seed.ANONYMOUS_UUID])
    assert "This is somebody&#x27;s already. Nothing was sent." in page
    assert f'href="/contacts/{seed.ANONYMOUS_UUID}/"' in page
    assert f'href="/duplicates/pair/{first}/{second}/"' in page
    assert not Entry.objects.exists()


def test_a_card_that_is_the_customers_already_is_told(staff, sandbox):
    page = text(staff.post(URL, asked(contact_identifier_value="CARD-0001")))
    assert "This card is this customer&#x27;s already." in page
    assert "It belongs to" not in page


def test_for_a_customer_who_is_not_there_no_card_is_looked_for(staff, sandbox):
    form = staff.post(URL, asked(contact_uuid="nobody@example.test")).context["form"]
    assert list(form.errors) == ["contact_uuid"]
    assert CARD not in str(sandbox.calls())


def test_a_card_that_somebody_took_meanwhile_is_refused_by_piggy(piggy, sandbox):
    make(sandbox, CARD, owner=seed.ANONYMOUS_UUID)
    for is_known in (True, False):
        data = {"contact_uuid": Contact(uuid=seed.MIRA_UUID), "contact_identifier_value": CARD}
        with pytest.raises(Rejected):
            ADD.perform(piggy, data | {"is_known": is_known})
    assert CARD not in cards_of(sandbox)


def test_a_card_that_the_customer_has_is_proof(piggy, sandbox):
    make(sandbox, CARD, owner=seed.MIRA_UUID)
    finding = ADD.read_back(piggy, lost())
    assert (finding.verdict, finding.result.value) == (Verdict.DONE, CARD)


def test_what_is_not_so_yet_may_still_come(piggy):
    finding = ADD.read_back(piggy, lost())
    assert finding.verdict is Verdict.UNDECIDED
    assert [each.value for each in finding.evidence] == ["is not there"]


@pytest.mark.parametrize("owner", ["", seed.ANONYMOUS_UUID])
def test_a_card_that_is_not_the_customers_is_proof_later(piggy, sandbox, owner, later):
    make(sandbox, CARD, owner=owner)
    finding = ADD.read_back(piggy, lost())
    assert finding.verdict is Verdict.NOT_DONE
    assert [each.value for each in finding.evidence] == [owner or "belongs to nobody"]


def test_what_another_one_changed_since_proves_nothing(piggy, sandbox, later):
    make(sandbox, CARD)
    entry = lost()
    data = {"contact_identifier_value": CARD, "contact_uuid": Contact(uuid=seed.MIRA_UUID)}
    make_entry(EntryState.DONE, slug="unlink-contact-identifier", data=data)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


def test_a_card_that_is_off_proves_nothing(piggy, sandbox, later):
    make(sandbox, CARD, owner=seed.MIRA_UUID)
    switch(sandbox, CARD, active=False)
    assert verdict(piggy, lost()) is Verdict.UNDECIDED


def test_another_card_proves_nothing(piggy, monkeypatch, later):
    other = ContactIdentifier(value="CARD-2", active=True, contact=Contact(uuid=seed.MIRA_UUID))
    monkeypatch.setattr(services, "find_contact_identifier", lambda *_, **__: other)
    assert verdict(piggy, lost()) is Verdict.UNDECIDED


def test_a_card_that_piggy_cannot_look_up_is_neither_free_nor_taken(staff, sandbox):
    staff.get(URL)  # what forms offer is remembered
    sandbox.faults({"kind": "status", "status": 500, "path": "^contact-identifiers/find$"})
    page = text(staff.post(URL, asked(contact_identifier_value=CARD)))
    assert "Nothing was changed at Piggy" in page
    assert sandbox.calls("POST") == []

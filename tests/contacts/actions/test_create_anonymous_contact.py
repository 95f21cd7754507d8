"""Making contacts of whom only a card is known, or nothing; what serves as proof of it."""

from typing import Any

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.piggy.errors import Maintenance
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import text
from tests.contacts.cards import find, make
from tests.ledger.making import make_entry, verdict

pytestmark = pytest.mark.django_db
URL = "/actions/create-anonymous-contact/"
CREATE = get_action("create-anonymous-contact")
CARD = SAMPLES[CREATE.slug]["contact_identifier_value"]


def lost(card: str = CARD) -> Entry:
    data = {"contact_identifier_value": card}
    return make_entry(EntryState.UNKNOWN, slug=CREATE.slug, data=data)


def test_a_contact_is_made_with_a_new_card(staff, sandbox):
    page = text(staff.post(URL, SAMPLES[CREATE.slug], follow=True))
    owner = find(sandbox, CARD)["contact"]["uuid"]
    assert f"/contacts/{owner}/" in page
    assert "Add a card" not in page


def test_a_card_that_is_nobodys_is_taken(staff, sandbox):
    make(sandbox, "CARD-FREE")
    staff.post(URL, {"contact_identifier_value": "CARD-FREE"})
    assert find(sandbox, "CARD-FREE")["contact"]["uuid"]


def test_a_contact_can_be_made_without_a_card(staff, sandbox):
    page = text(staff.post(URL, {"contact_identifier_value": ""}, follow=True))
    assert "Created." in page
    assert len(sandbox.calls("POST", "contacts/anonymous")) == 1


def test_a_taken_card_leads_to_whose_it_is(admin, sandbox):
    page = text(admin.post(URL, {"contact_identifier_value": "CARD-0001"}))
    assert "This is somebody&#x27;s already. Nothing was sent." in page
    assert f'href="/contacts/{seed.MIRA_UUID}/"' in page
    assert f'href="/duplicates/compare/?first={seed.MIRA_UUID}"' in page
    assert sandbox.calls("POST") == []


def test_a_card_that_is_off_is_refused(staff, sandbox):
    make(sandbox, "CARD-OFF", active=False)
    page = text(staff.post(URL, {"contact_identifier_value": "CARD-OFF"}))
    assert "This card is switched off. Switch it on first, or take another one." in page
    assert not Entry.objects.exists()


def test_where_piggy_does_not_tell_whose_a_card_is_nobody_is_made(piggy, sandbox):
    sandbox.faults({"kind": "status", "status": 503})
    form: Any = CREATE.form_class(SAMPLES[CREATE.slug], piggy=piggy)
    with pytest.raises(Maintenance):
        form.is_valid()
    assert not form.errors


def test_one_that_has_the_card_since_then_is_it(piggy):
    entry = lost()
    made = services.create_anonymous_contact(piggy, contact_identifier_value=CARD)
    finding = CREATE.read_back(piggy, entry)
    assert (finding.verdict, finding.result.uuid) == (Verdict.DONE, made)


def test_a_card_that_nobody_has_proves_that_it_was_not_done(piggy, sandbox, later):
    make(sandbox, CARD)
    assert verdict(piggy, lost()) is Verdict.NOT_DONE


def test_a_card_that_is_off_proves_nothing(piggy, sandbox, later):
    make(sandbox, CARD, active=False)
    assert verdict(piggy, lost()) is Verdict.UNDECIDED


def test_without_a_card_the_newest_ones_are_shown(piggy, later):
    entry = lost("")
    made = services.create_anonymous_contact(piggy)
    services.create_contact(piggy, email="not.anonymous@example.test")
    finding = CREATE.read_back(piggy, entry)
    assert finding.verdict is Verdict.UNDECIDED
    assert [each.value for each in finding.evidence] == [made]


def test_it_is_told_with_its_card():
    told = [
        sentence_of(
            make_entry(EntryState.DONE, slug=CREATE.slug, data={"contact_identifier_value": card})
        )
        for card in (CARD, "")
    ]
    assert told == [
        f"Sanne created an anonymous customer with the card {CARD}",
        "Sanne created an anonymous customer",
    ]

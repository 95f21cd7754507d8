"""Deleting cards; what serves as proof of it."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.contacts.cards import cards_of, switch
from tests.ledger.making import make_entry, verdict

pytestmark = pytest.mark.django_db
URL = "/actions/delete-contact-identifier/"
DELETE = get_action("delete-contact-identifier")
CARD = {"contact_identifier_value": "CARD-0001"}


def lost() -> Entry:
    return make_entry(EntryState.UNKNOWN, slug=DELETE.slug, data=CARD, contact=seed.MIRA_UUID)


def gone(sandbox) -> None:
    sandbox.api("DELETE", "contact-identifiers", params=CARD)


def test_it_is_shown_with_whose_it_is_and_confirmed(admin, sandbox):
    preview = admin.post(URL, SAMPLES[DELETE.slug])
    assert "Delete the card CARD-0001 for good?" in text(preview)
    assert f"/contacts/{seed.MIRA_UUID}/" in text(preview)
    assert "Delete 1 card" in text(preview)
    wanted = preview.context["confirm_with"]
    sent = confirmed(preview, SAMPLES[DELETE.slug], confirmation=wanted)
    page = text(admin.post(URL, sent, follow=True))
    assert "Piggy does not know the card CARD-0001 any more." in page
    assert cards_of(sandbox) == {}
    assert "deleted the card CARD-0001 of " in sentence_of(Entry.objects.get())


def test_a_card_that_is_off_can_go_too(admin, sandbox):
    switch(sandbox, "CARD-0001", active=False)
    preview = admin.post(URL, SAMPLES[DELETE.slug])
    assert "Delete the card CARD-0001 for good?" in text(preview)


def test_a_card_that_is_gone_is_proof(piggy, sandbox):
    gone(sandbox)
    finding = DELETE.read_back(piggy, lost())
    assert (finding.verdict, finding.result.value) == (Verdict.DONE, "CARD-0001")


def test_what_is_not_so_yet_may_still_come(piggy):
    assert verdict(piggy, lost()) is Verdict.UNDECIDED


def test_a_card_that_is_still_there_is_proof_later(piggy, later):
    assert verdict(piggy, lost()) is Verdict.NOT_DONE


def test_one_that_was_made_anew_since_proves_nothing(piggy, later):
    entry = lost()
    data = CARD | {"is_known": False, "contact_uuid": Contact(uuid=seed.MIRA_UUID)}
    make_entry(EntryState.DONE, slug="create-contact-identifier", data=data)
    assert verdict(piggy, entry) is Verdict.UNDECIDED

"""Steps of entries: asked for once, and anew only after they were certainly not done."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import entries, following
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.steps import carry_step, find_step
from piggyadmin.sandbox import seed
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
ADD = get_action("create-contact-identifier")
DATA = {
    "contact_uuid": Contact(uuid=seed.MIRA_UUID),
    "contact_identifier_value": "CARD-FRESH",
    "is_known": False,
}


def test_a_step_is_asked_for_once_however_often(piggy, sandbox):
    whole = make_entry(EntryState.DONE, reason="Goodwill")
    assert find_step(whole, "card") is None
    first = carry_step(piggy, whole, ADD, DATA, name="card")
    again = carry_step(piggy, whole, ADD, DATA, name="card")
    assert first.entry == again.entry == find_step(whole, "card")
    assert (first.entry.person, first.entry.reason) == (following.answers_for(whole), "Goodwill")
    assert entries.whole_of(first.entry) == whole.submission_key
    assert len(sandbox.calls("POST")) == 1


def test_steps_of_other_names_are_others(piggy, sandbox):
    whole = make_entry(EntryState.DONE)
    carry_step(piggy, whole, ADD, DATA, name="card")
    other = DATA | {"contact_identifier_value": "CARD-OTHER"}
    carry_step(piggy, whole, ADD, other, name="other card")
    assert Entry.objects.filter(action=ADD.slug).count() == 2


def test_what_was_refused_is_asked_for_anew(piggy, sandbox):
    whole = make_entry(EntryState.DONE)
    sandbox.faults({"kind": "status", "status": 503, "method": "POST"})
    refused = carry_step(piggy, whole, ADD, DATA, name="card")
    assert refused.entry.state == EntryState.REJECTED
    assert find_step(whole, "card") is None
    sandbox.faults()
    second = carry_step(piggy, whole, ADD, DATA, name="card")
    assert second.entry.state == EntryState.DONE
    assert second.entry.submission_key == entries.key_of_again(refused.entry)
    assert find_step(whole, "card") == second.entry

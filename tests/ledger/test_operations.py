from uuid import uuid4

import pytest

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import READ_LEDGER
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import operations, outcomes, writes
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import (
    Effect,
    Operation,
    Stored,
    Verdict,
    add_operation,
    find_operation,
    get_operation,
    permission_to_decide_about,
    watched_slugs,
)
from piggyadmin.sandbox import seed

pytestmark = pytest.mark.django_db


class Greeting(Stored):
    words: str


class Greet(Operation[Greeting, None]):
    """What the ledger can carry out, though it has neither form nor page."""

    slug = "greet"
    entity = "greetings"
    label = "Greet"
    effect = Effect.WRITE
    result_type = Greeting
    is_watched = True
    cannot_be_settled = "Nobody has heard it."

    def perform(self, piggy, data):
        return Greeting(words=f"Hello, {data['contact_uuid'].firstname}.")


@pytest.fixture
def greet(monkeypatch):
    monkeypatch.setattr(operations, "_operations", dict(operations._operations))
    add_operation(Greet())
    return get_operation("greet")


def carried_out(piggy, greet, person):
    data = {"contact_uuid": Contact(uuid=seed.MIRA_UUID, firstname="Mira"), "other": Contact()}
    request = writes.WriteRequest(action=greet, person=person, data=data, submission_key=uuid4())
    return writes.carry_out(piggy, request)


@pytest.mark.django_db(transaction=True)
def test_what_has_no_page_is_carried_out_and_kept(piggy, greet):
    person = User.objects.create_superuser("greeter", first_name="Gee", last_name="Reeter")
    outcome = carried_out(piggy, greet, person)
    assert outcome.result == Greeting(words="Hello, Mira.")
    entry = Entry.objects.get()
    assert (entry.state, entry.entity) == (EntryState.DONE, "greetings")
    assert entry.data == {"contact_uuid": seed.MIRA_UUID, "other": None}
    assert entry.status.is_followed
    assert {each.role: each.contact_uuid for each in entry.subjects.all()} == {
        "contact": seed.MIRA_UUID
    }
    assert outcomes.recall(greet, entry).result == outcome.result


def test_it_is_known_by_what_it_is_called(greet):
    assert find_operation("greet") is greet
    assert greet.entity_label == "greetings"
    assert "greet" in watched_slugs()


def test_only_a_person_can_settle_what_is_not_looked_for(piggy, greet):
    finding = greet.read_back(piggy, Entry())
    assert (finding.verdict, finding.words) == (Verdict.UNDECIDED, "Nobody has heard it.")


def test_whoever_may_do_it_decides_about_it(greet):
    assert permission_to_decide_about("greet") == "actions.run_greet"
    assert permission_to_decide_about("gone-by-now") == READ_LEDGER


def test_what_was_filled_in_is_called_nothing_where_no_form_says_so(greet):
    assert greet.field_label("credits") == ""

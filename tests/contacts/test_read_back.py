"""What serves as proof about a contact is compared in full."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.types import ContactAttribute, ContactIdentifier, FullContact
from piggyadmin.duplicates.mirror import store
from piggyadmin.ledger import reconciliation_evidence
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Verdict
from piggyadmin.sandbox import seed
from tests.ledger.making import make_entry

pytestmark = pytest.mark.django_db
DUPLICATE = seed.DUPLICATE_EMAIL


@pytest.fixture(autouse=True)
def later(monkeypatch):
    """Have so much time gone by that nothing comes any more."""
    at = timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(reconciliation_evidence, "timezone", SimpleNamespace(now=lambda: at))


def verdict(piggy, entry):
    return get_action(entry.action).read_back(piggy, entry).verdict


# --- Identifiers -----------------------------------------------------------------------------


def asks(name="", active="", *, state=EntryState.UNKNOWN):
    data = {
        "contact_identifier_value": "CARD-0001",
        "contact_identifier_name": name,
        "contact_identifier_active": active,
    }
    return make_entry(state, slug="update-contact-identifiers", data=data)


def test_another_identifier_proves_nothing(piggy, monkeypatch):
    other = ContactIdentifier(value="CARD-0002", name="Gold", active=True)
    monkeypatch.setattr(services, "find_contact_identifier", lambda *_, **__: other)
    assert verdict(piggy, asks("Gold")) is Verdict.UNDECIDED


def test_what_another_one_did_not_touch_tells(piggy):
    """The name is not as it was asked, and nobody else has named it since."""
    entry = asks("Gold")
    asks(active="true", state=EntryState.DONE)
    assert verdict(piggy, entry) is Verdict.NOT_DONE


def test_what_another_one_touched_does_not_tell(piggy):
    entry = asks("Gold")
    asks("Blue", state=EntryState.DONE)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


# --- Values ----------------------------------------------------------------------------------


def test_another_contact_proves_nothing(piggy, monkeypatch):
    data = {"contact_uuid": seed.MIRA_UUID, "attributes": {"firstname": "Noor"}}
    entry = make_entry(EntryState.UNKNOWN, slug="update-contact", data=data, contact=seed.MIRA_UUID)
    other = FullContact(uuid="other", current_values={"firstname": "Noor"})
    monkeypatch.setattr(services, "get_full_contact", lambda *_, **__: other)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


# --- Attributes ------------------------------------------------------------------------------

ASKED = {
    "name": "shoe_size",
    "label": "Shoe size",
    "data_type": "select",
    "description": "",
    "options": [{"label": "42", "value": "42"}],
}
FOUND = {"name": "shoe_size", "label": "Shoe size", "type": "select", "options": ["42"]}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, Verdict.DONE),
        ({"type": "text"}, Verdict.UNDECIDED),
        ({"type": None}, Verdict.UNDECIDED),
        ({"label": "Size of shoes"}, Verdict.UNDECIDED),
        ({"options": ["42", "43"]}, Verdict.UNDECIDED),
        ({"name": "other"}, Verdict.NOT_DONE),
    ],
)
def test_an_attribute_is_compared_in_full(piggy, monkeypatch, more, found):
    entry = make_entry(EntryState.UNKNOWN, data=ASKED)
    attribute = ContactAttribute.model_validate(FOUND | more)
    monkeypatch.setattr(services, "list_contact_attributes", lambda *_: [attribute])
    assert verdict(piggy, entry) is found


# --- Claims and merges -----------------------------------------------------------------------


@pytest.fixture
def merge(piggy):
    contacts = (resolve_contact(piggy, query=query) for query in (DUPLICATE, seed.MIRA_EMAIL))
    data = dict(zip(("source_contact_uuid", "destination_contact_uuid"), contacts, strict=True))
    action = get_action("merge-contacts")
    preview = action.preview(piggy, data)
    return make_entry(EntryState.UNKNOWN, slug=action.slug, data=data, preview=preview)


def test_a_source_that_was_only_deleted_was_not_merged(piggy, sandbox, merge):
    sandbox.faults(delete_seconds=0)
    services.delete_contact(piggy, contact_uuid=merge.data["source_contact_uuid"], type="DEFAULT")
    finding = get_action(merge.action).read_back(piggy, merge)
    assert finding.verdict is Verdict.UNDECIDED
    assert "nothing of it is with the survivor" in finding.words


def test_a_source_that_was_merged_was(piggy, sandbox, merge):
    sandbox.faults(merge_seconds=0)
    services.merge_contacts(
        piggy,
        source_contact_uuid=merge.data["source_contact_uuid"],
        destination_contact_uuid=merge.data["destination_contact_uuid"],
    )
    assert verdict(piggy, merge) is Verdict.DONE


def claim(piggy, email):
    anonymous = resolve_contact(piggy, query="CARD-ANON")
    data = {"anonymous_contact_uuid": anonymous, "email": email}
    action = get_action("claim-anonymous-contact")
    preview = action.preview(piggy, data)
    return make_entry(EntryState.UNKNOWN, slug=action.slug, data=data, preview=preview)


def test_a_holder_of_another_address_proves_nothing(piggy, monkeypatch):
    entry = claim(piggy, "new.person@example.test")
    mira = resolve_contact(piggy, query=seed.MIRA_EMAIL)
    monkeypatch.setattr(services, "find_contact_by_email", lambda *_, **__: mira)
    monkeypatch.setattr(store, "find", lambda *_: None)
    assert verdict(piggy, entry) is Verdict.UNDECIDED


def test_who_got_the_address_from_elsewhere_proves_nothing(piggy, sandbox):
    """The anonymous contact is gone, and somebody new has the address that nobody had."""
    entry = claim(piggy, "new.person@example.test")
    services.create_contact(piggy, email="new.person@example.test")
    sandbox.faults(delete_seconds=0)
    uuid = entry.data["anonymous_contact_uuid"]
    services.delete_contact(piggy, contact_uuid=uuid, type="DEFAULT")
    assert verdict(piggy, entry) is Verdict.UNDECIDED


def test_a_claim_that_was_a_merge_is_found(piggy, sandbox):
    sandbox.faults(merge_seconds=0)
    entry = claim(piggy, seed.MIRA_EMAIL)
    services.claim_anonymous_contact(
        piggy,
        anonymous_contact_uuid=entry.data["anonymous_contact_uuid"],
        email=seed.MIRA_EMAIL,
    )
    assert verdict(piggy, entry) is Verdict.DONE

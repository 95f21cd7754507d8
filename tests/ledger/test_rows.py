"""Entries as lists show them: who, to whom, and a merge with its steps as one row."""

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.contacts.types import Contact
from piggyadmin.credits.actions.create_credit_reception import CreditsToGive
from piggyadmin.ledger import hash_chain
from piggyadmin.ledger.filters import LedgerFilter, leading
from piggyadmin.ledger.models import Approval, ApprovalStatus, Entry, EntryState, EntryStatus
from piggyadmin.ledger.operations import watched_slugs
from piggyadmin.ledger.retention import forget_contact
from piggyadmin.ledger.rows import described, requests_described, sentence_of
from piggyadmin.ledger.verification import verify
from tests.conftest import person
from tests.ledger.making import credits_for, make_entry, somebody

pytestmark = pytest.mark.django_db


def rows(**narrowed: object) -> list[int]:
    found = leading(lambda statuses: statuses.filter(**narrowed))
    return [row.entry_id for row in found]


@pytest.fixture
def merge():
    """Make a run of two steps, of which the second one is somebody else's and got lost."""
    data = credits_for(Contact(uuid="c1"))
    whole = make_entry(EntryState.DONE, slug="create-credit-reception", data=data)
    key = whole.submission_key
    first = make_entry(EntryState.DONE, number=1, part_of=key)
    second = make_entry(
        EntryState.UNKNOWN,
        number=2,
        part_of=key,
        person=somebody("noor"),
    )
    return whole, first, second


def test_steps_stand_under_what_they_are_steps_of(merge):
    whole, _first, _second = merge
    assert rows() == [whole.pk]
    (row,) = described(list(leading(lambda statuses: statuses)))
    assert row.steps == 2


def test_a_step_whose_whole_is_left_out_stands_for_itself(merge):
    whole, first, second = merge
    assert rows(state=EntryState.UNKNOWN) == [second.pk]
    assert rows(state=EntryState.DONE) == [whole.pk]
    assert rows(action="create-contact-attribute") == [second.pk, first.pk]
    assert rows(person_id=second.person_id) == [second.pk]
    assert rows(asked_at__gte=second.created_at) == [second.pk]


def test_a_file_holds_every_step(merge, auditor):
    assert LedgerFilter({}).query().count() == 3
    lines = b"".join(auditor.get("/ledger/csv/").streaming_content).decode().splitlines()
    assert len(lines) == 1 + 3
    assert lines[1].endswith(f'"{merge[0].submission_key}"')


def test_the_entry_lists_its_steps(merge, auditor):
    whole, _first, second = merge
    page = auditor.get(f"/ledger/{whole.submission_key}/").content.decode()
    assert "Its steps" in page
    assert str(second.submission_key) in page


def test_what_is_a_step_follows_from_the_events(merge):
    whole, first, _second = merge
    EntryStatus.objects.filter(entry=whole).update(part_of=first.submission_key)
    (finding,) = verify()
    assert f"entry {whole.pk} " in finding
    hash_chain.rebuild(watched_slugs())
    assert list(verify()) == []
    assert EntryStatus.objects.get(entry=first).part_of == whole.submission_key


# --- Names -----------------------------------------------------------------------------------


def give_credits(*, uuid: str = "c1") -> Entry:
    contact = Contact(uuid=uuid, firstname="Mira", lastname="Jansen", credits=1)
    preview = CreditsToGive(
        contact=contact,
        shop_name="Amsterdam",
        unit_label="",
        gives=25,
        is_calculated=False,
        balance=1,
    )
    data = credits_for(contact)
    return make_entry(EntryState.DONE, slug="create-credit-reception", data=data, preview=preview)


def test_who_is_in_no_copy_is_called_as_then_until_that_is_erased():
    entry = give_credits()
    assert sentence_of(entry) == "Sanne gave Mira Jansen 25 credits at Amsterdam"
    forget_contact(entry, "c1")
    assert sentence_of(entry) == "Sanne gave a customer 25 credits at Amsterdam"


def test_rows_cost_the_same_however_many_they_are(django_assert_max_num_queries):
    for number in range(6):
        give_credits(uuid=f"c{number}")
    found = list(leading(lambda statuses: statuses).select_related("entry"))
    with django_assert_max_num_queries(3):
        assert len(described(found)) == 6


def test_who_it_is_about_is_named_once_in_the_order_of_the_entry(django_assert_num_queries):
    nobody, twice = make_entry(EntryState.DONE), make_entry(EntryState.DONE, number=1)
    for role, uuid in [("source", "c9"), ("destination", "c1"), ("owner", "c9")]:
        twice.subjects.create(role=role, contact_uuid=uuid)
    statuses = [twice.status, nobody.status]
    with django_assert_num_queries(2):
        found = described(statuses)
    assert [row.customers for row in found] == [[("c9", ""), ("c1", "")], []]


def test_requests_are_told_before_and_after_they_are_decided():
    approval = Approval(
        asked_by=person(Role.STAFF),
        asked_by_name="Noor",
        action="create-credit-reception",
        data={"credits": 500, "unit_value": None},
        subjects={"contact": "c1"},
        form_data={"reason": "Goodwill"},
    )
    (row,) = requests_described([approval])
    assert row.sentence == "Noor wants to give a customer 500 credits at a shop"
    assert row.reason == "goodwill"
    approval.status = ApprovalStatus.DECLINED
    (row,) = requests_described([approval])
    assert row.sentence == "Noor wanted to give a customer 500 credits at a shop"


def test_what_has_gone_is_told_by_its_slug():
    approval = Approval(asked_by_name="Noor", action="print-money", form_data={})
    (row,) = requests_described([approval])
    assert (row.sentence, row.has_page) == ("Noor wants to print-money", False)

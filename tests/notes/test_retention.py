import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.contacts.signals import contact_ended
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import appending
from piggyadmin.notes import services
from piggyadmin.notes.models import DoNotServe, Note
from tests.conftest import person
from tests.contacts.test_traces import A, B, ended, merged

pytestmark = pytest.mark.django_db


@pytest.fixture
def noor():
    admin = person(Role.ADMIN)
    services.write(admin, A, "Two cards")
    services.set_do_not_serve(admin, A, "Shouted")
    return admin


def whose():
    return [*Note.objects.values_list("contact_uuid", flat=True)], [
        *DoNotServe.objects.values_list("contact_uuid", flat=True)
    ]


def test_notes_go_with_whoever_is_merged(noor):
    merged(A, B)
    assert whose() == ([B], [B])


def test_a_survivor_that_was_marked_too_is_warned_of_once_and_lifted_once(noor):
    services.set_do_not_serve(noor, B, "Stole")
    merged(A, B)
    assert len(services.flags_of([B])) == 1
    services.lift_do_not_serve(noor, B)
    assert services.flags_of([B]) == []


def test_notes_stay_with_the_survivor(noor):
    merged(B, A)
    assert whose() == ([A], [A])


@pytest.mark.parametrize(("after", "now"), [(None, A), ({"credits": 3}, B)])
def test_after_a_surprise_they_go_only_where_the_contact_was_seen_gone(noor, after, now):
    entry = merged(A, B, state="sent")
    appending.append(entry, "done", {})
    appending.append(entry, "flagged", {"words": "Surprise.", "after": after})
    assert whose() == ([now], [now])


def test_a_claim_by_which_a_contact_only_gets_its_address_moves_nothing(noor):
    data = {"anonymous_contact_uuid": Contact(uuid=A), "email": "a@example.test"}
    ended("claim-anonymous-contact", data, None)
    assert whose() == ([A], [A])


def test_nothing_is_left_of_who_was_deleted(noor):
    services.write(noor, B, "Stays")
    contact_ended.send(None, contact_uuid=A)
    contact_ended.send(None, contact_uuid=A)
    assert whose() == ([B], [])

"""What has to be known of a customer at a glance, beside its name."""

import pytest

from piggyadmin.contacts.flags import flags_of
from piggyadmin.contacts.types import Contact, Subscription
from piggyadmin.ledger import appending
from piggyadmin.ledger.models import EntryState
from tests.contacts.test_traces import A, B, merged
from tests.duplicates.pairs import make_contact, make_pair
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db


def flags(contact):
    return [flag.label for flag in flags_of(contact, somebody())]


def verified(*, is_theirs, contact=A):
    entry = make_entry(EntryState.SENT, slug="verify-contact-code", contact=contact)
    result = {"contact": {"uuid": contact}, "is_theirs": is_theirs}
    appending.append(entry, EntryState.DONE, {"result": result})


def test_of_most_there_is_nothing_to_be_told():
    gets = [Subscription(is_subscribed=True), Subscription(is_subscribed=False)]
    assert flags(Contact(uuid=A, subscriptions=gets)) == []


def test_piggy_tells_who_is_anonymous_and_who_gets_no_messages():
    nothing = [Subscription(is_subscribed=False), Subscription(status="UNSUBSCRIBED")]
    contact = Contact(uuid=A, is_anonymous=True, subscriptions=nothing)
    assert flags(contact) == ["anonymous", "gets no messages"]


@pytest.mark.parametrize(
    ("results", "told"),
    [([True], True), ([False], False), ([True, False], False), ([False, True], True)],
)
def test_whose_code_was_right_has_a_verified_address(results, told):
    for is_theirs in results:
        verified(is_theirs=is_theirs)
    verified(is_theirs=True, contact=B)
    assert ("address verified" in flags(Contact(uuid=A))) is told


def test_whom_somebody_went_into_is_merged():
    merged(A, B, EntryState.REJECTED)
    assert flags(Contact(uuid=B)) == []
    merged(A, B)
    assert flags(Contact(uuid=B)) == ["merged"]
    assert flags(Contact(uuid=A)) == []


def test_a_possible_duplicate_is_told_until_somebody_decides():
    pair = make_pair(make_contact(uuid=A))
    assert flags(Contact(uuid=A)) == ["possible duplicate"]
    pair.status = "dismissed"
    pair.save()
    assert flags(Contact(uuid=A)) == []


def test_who_may_not_review_duplicates_hears_of_none(support):
    make_pair(make_contact(uuid=A))
    person = somebody("reader")
    person.groups.clear()
    assert flags_of(Contact(uuid=A), person) == []


def test_they_stand_beside_the_name(sandbox, admin):
    page = admin.get("/contacts/c0ffee00-0000-4000-8000-000000000003/").content.decode()
    heading = page.partition("<h1>")[2].partition("</header>")[0]
    assert "anonymous" in heading
    assert "credits" in heading

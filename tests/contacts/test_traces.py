"""Where contacts went that are no more: by UUID, e-mail and card, over chains of merges."""

import pytest
from django.utils import timezone

from piggyadmin.contacts.actions.claim_anonymous_contact import ContactToClaim
from piggyadmin.contacts.actions.delete_contact import ContactToDelete
from piggyadmin.contacts.snapshot import ContactSnapshot
from piggyadmin.contacts.traces import find_departed, find_known, names_of
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.duplicates.merging.actions.merge_contacts import ContactsToMerge
from piggyadmin.duplicates.mirror import store
from piggyadmin.ledger import appending, following, retention
from piggyadmin.ledger.models import EntryState, PersonLookUp, Snapshot, SnapshotName
from piggyadmin.ledger.operations import Progress
from piggyadmin.sandbox import seed
from tests.ledger.making import make_entry, somebody
from tests.sandbox.server import free_port

pytestmark = pytest.mark.django_db
A, B, C = (f"c0ffee00-0000-4000-8000-00000000000{letter}" for letter in "abc")


def snapshot(uuid, name):
    cards = [ContactIdentifier(value=f"CARD-{name}"), ContactIdentifier(value=f"Old-{name}")]
    contact = Contact(uuid=uuid, email=f"{name}@Example.test", credits=10)
    return ContactSnapshot(contact=contact, identifiers=cards, vouchers=0)


def ended(slug, data, preview, state=EntryState.DONE):
    entry = make_entry(state, slug=slug, data=data, preview=preview)
    if state == EntryState.DONE:
        appending.append(entry, "verified", {"words": "Done.", "after": None})
    return entry


def merged(source, destination, state=EntryState.DONE):
    names = {A: "anna", B: "bea", C: "cor"}
    both = [snapshot(uuid, names[uuid]) for uuid in (source, destination)]
    data = {
        "source_contact_uuid": Contact(uuid=source),
        "destination_contact_uuid": Contact(uuid=destination),
    }
    return ended(
        "merge-contacts", data, ContactsToMerge(source=both[0], destination=both[1]), state
    )


@pytest.mark.parametrize("query", [A, A.upper(), "anna@example.test", "card-anna", "OLD-anna"])
def test_merged_contact_is_found_by_all_that_it_had(query):
    merged(A, B)
    (found,) = find_departed(query)
    assert (found.contact_uuid, found.into) == (A, B)
    assert f"It went into {B} on " in found.words


def test_survivor_has_not_departed():
    merged(A, B)
    assert find_departed("bea@example.test") == []
    (known,) = find_departed(B)
    assert known.hops == ()


def test_chain_of_merges_is_followed_to_its_end():
    merged(A, B)
    merged(B, C)
    (found,) = find_departed("anna@example.test")
    assert [hop.into for hop in found.hops] == [B, C]
    assert found.into == C
    assert found.words.index(B) < found.words.index(C)


def test_circle_of_merges_ends():
    merged(A, B)
    merged(B, C)
    merged(C, A)
    assert [hop.into for hop in find_departed(A)[0].hops] == [B, C, A]


def test_last_time_counts_where_there_are_several():
    merged(A, B)
    merged(A, C)
    assert find_departed(A)[0].into == C


@pytest.mark.parametrize(
    "state", [EntryState.REJECTED, EntryState.UNKNOWN, EntryState.SETTLED_NOT_DONE]
)
def test_what_was_not_done_led_nowhere(state):
    merged(A, B, state)
    assert find_departed("anna@example.test") == []
    assert find_departed(A)[0].hops == ()


def test_merge_that_piggy_is_still_at_is_told_as_such():
    data = {"source_contact_uuid": Contact(uuid=A), "destination_contact_uuid": Contact(uuid=B)}
    both = ContactsToMerge(source=snapshot(A, "anna"), destination=snapshot(B, "bea"))
    entry = make_entry(EntryState.DONE, slug="merge-contacts", data=data, preview=both)
    assert "It is going into" in find_departed(A)[0].words
    following.follow_up(entry, Progress(finished=True, as_expected=False, words="Both are there."))
    assert "It is going into" in find_departed(A)[0].words


def test_deleted_contact_went_into_nobody():
    preview = ContactToDelete(contact=snapshot(A, "anna"), is_erased=False)
    data = {"contact_uuid": Contact(uuid=A), "type": "DEFAULT"}
    ended("delete-contact", data, preview)
    (found,) = find_departed("anna@example.test")
    assert found.into == ""
    assert "It was deleted on " in found.words


@pytest.mark.parametrize(("owner", "into"), [(None, None), (B, B)])
def test_claimed_contact_departed_only_into_somebody_else(owner, into):
    preview = ContactToClaim(
        anonymous=snapshot(A, "anna"),
        email="bea@example.test",
        owner=owner and snapshot(owner, "bea"),
    )
    data = {"anonymous_contact_uuid": Contact(uuid=A), "email": "bea@example.test"}
    ended("claim-anonymous-contact", data, preview)
    found = [each.into for each in find_departed("CARD-anna")]
    assert found == ([into] if into else [])


def test_names_go_with_the_snapshots_and_the_uuid_is_still_known():
    entry = merged(A, B)
    kept = Snapshot.objects.filter(contact_uuid=A).count()
    assert retention.forget_contact(entry, A, email="anna@example.test") == kept
    assert find_departed("anna@example.test") == []
    assert not [each for each in SnapshotName.objects.all() if "anna" in each.name]
    assert find_departed(A)[0].into == B


def test_contact_that_went_elsewhere_is_told_when_it_was_seen_last():
    PersonLookUp.objects.create(
        person=somebody(), person_name="Sanne", action="contact-page", contact_uuid=A, trace_id=""
    )
    (found,) = find_departed(A)
    assert "elsewhere" in found.words
    assert "Somebody looked at it here last on " in found.words


def test_nobody_is_nobody():
    assert find_departed("nobody@example.test") == []
    assert find_departed(C) == []


# --- Without Piggy ---------------------------------------------------------------------------


@pytest.fixture
def no_piggy(sandbox, settings):
    settings.PIGGY_API_URL = f"http://127.0.0.1:{free_port()}"


def test_who_is_mirrored_is_known(sandbox, piggy):
    store.refresh(piggy, seed.MIRA_UUID)
    assert find_known(seed.MIRA_EMAIL.upper()) == seed.MIRA_UUID
    assert find_known("CARD-0001") == seed.MIRA_UUID
    assert find_known(seed.MIRA_EMAIL[:-1]) == ""


@pytest.mark.parametrize("query", [seed.MIRA_EMAIL, "CARD-0001"])
def test_who_was_written_to_lately_is_known(query):
    contact = Contact(uuid=seed.MIRA_UUID, email=seed.MIRA_EMAIL, identifier="CARD-0001")
    preview = ContactToDelete(
        contact=ContactSnapshot(contact=contact, identifiers=[], vouchers=0), is_erased=False
    )
    make_entry(EntryState.UNKNOWN, slug="delete-contact", contact=seed.MIRA_UUID, preview=preview)
    assert find_known(query) == seed.MIRA_UUID


# --- On pages --------------------------------------------------------------------------------


@pytest.mark.parametrize("query", [A, "anna@example.test", "CARD-anna"])
def test_search_leads_to_where_it_went(support, sandbox, query):
    merged(A, B)
    response = support.post("/search/", {"q": query}, follow=True)
    page = response.content.decode()
    assert f"It went into {B} on " in page
    assert f"/contacts/{A}/" in page


def test_page_of_a_merged_contact_tells_where_it_is(support, sandbox):
    merged(A, B)
    merged(B, C)
    page = support.get(f"/contacts/{A}/").content.decode()
    assert "no longer at Piggy" in page
    assert f"It went into {C} on " in page
    assert f"/contacts/{C}/" in page


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("/search/", {"q": A}),
        ("/contacts/peek/", {"q": A}),
        ("/actions/create-credit-reception/", {"contact_uuid": A}),
        ("/actions/merge-duplicates/", {"contact_uuids": f"{A}\n{C}"}),
    ],
)
def test_when_it_went_is_written_in_words(admin, sandbox, url, sent):
    hop = merged(A, B).follow_up
    page = admin.post(url, sent, follow=True).content.decode()
    when = timezone.localtime(hop.at)
    assert f"It went into {B} on {when:%-d %b %Y %H:%M}." in page
    assert "&lt;" not in page


def test_when_somebody_was_last_seen_is_written_in_words(support, sandbox):
    PersonLookUp.objects.create(person=somebody(), contact_uuid=C, action="contact-page")
    page = support.get(f"/contacts/{C}/").content.decode()
    assert f"last on {timezone.localtime():%-d %b %Y}" in page
    assert "&lt;time" not in page


def test_field_of_a_form_tells_where_it_went(staff, sandbox):
    merged(A, B)
    peek = staff.post("/contacts/peek/", {"q": "anna@example.test"}).content.decode()
    assert f"It went into {B} on " in peek
    sent = {"contact_uuid": "anna@example.test", "step": "run"}
    refused = staff.post("/actions/create-credit-reception/", sent).content.decode()
    assert f"It went into {B} on " in refused


FORMS = [
    ("/actions/create-credit-reception/", "contact_uuid", {}),
    ("/actions/create-booking/", "contact_uuid", {}),
    ("/actions/update-contact/", "contact_uuid", {"step": "look_up"}),
    (
        "/actions/merge-contacts/",
        "source_contact_uuid",
        {"destination_contact_uuid": seed.MIRA_UUID},
    ),
    ("/actions/merge-duplicates/", "contact_uuids", {}),
    ("/duplicates/compare/", "second", {"first": seed.MIRA_UUID}),
]


@pytest.mark.parametrize(("url", "name", "others"), FORMS)
@pytest.mark.parametrize("query", [A, A.upper(), "anna@example.test", "CARD-anna"])
def test_every_field_that_takes_a_contact_tells_where_it_went(
    admin, sandbox, url, name, others, query
):
    merged(A, B)
    typed = f"{seed.MIRA_UUID}\n{query}" if name == "contact_uuids" else query
    page = admin.post(url, {name: typed, **others}).content.decode()
    assert f"It went into {B} on " in page


def test_who_shall_survive_and_is_gone_is_told_where_it_went(admin, sandbox):
    merged(A, B)
    sent = {"contact_uuids": f"{seed.MIRA_UUID}\nCARD-0002", "survivor_contact_uuid": A}
    page = admin.post("/actions/merge-duplicates/", sent).content.decode()
    assert f"Who survives must be one of these customers. It went into {B} on " in page


def test_to_whom_no_mail_can_go_is_told_where_they_went(staff, sandbox):
    merged(A, B)
    sent = {"email": "anna@example.test"}
    page = staff.post("/actions/send-contact-verification-email/", sent).content.decode()
    assert f"It went into {B} on " in page


@pytest.mark.parametrize("query", [A, "anna@example.test", "CARD-anna"])
def test_filter_of_the_ledger_finds_who_is_gone(auditor, sandbox, query):
    merged(A, B)
    make_entry(EntryState.DONE, number=1)
    response = auditor.post("/ledger/", {"contact_uuid": query}, follow=True)
    assert len(response.context["rows"]) == 1
    assert f"It went into {B} on " in response.content.decode()


@pytest.mark.parametrize("query", [A, "anna@example.test", "CARD-anna"])
def test_filter_of_the_ledger_works_while_piggy_is_down(auditor, no_piggy, query):
    merged(A, B)
    make_entry(EntryState.DONE, number=1)
    response = auditor.post("/ledger/", {"contact_uuid": query}, follow=True)
    assert len(response.context["rows"]) == 1


def test_filter_leaves_nothing_of_a_uuid_that_nothing_was_asked_about(auditor, no_piggy):
    make_entry(EntryState.DONE)
    response = auditor.post("/ledger/", {"contact_uuid": C}, follow=True)
    assert response.context["rows"] == []
    assert "Nothing like this is in the ledger" in response.content.decode()


def test_filter_says_that_piggy_is_down_where_nothing_is_known_here(auditor, no_piggy):
    response = auditor.post("/ledger/", {"contact_uuid": "who@example.test"}, follow=True)
    assert "cannot be reached" in response.content.decode()


@pytest.mark.parametrize(
    ("data", "names"),
    [
        (None, set()),
        ([1], set()),
        ({"email": "Mira@Example.test"}, {"mira@example.test"}),
        (
            {"contact": {"email": "a@b.test"}, "identifiers": [{"value": "CARD-1"}, None, {}]},
            {"a@b.test", "card-1"},
        ),
    ],
)
def test_names_are_read_out_of_whatever_was_kept(data, names):
    assert names_of(data) == names

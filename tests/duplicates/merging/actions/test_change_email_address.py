"""A customer's new address: a new contact, and a merge into it that is carried to its end."""

import pytest
from django.contrib.auth.models import Group

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.merging import runs
from piggyadmin.duplicates.merging.actions import change_email_address
from piggyadmin.duplicates.merging.candidates import Candidates
from piggyadmin.duplicates.models import MergeRun
from piggyadmin.ledger import entries, reconciliation
from piggyadmin.ledger.conflicts import DuplicateRequest
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Progress, Refused, Verdict
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.ledger.steps import find_step
from piggyadmin.ledger.verification import verify
from piggyadmin.sandbox import seed
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed, text
from tests.contacts.cards import cards_of
from tests.duplicates.merges import work
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
URL = "/actions/change-email-address/"
CHANGE = get_action("change-email-address")
SAMPLE = SAMPLES[CHANGE.slug]
NEW = SAMPLE["email"]
MERGE = "merge-duplicates"
NOBODY = {"contact_uuids": [], "survivor_contact_uuid": Contact(uuid="c1")}


@pytest.fixture(autouse=True)
def merges_at_once(sandbox):
    sandbox.faults(merge_seconds=0)


def find(sandbox, email: str):
    answer = sandbox.request("GET", "contacts/find-one-by", params={"email": email})
    return answer.json()["data"] if answer.ok else None


def change(admin) -> Entry:
    """Have it done as a person does, and give its entry, whose page was looked at once."""
    preview = admin.post(URL, SAMPLE)
    sent = confirmed(preview, SAMPLE, confirmation=preview.context["confirm_with"])
    assert admin.post(URL, sent, follow=True).status_code == 200
    return Entry.objects.get(action=CHANGE.slug)


def asked_for(piggy, sandbox, *, made: bool = True) -> Entry:
    """Give an entry as a process leaves it that dies once the new customer is there."""
    mira = services.get_contact(piggy, contact_uuid=seed.MIRA_UUID)
    data = {"contact_uuid": mira, "email": NEW}
    preview = CHANGE.preview(piggy, data)
    entry = make_entry(EntryState.UNKNOWN, slug=CHANGE.slug, data=data, preview=preview)
    if made:
        services.create_contact(piggy, email=NEW)
    return entry


def settled(piggy, sandbox) -> Entry:
    """The same, once a worker has found the new contact."""
    entry = asked_for(piggy, sandbox)
    reconciliation.settle(piggy, entry)
    assert entries.reread(entry).state == EntryState.SETTLED_DONE
    return entries.reread(entry)


def test_the_steps_are_shown_before(admin, sandbox):
    page = text(admin.post(URL, SAMPLE))
    assert "Piggy cannot change an address. This is what works:" in page
    steps = ["A new customer is made with", "The old customer is merged into it", "Name, phone and"]
    places = [page.index(step) for step in steps]
    assert places == sorted(places)
    assert "Change 1 address" in page
    assert sandbox.calls("POST") == []


def test_the_customer_has_the_new_address_and_all_that_was_theirs(admin, sandbox, piggy):
    before = find(sandbox, seed.MIRA_EMAIL)
    entry = change(admin)
    run = work(MergeRun.objects.get())
    assert (run.status, run.surprise) == (MergeRun.Status.DONE, "")
    progress = CHANGE.watch(piggy, entry)
    assert (progress.finished, progress.as_expected) == (True, True)
    after = find(sandbox, NEW)
    assert find(sandbox, seed.MIRA_EMAIL) is None
    balances = [each["credit_balance"]["balance"] for each in (before, after)]
    assert balances == [120, 120]
    for name in ("firstname", "lastname", "phonenumber"):
        assert after["current_values"][name] == before["current_values"][name]
    assert cards_of(sandbox, after["uuid"]) == {"CARD-0001": True}
    step = Entry.objects.get(action=MERGE)
    assert entries.whole_of(step) == entry.submission_key
    assert CHANGE.page_of(entry) == f"/duplicates/merges/{step.submission_key}/"
    assert sentence_of(entry).startswith("Admin gave Mira Jansen another e-mail address")
    assert len(sandbox.calls("POST", "contacts/merge")) == 1
    assert list(verify()) == []


def test_a_process_that_dies_in_between_leaves_nothing_undone(piggy, sandbox):
    entry = settled(piggy, sandbox)
    assert CHANGE.page_of(entry) == ""
    for _ in range(2):
        progress = CHANGE.watch(piggy, entry)
        assert not progress.finished
        assert progress.words.startswith("The new customer is there. The old one goes into it:")
    assert Entry.objects.filter(action=MERGE).count() == 1
    work(MergeRun.objects.get())
    assert CHANGE.watch(piggy, entry).as_expected
    assert len(sandbox.calls("POST", "contacts")) == 1


def test_a_taken_address_leads_to_both(admin, sandbox):
    page = text(admin.post(URL, SAMPLE | {"email": seed.DUPLICATE_EMAIL}))
    first, second = sorted([seed.MIRA_UUID, seed.DUPLICATE_UUID])
    assert "This is somebody&#x27;s already. Nothing was sent." in page
    assert f'href="/duplicates/pair/{first}/{second}/"' in page
    assert sandbox.calls("POST") == []


def test_who_is_anonymous_is_claimed(admin, sandbox):
    page = text(admin.post(URL, SAMPLE | {"contact_uuid": "CARD-ANON"}))
    assert "This customer is anonymous: claim it, which gives it an address." in page


def test_nothing_begins_while_another_thing_is_under_way(admin, sandbox, piggy):
    mira = services.get_contact(piggy, contact_uuid=seed.MIRA_UUID)
    delete = get_action("delete-contact")
    data = {"contact_uuid": mira, "type": "GDPR"}
    make_entry(EntryState.UNKNOWN, slug=delete.slug, data=data, preview=delete.preview(piggy, data))
    page = text(admin.post(URL, SAMPLE))
    assert "how that ends is not known yet. Nothing was sent." in page
    assert sandbox.calls("POST") == []


def test_who_is_gone_meanwhile_is_told(admin, sandbox, monkeypatch):
    read = "piggyadmin.duplicates.merging.actions.change_email_address.read_candidates"
    monkeypatch.setattr(read, lambda *_: Candidates([None], {}))
    assert "This customer is no longer at Piggy." in text(admin.post(URL, SAMPLE))


# --- What comes in between ---------------------------------------------------------------------


def half_done(progress: Progress) -> str:
    assert (progress.finished, progress.as_expected) == (True, False)
    assert progress.words.startswith("Half done: the customer with the new address is there")
    return progress.words


def test_a_new_contact_that_is_not_shown_yet_is_waited_for(piggy, sandbox):
    entry = settled(piggy, sandbox)
    made = find(sandbox, NEW)["uuid"]
    sandbox.faults(delete_seconds=0)
    services.delete_contact(piggy, contact_uuid=made, type="DEFAULT")
    progress = CHANGE.watch(piggy, entry)
    assert not progress.finished
    assert progress.words == "Piggy does not show the new customer yet."


def test_an_old_contact_that_is_gone_is_told(piggy, sandbox):
    entry = settled(piggy, sandbox)
    sandbox.faults(delete_seconds=0)
    services.delete_contact(piggy, contact_uuid=seed.MIRA_UUID, type="DEFAULT")
    assert "The old customer is no longer at Piggy." in half_done(CHANGE.watch(piggy, entry))


def test_who_may_not_merge_any_more_does_not(piggy, sandbox):
    entry = settled(piggy, sandbox)
    User.objects.get(pk=entry.person_id).groups.set(Group.objects.none())
    half_done(CHANGE.watch(piggy, entry))
    assert find_step(entry, "merge") is None


def test_what_is_under_way_with_the_old_one_is_not_disturbed(piggy, sandbox):
    entry = settled(piggy, sandbox)
    delete = get_action("delete-contact")
    mira = services.get_contact(piggy, contact_uuid=seed.MIRA_UUID)
    data = {"contact_uuid": mira, "type": "GDPR"}
    make_entry(
        EntryState.UNKNOWN,
        slug=delete.slug,
        data=data,
        preview=delete.preview(piggy, data),
        person=somebody("joris"),
    )
    assert "Joris asked for" in half_done(CHANGE.watch(piggy, entry))


@pytest.mark.parametrize("is_duplicate", [True, False])
def test_a_merge_that_is_not_taken_on_is_left_to_a_person(
    is_duplicate, piggy, sandbox, monkeypatch
):
    """Somebody may be quicker between the look at what is under way and the asking."""
    entry = settled(piggy, sandbox)
    alike = make_entry(slug=MERGE, data=NOBODY, person=somebody("joris"))
    refused = Refused({"contact_uuids": "Joris is at it."})

    def refuse(*_args, **_more):
        raise DuplicateRequest(alike) if is_duplicate else refused

    monkeypatch.setattr(change_email_address, "carry_step", refuse)
    words = half_done(CHANGE.watch(piggy, entry))
    assert words.endswith(
        "Joris asked for the same a moment ago." if is_duplicate else "Joris is at it."
    )


def test_a_merge_whose_outcome_is_not_known_is_waited_for(piggy, sandbox, monkeypatch):
    entry = settled(piggy, sandbox)
    step = make_entry(EntryState.UNKNOWN, slug=MERGE, data=NOBODY)
    monkeypatch.setattr(change_email_address, "carry_step", lambda *_args, **_more: Outcome(step))
    progress = CHANGE.watch(piggy, entry)
    assert not progress.finished
    assert progress.words == "The new customer is there. The merge into it is about to begin."


@pytest.mark.parametrize(("why", "end"), [("Odd.", "the new one. Odd."), ("", "the new one.")])
def test_a_merge_that_stopped_is_told_and_can_go_on_there(piggy, sandbox, monkeypatch, why, end):
    entry = settled(piggy, sandbox)
    CHANGE.watch(piggy, entry)
    stopped = Progress(finished=True, words=why)
    monkeypatch.setattr(runs, "progress_of", lambda _run: stopped)
    assert half_done(CHANGE.watch(piggy, entry)).endswith(end)


# --- What serves as proof ----------------------------------------------------------------------


def test_an_address_that_nobody_has_is_proof_later(piggy, sandbox, later):
    entry = asked_for(piggy, sandbox, made=False)
    assert CHANGE.read_back(piggy, entry).verdict is Verdict.NOT_DONE


def test_an_address_that_is_no_longer_kept_is_not_looked_for(piggy, sandbox, monkeypatch):
    entry = asked_for(piggy, sandbox, made=False)
    module = "piggyadmin.duplicates.merging.actions.change_email_address"
    monkeypatch.setattr(f"{module}.data_of", lambda _entry: {"email": True})
    words = "The address that was typed is no longer kept."
    assert CHANGE.read_back(piggy, entry).words == words

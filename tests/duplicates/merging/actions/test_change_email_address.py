"""A customer's new address: a new contact, and a merge into it that is carried to its end."""

from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import Group

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts import services
from piggyadmin.contacts.confirmation import end_of
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.duplicates.merging import runs
from piggyadmin.duplicates.merging.actions import change_email_address
from piggyadmin.duplicates.merging.actions.change_email_address import AddressToChange
from piggyadmin.duplicates.merging.candidates import Candidate, Candidates
from piggyadmin.duplicates.merging.checks import Check, Level
from piggyadmin.duplicates.merging.subscriptions import SubscriptionChoice
from piggyadmin.duplicates.merging.survivor import propose
from piggyadmin.duplicates.models import MergeRun
from piggyadmin.ledger import entries, outcomes, reconciliation
from piggyadmin.ledger.conflicts import DuplicateRequest
from piggyadmin.ledger.models import Entry, EntryState
from piggyadmin.ledger.operations import Progress, Refused, Verdict
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.ledger.rows import sentence_of
from piggyadmin.ledger.sentences import Matter
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
CHANGE: Any = get_action("change-email-address")
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


def test_who_is_not_there_gets_no_new_address(admin, sandbox):
    form = admin.post(URL, SAMPLE | {"contact_uuid": "nobody@example.test"}).context["form"]
    assert list(form.errors) == ["contact_uuid"]
    assert sandbox.calls("POST") == []


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


# --- Without Piggy ----------------------------------------------------------------------------


def candidate(uuid="old", **more):
    kinds = more.pop("kinds", ())
    contact = {"uuid": uuid, "email": f"{uuid}@example.test", "subscriptions": kinds} | more
    return Candidate(
        contact=Contact.model_validate(contact),
        identifiers=[ContactIdentifier(value="CARD-1")],
        vouchers=3,
        values={"firstname": uuid, "drink": "tea"},
    )


def check(level: Level, about: str = "old") -> Check:
    return Check(kind=f"of-{level}", level=level, words=f"Words of {level}.", about=about)


def test_what_is_agreed_to_is_whom_it_is_about_and_what_was_told():
    found = tuple(map(check, Level))
    old = candidate(credits=120, prepaid_cents=1000)
    preview = AddressToChange(contact=old, email=NEW, checks=found)
    assert preview.button == "Change 1 address"
    assert [each.level for each in preview.warnings] == [Level.STOP, Level.ASK]
    assert preview.decisive() == {
        "contact": "old",
        "has": [120, 1000, 1, 3],
        "email": NEW,
        "checks": [f"of-{level}:old" for level in Level],
    }


def read(monkeypatch, *found, asked=None):
    """Have Piggy know these."""

    def candidates(piggy, uuids):
        if asked is not None:
            asked.append((piggy, uuids))
        return Candidates([*found], {"drink": "Drink"})

    monkeypatch.setattr(change_email_address, "read_candidates", candidates)


def test_what_would_be_in_the_way_of_the_merge_is_looked_for_before(monkeypatch):
    asked: Any
    looked: Any
    old, asked, looked, found = candidate(), [], [], [check(Level.ASK), check(Level.TELL)]
    read(monkeypatch, old, asked=asked)
    monkeypatch.setattr(
        change_email_address, "checks", lambda *what: looked.append(what) or tuple(found)
    )
    data = {"contact_uuid": Contact(uuid="old"), "email": NEW}
    preview = CHANGE.preview("piggy", data)
    assert preview == AddressToChange(contact=old, email=NEW, checks=tuple(found))
    assert asked == [("piggy", ["old"])]
    ((new, sources),) = looked
    assert (new.contact, new.identifiers, sources) == (Contact(email=NEW), [], [old])
    found.append(check(Level.STOP))
    with pytest.raises(Refused) as refused:
        CHANGE.preview("piggy", data)
    assert refused.value.field_errors == {"contact_uuid": ["Words of stop."]}
    read(monkeypatch, None)
    with pytest.raises(Refused) as refused:
        CHANGE.preview("piggy", data)
    assert refused.value.field_errors == {"contact_uuid": ["This customer is no longer at Piggy."]}


def test_the_end_of_the_new_address_is_typed():
    mira = Contact(uuid="old", email="mira@example.test")
    data = {"contact_uuid": mira, "email": "mira.visser@example.test"}
    assert CHANGE.confirm_with(data) == end_of("mira.visser@example.test", "mira@example.test")
    assert CHANGE.deduplication_data(data) == ["old"]


def test_the_new_contact_is_made_with_the_new_address(monkeypatch):
    monkeypatch.setattr(services, "create_contact", lambda piggy, *, email: f"{piggy} made {email}")
    made = CHANGE.perform("piggy", {"email": NEW})
    assert made.uuid == f"piggy made {NEW}"


def test_what_was_typed_is_looked_for(monkeypatch):
    entry = object()
    monkeypatch.setattr(change_email_address, "data_of", {entry: {"email": NEW}}.__getitem__)
    monkeypatch.setattr(change_email_address, "by_address", lambda *what: what)
    monkeypatch.setattr(change_email_address, "judge_created", lambda *what: what)
    assert CHANGE.read_back("piggy", entry) == ("piggy", entry, ("piggy", NEW))


def test_whose_address_it_is_is_told():
    told = CHANGE.sentence(Matter(data={}, customers={"contact": "Mira"})).told("Sanne", "done")
    assert told == "Sanne gave Mira another e-mail address"


def test_all_that_the_old_one_has_is_kept_and_it_gets_what_it_got():
    kinds = [
        {"is_subscribed": True, "status": "SUBSCRIBED", "subscription_type": {"uuid": "n"}},
        {"is_subscribed": False, "status": "UNSUBSCRIBED", "subscription_type": {"uuid": "r"}},
        {"is_subscribed": True, "status": "SUBSCRIBED", "subscription_type": {"name": "Odd"}},
        {"is_subscribed": True, "status": "SUBSCRIBED", "subscription_type": None},
    ]
    new, old = candidate("new"), candidate("old", kinds=kinds)
    planned = []
    with mock.patch.object(
        change_email_address, "make_plan", lambda proposal, **how: planned.append((proposal, how))
    ):
        change_email_address._plan(new, old, Candidates([new, old], {"drink": "Drink"}))
    ((proposal, how),) = planned
    assert proposal == propose([new, old])
    assert how == {
        "survivor": new,
        "sources": [old],
        "chosen": {"firstname": "old", "drink": "old"},
        "labels": {"drink": "Drink"},
        "subscribed": {"n": "yes"},
    }


def planned(*found: Check):
    wanted, other = (
        SubscriptionChoice(
            uuid=uuid, name=uuid, unsubscribed=(), is_opt_out=False, is_wanted=uuid == "n"
        )
        for uuid in "no"
    )
    return SimpleNamespace(
        candidates=("new", "old"),
        survivor="new",
        keep={"firstname": "old"},
        subscriptions=[wanted, other],
        questions=found,
    )


def test_the_merge_is_a_step_with_a_yes_to_all_that_needs_one(monkeypatch):
    carried: Any
    step, carried = SimpleNamespace(state=EntryState.DONE), []
    monkeypatch.setattr(
        change_email_address,
        "carry_step",
        lambda *what, **how: carried.append((what, how)) or SimpleNamespace(entry=step),
    )
    plan = planned(check(Level.ASK))
    merge: Any = change_email_address._ask_for_merge("piggy", "entry", plan)
    assert merge is step
    data = {
        "contact_uuids": ("new", "old"),
        "survivor_contact_uuid": "new",
        "keep": {"firstname": "old"},
        "subscriptions": {"n": "yes"},
        "agreed": ["of-ask:old"],
    }
    what = ("piggy", "entry", get_action(MERGE), data)
    assert carried == [(what, {"name": "merge", "preview": plan})]


def watched(monkeypatch, status, **progress):
    """Give what is told of a change whose merge is so far."""
    begun: Any
    run, begun = SimpleNamespace(status=status), []
    monkeypatch.setattr(change_email_address, "_merge_of", lambda *what: what)
    monkeypatch.setattr(runs, "begin", lambda step: begun.append(step) or run)
    monkeypatch.setattr(runs, "progress_of", lambda of: Progress(**progress) if of is run else None)
    told = CHANGE.watch("piggy", "entry")
    assert begun == [("piggy", CHANGE, "entry")]
    return told.finished, told.as_expected, told.words


def test_how_far_the_merge_is_is_told(monkeypatch):
    status = MergeRun.Status
    done = "Done: the customer has the new address, and all that was theirs."
    told = watched(monkeypatch, status.DONE, finished=True, words="2 are one.")
    assert told == (True, True, done)
    half = "The new customer is there. The old one goes into it: 1 of 2."
    told = watched(monkeypatch, status.RUNNING, finished=False, words="1 of 2.")
    assert told == (False, True, half)
    assert watched(monkeypatch, status.STOPPED, finished=True, words="Odd.") == (
        True,
        False,
        "Half done: the customer with the new address is there, but the old one has not gone into "
        "it. Merge the two, or delete the new one. Odd.",
    )


@pytest.mark.parametrize("state", EntryState)
def test_a_merge_has_a_page_once_it_has_begun(monkeypatch, state):
    key = "c0ffee00-0000-4000-8000-0000000000aa"
    asked: Any
    step, asked = SimpleNamespace(state=state, submission_key=key), []
    monkeypatch.setattr(change_email_address, "find_step", lambda *what: asked.append(what) or step)
    has_begun = state in {EntryState.DONE, EntryState.SETTLED_DONE}
    page = f"/duplicates/merges/{key}/" if has_begun else ""
    assert CHANGE.page_of("entry") == page
    assert asked == [("entry", "merge")]
    if has_begun:
        merge: Any = change_email_address._merge_of("piggy", CHANGE, "entry")
        assert merge is step


@pytest.mark.parametrize("state", [None, EntryState.UNKNOWN])
def test_a_merge_that_has_not_begun_is_asked_for(monkeypatch, state):
    step = state and SimpleNamespace(state=state)
    asked: Any
    plans: Any
    new, old, asked, plans = candidate("new"), candidate("old"), [], []
    entry = SimpleNamespace(data={"contact_uuid": "old"})
    recalled = SimpleNamespace(result=SimpleNamespace(uuid="new"))
    plan = SimpleNamespace(stops=[])
    monkeypatch.setattr(change_email_address, "find_step", lambda *_: step)
    monkeypatch.setattr(outcomes, "recall", lambda *_: recalled)
    monkeypatch.setattr(change_email_address, "_plan", lambda *what: plans.append(what) or plan)
    monkeypatch.setattr(change_email_address, "_ask_for_merge", lambda *what: what)
    read(monkeypatch, new, old, asked=asked)
    merge: Any = change_email_address._merge_of("piggy", CHANGE, entry)
    assert merge == ("piggy", entry, plan)
    assert asked == [("piggy", ["new", "old"])]
    assert plans == [(new, old, Candidates([new, old], {"drink": "Drink"}))]
    plan.stops.append(check(Level.STOP))
    with pytest.raises(change_email_address._Halted) as halted:
        change_email_address._merge_of("piggy", CHANGE, entry)
    assert halted.value.progress.words.endswith("the new one. Words of stop.")
    recalled.result = None
    with pytest.raises(change_email_address._Halted):
        change_email_address._merge_of("piggy", CHANGE, entry)
    assert asked[-1] == ("piggy", ["", "old"])

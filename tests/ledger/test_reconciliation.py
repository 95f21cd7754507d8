"""What comes late, after it was found not to be done: found, told and mended, never doubled."""

from contextlib import suppress

import pytest

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger import (
    appending,
    conflicts,
    entries,
    following,
    own_reference,
    reconciliation,
    tasks,
)
from piggyadmin.ledger.models import (
    Entry,
    EntryState,
    EntryStatus,
)
from piggyadmin.ledger.operations import Evidence, Finding, Stored, Verdict
from piggyadmin.ledger.own_reference import NAME
from piggyadmin.ledger.snapshots import PersonalText
from piggyadmin.ledger.verification import verify
from piggyadmin.piggy.actor import Actor, current_actor
from piggyadmin.piggy.errors import Busy, PiggyError
from piggyadmin.sandbox import seed
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import RetryLater
from tests.actions.samples import SAMPLES
from tests.actions.test_views import confirmed
from tests.conftest import person
from tests.ledger.making import make_entry, somebody
from tests.ledger.test_views import text, unknown_credits, url
from tests.ledger.test_writes import give

pytestmark = pytest.mark.django_db
CREDITS = get_action("create-credit-reception")
RECEPTIONS = "credit-receptions"


@pytest.fixture
def mira(piggy):
    return resolve_contact(piggy, query=seed.MIRA_EMAIL)


@pytest.fixture
def denied(piggy, sandbox, mira, later):
    """Make an entry that was lost on its way and, as far as anybody could see, not done."""
    sandbox.faults({"kind": "drop_before", "path": f"^{RECEPTIONS}$"})
    entry = give(piggy, mira).entry
    sandbox.faults()
    assert reconciliation.settle(piggy, entries.reread(entry)).verdict is Verdict.NOT_DONE
    return entries.reread(entry)


def arrive(sandbox, entry):
    """Let Piggy carry it out after all."""
    body = {"shop_uuid": seed.AMSTERDAM_UUID, "contact_uuid": seed.MIRA_UUID, "credits": 25}
    sandbox.api("POST", RECEPTIONS, json=body | {NAME: str(entry.submission_key)})


def kinds(entry):
    return [event.kind for event in entries.reread(entry).events.all()]


def run_for(entry):
    return Run(payload={"entry": entry.pk})


# --- The search goes on ----------------------------------------------------------------------


def test_what_comes_late_is_mended_and_told(piggy, sandbox, denied):
    arrive(sandbox, denied)
    tasks.settle_entry(run_for(denied))
    assert kinds(denied)[-3:] == ["settled-not-done", "settled-done", "flagged"]
    entry = entries.reread(denied)
    assert entry.state is EntryState.SETTLED_DONE
    assert entry.last_event.detail["result"]["credits"] == 25
    assert entry.last_event.detail["evidence"]
    attention = following.needs_attention(person(Role.STAFF))
    assert [status.entry for status in attention] == [entry]
    assert "late" in entry.follow_up.detail["words"]
    assert list(verify()) == []


def test_it_is_looked_for_until_it_cannot_matter_any_more(piggy, denied, monkeypatch):
    tasks.recover_entries()
    assert Run.objects.get(name="settle-entry", key=str(denied.pk))
    with pytest.raises(RetryLater):
        tasks.settle_entry(run_for(denied))
    monkeypatch.setattr(tasks, "_is_young", lambda _entry: False)
    tasks.settle_entry(run_for(denied))
    assert kinds(denied)[-1] == "settled-not-done"


def test_what_is_old_is_looked_for_no_longer(denied, settings):
    settings.LEDGER_FOLLOW_SECONDS = 0
    tasks.recover_entries()
    assert not Run.objects.filter(name="settle-entry").exists()


@pytest.mark.parametrize("detail", [{"by": "never sent"}, {"by": "person"}])
def test_what_is_certain_is_not_looked_for(piggy, sandbox, detail):
    entry = make_entry(EntryState.UNKNOWN)
    appending.append(entry, EntryState.SETTLED_NOT_DONE, detail)
    assert not reconciliation.is_searched(entries.reread(entry))
    tasks.settle_entry(run_for(entry))
    assert sandbox.calls() == []


def test_what_carries_no_reference_is_not_looked_for():
    entry = make_entry(EntryState.UNKNOWN)
    appending.append(entry, EntryState.SETTLED_NOT_DONE, {"by": entries.READ_BACK})
    assert not reconciliation.is_searched(entries.reread(entry))


def test_who_looks_at_the_same_moment_mends_it_once(piggy, sandbox, denied):
    arrive(sandbox, denied)
    for _ in range(2):
        reconciliation.settle(piggy, denied)
    assert kinds(denied).count("flagged") == 1


def test_an_answer_that_comes_late_is_taken(piggy, sandbox, mira, monkeypatch):
    """The process that waits for it slept, and others have given it up meanwhile."""
    perform = type(CREDITS).perform

    def slept(self, client, data):
        result = perform(self, client, data)
        entry = Entry.objects.get()
        for kind in (EntryState.UNKNOWN, EntryState.SETTLED_NOT_DONE):
            appending.append(entry, kind, {"by": entries.READ_BACK})
        return result

    monkeypatch.setattr(type(CREDITS), "perform", slept)
    entry = give(piggy, mira).entry
    assert kinds(entry)[-3:] == ["settled-not-done", "done", "flagged"]
    assert entries.reread(entry).state is EntryState.DONE
    assert EntryStatus.objects.get(entry=entry).is_flagged


def test_a_late_failure_changes_nothing(piggy, sandbox, mira, monkeypatch):
    def fails(self, client, data):
        with suppress(PiggyError):
            client.post("nowhere", json={})
        appending.append(
            Entry.objects.get(), EntryState.SETTLED_NOT_DONE, {"by": entries.READ_BACK}
        )
        raise Busy(is_write=True)

    monkeypatch.setattr(type(CREDITS), "perform", fails)
    entry = give(piggy, mira).entry
    assert kinds(entry) == ["intended", "sent", "settled-not-done"]


def test_what_cannot_be_asked_now_is_undecided_and_kept_once(piggy, sandbox, mira):
    sandbox.faults({"kind": "drop_after", "path": f"^{RECEPTIONS}$"})
    entry = give(piggy, mira).entry
    sandbox.faults({"kind": "code", "code": 1000, "path": "^loyalty-transactions$"})
    for _ in range(2):
        assert reconciliation.settle(piggy, entries.reread(entry)).verdict is Verdict.UNDECIDED
    assert kinds(entry) == ["intended", "sent", "unknown", "looked"]


# --- Held back -------------------------------------------------------------------------------


def test_what_was_only_inferred_is_held_back(piggy, sandbox, mira, denied):
    with pytest.raises(conflicts.DuplicateRequest) as held:
        give(piggy, mira)
    assert held.value.alike == denied
    assert len(sandbox.calls("POST", RECEPTIONS)) == 1
    repeat = {"repeat_of": denied.submission_key}
    assert give(piggy, mira, **repeat).entry.state is EntryState.DONE


@pytest.mark.parametrize("by", ["never sent", "person"])
def test_what_is_certain_is_not_held_back(piggy, mira, by):
    entry = give_up(piggy, mira, by)
    assert not entries.was_inferred(entry)
    assert give(piggy, mira).entry.state is EntryState.DONE


def give_up(piggy, mira, by):
    data = {"contact_uuid": mira, "shop_uuid": seed.AMSTERDAM_UUID, "credits": 25}
    data |= {"unit_value": None, "unit_name": ""}
    entry = make_entry(EntryState.UNKNOWN, slug=CREDITS.slug, data=data)
    appending.append(entry, EntryState.SETTLED_NOT_DONE, {"by": by})
    return entries.reread(entry)


def test_after_a_day_it_is_not_held_back_any_more(piggy, mira, denied, settings):
    settings.LEDGER_FOLLOW_SECONDS = 0
    assert give(piggy, mira).entry.state is EntryState.DONE


@pytest.fixture
def inferred():
    entry = unknown_credits()
    appending.append(entry, EntryState.SETTLED_NOT_DONE, {"by": entries.READ_BACK})
    return entries.reread(entry)


def test_the_page_says_that_it_is_no_certainty(staff, sandbox, inferred):
    page = text(staff.get(url(inferred)))
    assert "it could still come late" in page
    assert "I know, and I want it sent once more." in page
    response = staff.post(url(inferred, "again/"))
    assert "?again=" in response.url
    assert sandbox.calls("POST", RECEPTIONS) == []


def test_who_knows_sends_it_again_from_its_page(staff, sandbox, inferred):
    yes = {"repeat_of": str(inferred.submission_key), "again": "yes"}
    staff.post(url(inferred, "again/"), yes)
    again = Entry.objects.latest("pk")
    assert (again.pk != inferred.pk, again.state) == (True, EntryState.DONE)
    assert again.repeat_of == inferred.submission_key


def test_the_form_says_what_is_known(staff, sandbox, inferred):
    sample = SAMPLES[CREDITS.slug]
    page = staff.post(CREDITS.url, sample)
    held = text(staff.post(CREDITS.url, confirmed(page, sample)))
    assert "wanted to give a customer 25 credits at Amsterdam" in held
    assert "it could still come late" in held


def test_who_decides_sees_the_mended_entry(denied):
    seen = Finding(verdict=Verdict.UNDECIDED, words="Seen.")
    with pytest.raises(reconciliation.AlreadySettled):
        reconciliation.decide(denied, person=somebody(), is_done=False, why="I looked.", seen=seen)


def test_an_action_that_piggy_cannot_be_asked_about():
    finding = get_action("merge-duplicates").read_back(None, None)
    assert finding.verdict == Verdict.UNDECIDED
    assert finding.words.startswith("Nothing is sent for it")


# --- What is kept of a look, and of a decision ------------------------------------------------


class Made(Stored):
    """What an entry made, with whom it was made for."""

    uuid: str
    name: PersonalText = ""


PROOF = Evidence(what="Credits", value="25", fits=True)
FOUND = {
    "words": "There it is.",
    "verdict": "done",
    "evidence": [{"what": "Credits", "value": "25", "at": None, "fits": True}],
}


def finding(verdict=Verdict.DONE, **more):
    return Finding(verdict=verdict, words="There it is.", evidence=(PROOF,), **more)


def looked(monkeypatch, entry, found):
    """Have Piggy tell this, and give what is kept of it last."""
    monkeypatch.setattr(reconciliation, "look", lambda *_asked: found)
    assert reconciliation.settle(None, entry) == found
    return entry.events.last()


def test_what_was_found_is_kept_whole_with_what_is_personal_apart(monkeypatch):
    entry = make_entry(EntryState.UNKNOWN)
    result = Made(uuid="r1", name="Mira")
    event = looked(monkeypatch, entry, finding(result=result))
    assert event.kind == "settled-done"
    detail = dict(event.detail)
    (seal,) = detail.pop("snapshots")
    assert detail == FOUND | {"by": "read-back", "result": {"uuid": "r1", "name": ""}}
    snapshot = entry.snapshots.get()
    assert (snapshot.moment, snapshot.place, snapshot.data) == ("answer", ".name", "Mira")
    assert seal


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [(Verdict.NOT_DONE, "settled-not-done"), (Verdict.UNDECIDED, "looked")],
)
def test_what_was_not_found_to_be_done_has_no_result(monkeypatch, verdict, kind):
    entry = make_entry(EntryState.UNKNOWN)
    found = finding(verdict, result=Made(uuid="r1", name="Mira"))
    event = looked(monkeypatch, entry, found)
    assert event.kind == kind
    assert event.detail == FOUND | {"by": "read-back", "verdict": verdict}
    assert not entry.snapshots.exists()


def test_where_nothing_is_known_of_what_was_made_there_is_no_result(monkeypatch):
    event = looked(monkeypatch, make_entry(EntryState.UNKNOWN), finding())
    assert event.detail == FOUND | {"by": "read-back"}


@pytest.mark.parametrize("is_done", [True, False])
def test_what_a_person_decides_is_kept_with_who_why_and_what_they_saw(is_done):
    entry, sanne = make_entry(EntryState.UNKNOWN), somebody()
    seen = finding(Verdict.UNDECIDED)
    reconciliation.decide(entry, person=sanne, is_done=is_done, why="I looked.", seen=seen)
    event = entry.events.last()
    assert event.kind == ("settled-done" if is_done else "settled-not-done")
    who = {"by": "person", "person": sanne.pk, "person_name": "Sanne", "why": "I looked."}
    assert event.detail == FOUND | {"verdict": "undecided"} | who


@pytest.mark.parametrize(
    "state", [EntryState.DONE, EntryState.REJECTED, EntryState.SENT, EntryState.SETTLED_DONE]
)
def test_what_is_known_stays_whatever_is_found(monkeypatch, state):
    entry = make_entry(state)
    event = looked(monkeypatch, entry, finding())
    assert event.kind == state
    with pytest.raises(reconciliation.AlreadySettled):
        reconciliation.decide(
            entry, person=somebody(), is_done=True, why="I looked.", seen=finding()
        )


def test_the_same_look_is_kept_once_and_another_one_again(monkeypatch):
    entry = make_entry(EntryState.UNKNOWN)
    undecided = finding(Verdict.UNDECIDED)
    for found in (undecided, undecided, undecided.model_copy(update={"words": "Not yet."})):
        looked(monkeypatch, entry, found)
    words = [event.detail["words"] for event in entry.events.filter(kind="looked")]
    assert words == ["There it is.", "Not yet."]
    appending.append(entry, EntryState.UNKNOWN)
    looked(monkeypatch, entry, undecided.model_copy(update={"words": "Not yet."}))
    assert entry.events.filter(kind="looked").count() == 3


def test_the_last_look_is_shown_to_who_decides(monkeypatch):
    entry = make_entry(EntryState.UNKNOWN)
    assert reconciliation.last_finding(entry) is None
    for words in ("First.", "Second."):
        found = finding(Verdict.UNDECIDED).model_copy(update={"words": words})
        looked(monkeypatch, entry, found)
    appending.append(entry, EntryState.SETTLED_NOT_DONE)
    shown = reconciliation.last_finding(entry)
    assert (shown.verdict, shown.words, shown.evidence) == (Verdict.UNDECIDED, "Second.", (PROOF,))


def test_of_an_action_that_is_gone_nothing_is_found_out(monkeypatch):
    monkeypatch.setattr(reconciliation, "find_operation", lambda _slug: None)
    found = reconciliation.look(None, Entry(action="gone"))
    assert found == Finding(
        verdict=Verdict.UNDECIDED,
        words="The console can no longer do this, so it cannot look either.",
    )


def test_whoever_looks_is_the_console_for_that_entry(monkeypatch):
    """A look that fails tells what Piggy said."""
    asked, error = [], Busy()

    def read_back(_action, piggy, entry):
        asked.append((piggy, entry.pk, current_actor()))
        raise error

    monkeypatch.setattr(type(CREDITS), "read_back", read_back)
    found = reconciliation.look("piggy", Entry(pk=7, action=CREDITS.slug))
    assert asked == [("piggy", 7, Actor(None, "Read-back", CREDITS.slug, 7))]
    assert found == Finding(verdict=Verdict.UNDECIDED, words=str(error.message))


@pytest.mark.parametrize("reference", ["r", None])
def test_what_is_looked_for(monkeypatch, reference):
    monkeypatch.setattr(own_reference, "written", lambda _entry: reference)
    entry = make_entry(EntryState.UNKNOWN)
    assert reconciliation.is_searched(entry)
    appending.append(entry, EntryState.SETTLED_NOT_DONE, {"by": entries.READ_BACK})
    assert reconciliation.is_searched(entry) is (reference is not None)


def test_what_is_found_after_all_is_mended_with_all_that_was_found(monkeypatch):
    monkeypatch.setattr(own_reference, "written", lambda _entry: "r")
    entry = make_entry(EntryState.UNKNOWN)
    appending.append(entry, EntryState.SETTLED_NOT_DONE, {"by": entries.READ_BACK})
    looked(monkeypatch, entry, finding(Verdict.UNDECIDED))
    assert kinds(entry)[-1] == "settled-not-done"
    looked(monkeypatch, entry, finding(result=Made(uuid="r1", name="Mira")))
    assert kinds(entry)[-2:] == ["settled-done", "flagged"]
    detail = entry.events.get(kind="settled-done").detail
    assert (detail["by"], detail["result"]) == ("read-back", {"uuid": "r1", "name": ""})
    assert entry.snapshots.get().data == "Mira"

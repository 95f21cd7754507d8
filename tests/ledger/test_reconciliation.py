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
    reconciliation,
    tasks,
)
from piggyadmin.ledger.models import (
    Entry,
    EntryState,
    EntryStatus,
)
from piggyadmin.ledger.operations import Finding, Verdict
from piggyadmin.ledger.own_reference import NAME
from piggyadmin.ledger.verification import verify
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

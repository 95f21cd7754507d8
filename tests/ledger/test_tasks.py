"""What workers do for the ledger."""

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger import appending, entries, operations, reconciliation, tasks
from piggyadmin.ledger.models import EntryState, EntryStatus
from piggyadmin.ledger.operations import Finding, Progress, Verdict
from piggyadmin.piggy.errors import Maintenance
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import RetryLater
from tests.actions.samples import SAMPLES
from tests.ledger.making import make_entry
from tests.ledger.test_writes import give

ACTION = get_action("create-contact-attribute")
MERGE = get_action("merge-contacts")

pytestmark = pytest.mark.django_db


def run_of(name, entry):
    return Run.objects.get(name=name, key=str(entry.pk))


def test_recover_starts_what_is_needed(db):
    dead = make_entry(
        slug="create-credit-reception", data={"credits": 1, "unit_value": None}, contact="c1"
    )
    appending.append(dead, EntryState.SENT)
    EntryStatus.objects.filter(entry=dead).update(owner="elsewhere|1|1", lease_until=timezone.now())
    for _ in range(2):
        tasks.recover_entries()
    assert entries.reread(dead).state == EntryState.UNKNOWN
    assert run_of("settle-entry", dead)


def test_settles_what_was_done(piggy, sandbox):
    mira = resolve_contact(piggy, query="mira.jansen@example.test")
    sandbox.faults({"kind": "drop_after", "path": "^credit-receptions$"})
    entry = give(piggy, mira).entry
    sandbox.faults()
    tasks.recover_entries()
    tasks.settle_entry(run_of("settle-entry", entry))
    assert entries.reread(entry).state == EntryState.SETTLED_DONE


def test_follows_a_merge_to_its_end(piggy, sandbox):
    sandbox.faults(merge_seconds=0)
    source, destination = (
        resolve_contact(piggy, query=f"{name}@example.test") for name in ("m.jansen", "mira.jansen")
    )
    data = {"source_contact_uuid": source, "destination_contact_uuid": destination}
    preview = MERGE.preview(piggy, data)
    entry = make_entry(slug=MERGE.slug, data=data, preview=preview)
    appending.append(entry, EntryState.SENT)
    MERGE.perform(piggy, data)
    appending.append(entry, EntryState.DONE)
    tasks.recover_entries()
    for _ in range(50):
        try:
            tasks.follow_entry(run_of("follow-entry", entry))
            break
        except RetryLater:
            continue
    assert entry.events.latest("sequence").kind == "verified"
    assert not EntryStatus.objects.get(entry=entry).is_followed


@pytest.fixture
def undecided(monkeypatch):
    """Let nobody find out what became of an entry."""
    finding = Finding(verdict=Verdict.UNDECIDED, words="Who knows.")
    monkeypatch.setattr(type(ACTION), "read_back", lambda *_: finding)


@pytest.fixture
def unfinished(monkeypatch):
    """Let Piggy be at it for ever."""
    progress = Progress(finished=False, words="Half way.")
    monkeypatch.setattr(type(ACTION), "watch", lambda *_: progress)


def run_for(entry):
    return Run(payload={"entry": entry.pk})


def followed():
    entry = make_entry(EntryState.DONE)
    EntryStatus.objects.filter(entry=entry).update(is_followed=True)
    return entry


def kinds(entry):
    return [event.kind for event in entries.reread(entry).events.all()]


def test_an_action_that_is_gone_is_followed_no_longer(piggy, monkeypatch):
    entry = followed()
    monkeypatch.delitem(operations._operations, entry.action)
    tasks.follow_entry(run_for(entry))
    status = EntryStatus.objects.get(entry=entry)
    assert (status.is_followed, status.is_flagged) == (False, True)


def test_looks_again_later(piggy, undecided):
    entry = make_entry(EntryState.UNKNOWN)
    with pytest.raises(RetryLater):
        tasks.settle_entry(run_for(entry))
    assert entries.reread(entry).state == EntryState.UNKNOWN


def test_leaves_what_is_old_to_a_person(piggy, undecided, settings):
    settings.LEDGER_FOLLOW_SECONDS = 0
    entry = make_entry(EntryState.UNKNOWN)
    tasks.recover_entries()
    assert not Run.objects.filter(name="settle-entry").exists()
    tasks.settle_entry(run_for(entry))
    assert entries.reread(entry).state == EntryState.UNKNOWN


def test_what_is_known_is_not_looked_for(piggy, undecided):
    entry = make_entry(EntryState.DONE)
    before = kinds(entry)
    tasks.settle_entry(run_for(entry))
    assert kinds(entry) == before


def test_what_was_settled_meanwhile_stays_so(piggy, undecided):
    entry = make_entry(EntryState.DONE)
    before = kinds(entry)
    assert reconciliation.settle(piggy, entry).verdict == Verdict.UNDECIDED
    assert kinds(entry) == before


def test_what_is_over_is_not_followed(piggy, unfinished):
    entry = make_entry(EntryState.DONE)
    before = kinds(entry)
    tasks.follow_entry(run_for(entry))
    assert kinds(entry) == before


def test_follows_on_later(piggy, unfinished):
    entry = followed()
    with pytest.raises(RetryLater):
        tasks.follow_entry(run_for(entry))
    assert EntryStatus.objects.get(entry=entry).is_followed


def test_what_cannot_be_seen_for_too_long_is_flagged_as_well(piggy, monkeypatch, settings):
    def fails(*_):
        raise Maintenance

    monkeypatch.setattr(type(ACTION), "watch", fails)
    entry = followed()
    with pytest.raises(Maintenance):
        tasks.follow_entry(run_for(entry))
    settings.LEDGER_FOLLOW_SECONDS = 0
    tasks.follow_entry(run_for(entry))
    flagged = entries.reread(entry).follow_up
    assert (flagged.kind, "maintained" in flagged.detail["words"]) == ("flagged", True)


def test_a_merge_whose_survivor_is_gone_too_is_a_surprise(piggy, sandbox):
    sandbox.faults(merge_seconds=0, delete_seconds=0)
    form = MERGE.form_class(SAMPLES[MERGE.slug], piggy=piggy)
    assert form.is_valid()
    preview = MERGE.preview(piggy, form.cleaned_data)
    entry = make_entry(EntryState.DONE, slug=MERGE.slug, data=form.action_data, preview=preview)
    MERGE.perform(piggy, form.action_data)
    survivor = preview.destination.contact.uuid
    sandbox.api("POST", f"contacts/{survivor}/delete", json={"type": "DEFAULT"})
    tasks.follow_entry(run_for(entry))
    flagged = entries.reread(entry).follow_up
    assert (flagged.kind, "so is the survivor" in flagged.detail["words"]) == ("flagged", True)


def test_flags_what_takes_too_long(piggy, unfinished, settings):
    settings.LEDGER_FOLLOW_SECONDS = 0
    entry = followed()
    tasks.follow_entry(run_for(entry))
    assert kinds(entry)[-1] == "flagged"
    assert not EntryStatus.objects.get(entry=entry).is_followed

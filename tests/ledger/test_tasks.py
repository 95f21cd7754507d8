"""What workers do for the ledger."""

import pytest
from django.utils import timezone

from piggyadmin.contacts.services import resolve_contact
from piggyadmin.ledger import appending, entries, tasks
from piggyadmin.ledger.models import EntryState, EntryStatus
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import RetryLater
from tests.ledger.making import make_entry
from tests.ledger.test_writes import MERGE, give

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

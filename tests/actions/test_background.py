"""What workers do for the ledger."""

import pytest
from django.utils import timezone

from piggyadmin.actions import background, ledger
from piggyadmin.actions.models import Standing, State
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import Later
from tests.actions.making import make_entry
from tests.actions.test_ledger import MERGE, give

pytestmark = pytest.mark.django_db


def run_of(name, entry):
    return Run.objects.get(name=name, key=str(entry.pk))


def test_recover_starts_what_is_needed(db):
    dead = make_entry(
        slug="create-credit-reception", data={"credits": 1, "unit_value": None}, contact="c1"
    )
    ledger.append(dead, State.SENT)
    Standing.objects.filter(entry=dead).update(owner="elsewhere|1|1", lease_until=timezone.now())
    for _ in range(2):
        background.recover_entries()
    assert ledger.reread(dead).state == State.UNKNOWN
    assert run_of("settle-entry", dead)


def test_settles_what_was_done(piggy, sandbox):
    mira = resolve_contact(piggy, query="mira.jansen@example.test")
    sandbox.faults({"kind": "drop_after", "path": "^credit-receptions$"})
    entry = give(piggy, mira).entry
    sandbox.faults()
    background.recover_entries()
    background.settle_entry(run_of("settle-entry", entry))
    assert ledger.reread(entry).state == State.SETTLED_DONE


def test_follows_a_merge_to_its_end(piggy, sandbox):
    sandbox.faults(merge_seconds=0)
    source, destination = (
        resolve_contact(piggy, query=f"{name}@example.test") for name in ("m.jansen", "mira.jansen")
    )
    data = {"source_contact_uuid": source, "destination_contact_uuid": destination}
    preview = MERGE.preview(piggy, data)
    entry = make_entry(slug=MERGE.slug, data=data, preview=preview)
    ledger.append(entry, State.SENT)
    MERGE.perform(piggy, data)
    ledger.append(entry, State.DONE)
    background.recover_entries()
    for _ in range(50):
        try:
            background.follow_entry(run_of("follow-entry", entry))
            break
        except Later:
            continue
    assert entry.events.latest("sequence").kind == "verified"
    assert not Standing.objects.get(entry=entry).is_followed

"""What is in the way of a write: the same a moment ago, a contact that is being ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import (
    appending,
    conflicts,
)
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Refused
from tests.ledger.making import credits_for, make_entry

MERGE = get_action("merge-contacts")
CREDITS = get_action("create-credit-reception")
pytestmark = pytest.mark.django_db


def test_after_a_while_it_is_not_held_back_unless_unknown(monkeypatch):
    contact = Contact(uuid="c1")
    done = make_entry(EntryState.DONE, slug=CREDITS.slug, data=credits_for(contact))
    unknown = make_entry(EntryState.UNKNOWN, slug=CREDITS.slug, data=credits_for(contact, 26))
    later = timezone.now() + timedelta(seconds=conflicts.DEDUPLICATION_SECONDS + 1)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert conflicts.latest_alike(done.deduplication_key) is None
    assert conflicts.latest_alike(unknown.deduplication_key) == unknown


@pytest.mark.parametrize("state", [EntryState.SENT, EntryState.UNKNOWN, EntryState.DONE])
@pytest.mark.parametrize("pair", ["ab", "ba", "bc", "ca"])
def test_overlapping_merges_are_refused(state, pair):
    def merge(a, b):
        return {"source_contact_uuid": Contact(uuid=a), "destination_contact_uuid": Contact(uuid=b)}

    first = make_entry(
        *([state] if state != EntryState.SENT else []), slug=MERGE.slug, data=merge(*"ab")
    )
    with pytest.raises(Refused) as refusal:
        make_entry(slug=MERGE.slug, data=merge(*pair))
    assert "Sanne" in str(refusal.value.field_errors)
    appending.append(first, EntryState.REJECTED if state != EntryState.DONE else "verified")
    if pair in {"bc", "ca"}:
        make_entry(slug=MERGE.slug, data=merge(*pair))

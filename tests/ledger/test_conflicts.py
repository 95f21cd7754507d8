"""What is in the way of a write: the same a moment ago, a contact that is being ended."""

from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import (
    appending,
    conflicts,
    entries,
)
from piggyadmin.ledger.models import EntryState
from piggyadmin.ledger.operations import Refused
from tests.ledger.making import credits_for, make_entry, somebody

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


A, B = Contact(uuid="a"), Contact(uuid="b")


def merge(*, part_of=None, **contacts):
    """Have a merge under way."""
    given = {f"{role}_contact_uuid": each for role, each in contacts.items()}
    return make_entry(EntryState.SENT, slug=MERGE.slug, data=given, part_of=part_of)


def test_of_what_is_in_the_way_the_latest_is_told_with_who_asked_for_it():
    merge(source=A, destination=Contact(uuid="c"))
    latest = merge(source=B, destination=Contact(uuid="d"))
    busy = conflicts.busy_with(iter(["a", "b"]))
    assert (busy.entry, busy.contact_uuid, busy.role) == (latest, "b", "source")
    assert conflicts.words_about(busy) == (
        f"Sanne asked for “{MERGE.label}” for this customer, and how that ends is not known yet. "
        "Nothing was sent. Wait for it to end, then look again."
    )
    assert conflicts.busy_with(["x"]) is None
    assert conflicts.busy_with([]) is None


def test_what_changes_a_contact_a_little_is_not_in_the_way():
    make_entry(EntryState.SENT, slug=CREDITS.slug, data=credits_for(A))
    assert conflicts.busy_with(["a"]) is None


def test_a_step_and_its_whole_are_not_in_each_others_way():
    whole = merge(source=A, destination=B)
    key = whole.submission_key
    assert conflicts.busy_with(["a"], part_of=key) is None
    assert conflicts.busy_with(["a"], part_of=uuid4()).entry == whole
    step = merge(source=A, destination=Contact(uuid="c"), part_of=key)
    assert conflicts.busy_with(["a"], part_of=key) is None
    assert conflicts.busy_with(["a"]).entry == step
    other = uuid4()
    assert conflicts.busy_with(["a"], part_of=other).entry == step
    appending.append(whole, EntryState.REJECTED)
    assert conflicts.busy_with(["a"], part_of=key) is None
    assert conflicts.busy_with(["a"], part_of=step.submission_key) is None


@pytest.mark.parametrize(
    ("subjects", "field"),
    [
        ({"destination": "x", "source": "a"}, "source_contact_uuid"),
        ({"source": "x", "contact": "a"}, "contact_uuid"),
    ],
)
def test_a_refusal_names_the_field_of_the_contact(subjects, field):
    merge(source=A, destination=B)
    with pytest.raises(Refused) as refusal:
        conflicts.refuse_overlap(MERGE, subjects, None)
    ((words,),) = refusal.value.field_errors.values()
    assert set(refusal.value.field_errors) == {field}
    assert words.startswith("Sanne asked for")
    conflicts.refuse_overlap(CREDITS, subjects, None)
    conflicts.refuse_overlap(MERGE, {"source": "x"}, None)


def test_what_is_told_of_what_was_not_begun():
    alike = conflicts.DuplicateRequest(SimpleNamespace(person_name="Boris"))
    assert conflicts.why_not_begun(alike) == "Boris asked for the same a moment ago."
    assert conflicts.why_not_begun(PermissionDenied("Not any more.")) == "Not any more."
    refused = Refused({"credits": "Too many."})
    assert conflicts.why_not_begun(refused) == refused.words
    assert "Too many." in refused.words


@pytest.mark.parametrize(
    ("one", "other", "is_refused"),
    [("a", "b", True), ("a", "a", False), ("", "b", False), ("a", "", False), ("", "", False)],
)
def test_a_key_belongs_to_one_request(one, other, is_refused):
    if is_refused:
        with pytest.raises(conflicts.KeyReused):
            conflicts.insist_on_same(one, other)
    else:
        conflicts.insist_on_same(one, other)


def test_the_same_needs_a_yes_to_the_very_one_before():
    first = make_entry(EntryState.DONE, slug=CREDITS.slug, data=credits_for(A))
    key = first.deduplication_key
    for repeat_of in (None, uuid4()):
        with pytest.raises(conflicts.DuplicateRequest) as refusal:
            conflicts.refuse_duplicate(CREDITS, key, repeat_of)
        assert refusal.value.alike == first
    conflicts.refuse_duplicate(CREDITS, key, first.submission_key)
    conflicts.refuse_duplicate(CREDITS, "another key", None)
    conflicts.refuse_duplicate(SimpleNamespace(is_deduplicated=False), key, None)


@pytest.mark.parametrize(
    ("states", "by", "may_have_happened"),
    [
        ([EntryState.DONE], None, True),
        ([EntryState.UNKNOWN, EntryState.SETTLED_DONE], None, True),
        ([EntryState.SENT], None, True),
        ([EntryState.REJECTED], None, False),
        ([EntryState.UNKNOWN], entries.READ_BACK, True),
        ([EntryState.UNKNOWN], "person", False),
    ],
)
def test_what_may_have_happened_is_alike(states, by, may_have_happened):
    entry = make_entry(*states, slug=CREDITS.slug, data=credits_for(A), person=somebody("boris"))
    if by:
        appending.append(entry, EntryState.SETTLED_NOT_DONE, {"by": by})
    found = conflicts.latest_alike(entry.deduplication_key)
    assert found == (entry if may_have_happened else None)


def test_of_several_alike_the_last_is_found():
    data = credits_for(A)
    first = make_entry(EntryState.UNKNOWN, slug=CREDITS.slug, data=data)
    again = {"repeat_of": first.submission_key}
    last = make_entry(EntryState.DONE, slug=CREDITS.slug, data=data, **again)
    assert conflicts.latest_alike(first.deduplication_key) == last


@pytest.mark.parametrize(("seconds", "is_alike"), [(599, True), (601, False)])
def test_what_was_inferred_may_come_late_for_a_while(settings, monkeypatch, seconds, is_alike):
    settings.LEDGER_FOLLOW_SECONDS = 600
    entry = make_entry(EntryState.UNKNOWN, slug=CREDITS.slug, data=credits_for(A))
    event = appending.append(entry, EntryState.SETTLED_NOT_DONE, {"by": entries.READ_BACK})
    monkeypatch.setattr(timezone, "now", lambda: event.at + timedelta(seconds=seconds))
    assert bool(conflicts.latest_alike(entry.deduplication_key)) is is_alike


@pytest.mark.parametrize(("seconds", "is_alike"), [(299, True), (300, True), (301, False)])
def test_what_happened_is_alike_for_five_minutes(monkeypatch, seconds, is_alike):
    entry = make_entry(EntryState.DONE, slug=CREDITS.slug, data=credits_for(A))
    at = entry.created_at + timedelta(seconds=seconds)
    monkeypatch.setattr(timezone, "now", lambda: at)
    assert bool(conflicts.latest_alike(entry.deduplication_key)) is is_alike

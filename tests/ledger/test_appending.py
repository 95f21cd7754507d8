"""An event is appended together with the projection that follows from it, or not at all."""

from typing import Any
from uuid import uuid4

import pytest

from piggyadmin.ledger import appending, hash_chain, snapshots
from piggyadmin.ledger.leases import lease_from, this_process
from piggyadmin.ledger.models import (
    ACKNOWLEDGED,
    FLAGGED,
    LOOKED,
    RESUMED,
    VERIFIED,
    EntryState,
    EntryStatus,
    Event,
    Snapshot,
    Subject,
)
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
# Piggy makes a batch after its answer, so that it is watched; an attribute is there at once.
WATCHED = {
    "slug": "create-vouchers-batch",
    "data": {"contact_uuid": None, "promotion_uuid": "p", "quantity": 5},
}
PLAIN = {"slug": "create-contact-attribute"}
NOBODY = ("", None)


def status_of(entry):
    return EntryStatus.objects.get(entry=entry)


def test_an_event_says_nothing_but_what_it_is_given():
    entry = make_entry()
    assert appending.append(entry, EntryState.SENT).detail == {}
    assert appending.append(entry, LOOKED, {"words": "Nothing."}).detail == {"words": "Nothing."}
    stored = [(event.kind, event.detail) for event in entry.events.all()][1:]
    assert stored == [("sent", {}), ("looked", {"words": "Nothing."})]


def test_a_new_entry_is_this_processs_for_a_lease():
    whole = uuid4()
    entry = make_entry(part_of=whole, reason="Goodwill")
    status, event = status_of(entry), entry.events.get()
    assert (status.state, status.part_of, status.reason) == ("intended", whole, "Goodwill")
    assert (status.owner, status.lease_until) == (this_process(), lease_from(event.at))
    assert (status.updated_at, status.asked_at) == (event.at, entry.created_at)
    assert (status.person_id, status.action) == (somebody().pk, entry.action)
    assert (status.entity, status.is_followed, status.is_flagged) == (entry.entity, False, False)
    assert status_of(make_entry(number=1)).part_of is None


def test_a_lease_begins_anew_when_the_request_leaves():
    entry = make_entry()
    event = appending.append(entry, EntryState.SENT)
    status = status_of(entry)
    assert (status.state, status.owner) == ("sent", this_process())
    assert (status.updated_at, status.lease_until) == (event.at, lease_from(event.at))


@pytest.mark.parametrize("made", [WATCHED, PLAIN])
@pytest.mark.parametrize("kind", sorted(set(EntryState) - {EntryState.INTENDED, EntryState.SENT}))
def test_what_is_known_of_it_ends_the_lease(made, kind):
    """Only what happened, and is carried out after Piggy's answer, is followed."""
    entry = make_entry(EntryState.SENT, **made)
    event = appending.append(entry, kind)
    status = status_of(entry)
    assert (status.state, status.updated_at) == (kind, event.at)
    assert (status.owner, status.lease_until) == NOBODY
    assert status.is_followed is (made is WATCHED and kind in {"done", "settled-done"})
    assert status.is_flagged is False


@pytest.mark.parametrize(
    ("kinds", "is_followed", "is_flagged"),
    [
        ([VERIFIED], False, False),
        ([FLAGGED], False, True),
        ([FLAGGED, ACKNOWLEDGED], False, False),
        ([FLAGGED, RESUMED], True, False),
        ([FLAGGED, LOOKED], False, True),
        ([LOOKED], True, False),
    ],
)
def test_how_it_ended_is_in_the_projection(kinds, is_followed, is_flagged):
    entry = make_entry(EntryState.DONE, **WATCHED)
    event = [appending.append(entry, kind) for kind in kinds][-1]
    status = status_of(entry)
    assert (status.is_followed, status.is_flagged) == (is_followed, is_flagged)
    assert (status.state, status.updated_at) == ("done", event.at)


def test_what_others_have_settled_meanwhile_stays():
    entry, other = make_entry(EntryState.REJECTED), make_entry(number=1)
    with pytest.raises(appending.Superseded), hash_chain.locked_head() as head:
        appending.append_inside(head, entry, "done", {}, only_after=[EntryState.SENT])
    assert [event.kind for event in entry.events.all()] == ["intended", "sent", "rejected"]
    assert (status_of(entry).state, status_of(other).state) == ("rejected", "intended")
    with hash_chain.locked_head() as head:
        after = [EntryState.SENT, EntryState.REJECTED]
        appending.append_inside(head, entry, "done", {}, only_after=after)
    assert (status_of(entry).state, status_of(other).state) == ("done", "intended")


def test_contacts_and_snapshots_come_in_with_their_event():
    entry = make_entry()
    subject = Subject(entry=entry, role="contact", contact_uuid="a")
    parts = [snapshots.Personal("a", "", {"name": "Mira"})]
    # Given once, as whoever makes them one by one does.
    kept = iter(snapshots.rows(entry, Snapshot.Moment.BEFORE, parts))
    with hash_chain.locked_head() as head:
        event = appending.append_inside(
            head, entry, EntryState.SENT, {"reference": "r"}, subjects=iter([subject]), kept=kept
        )
    snapshot = Snapshot.objects.get()
    assert (snapshot.contact_uuid, snapshot.data) == ("a", {"name": "Mira"})
    assert entry.subjects.get().contact_uuid == "a"
    (sealed,) = event.detail["snapshots"]
    assert event.detail["reference"] == "r"
    assert sealed["seal"] == hash_chain.seal_of(snapshot)


def test_whoever_listens_hears_of_it_and_the_entry_knows_it_itself():
    heard = []

    def hear(sender, **said):
        heard.append((sender, said["entry"], said["kind"]))

    entry = make_entry()
    appending.appended.connect(hear)
    try:
        appending.append(entry, EntryState.SENT)
    finally:
        appending.appended.disconnect(hear)
    assert heard == [(Event, entry, EntryState.SENT)]


def test_events_that_an_entry_remembers_are_read_anew():
    made = make_entry()
    entry: Any = type(made).objects.prefetch_related("events", "subjects").get(pk=made.pk)
    states = [entry.state]
    appending.append(entry, EntryState.SENT)
    states.append(entry.state)
    assert "subjects" in entry._prefetched_objects_cache
    del entry._prefetched_objects_cache
    appending.append(entry, EntryState.DONE)
    assert [*states, entry.state] == ["intended", "sent", "done"]

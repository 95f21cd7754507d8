"""Snapshots are removed in time or on request, and the ledger accounts for each that is gone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger import appending, entries, following, hash_chain, retention, snapshots, tasks
from piggyadmin.ledger.models import (
    FORGOTTEN,
    Approval,
    ApprovalStatus,
    EntryState,
    Event,
    PersonLookUp,
    Snapshot,
    SnapshotName,
)
from piggyadmin.ledger.operations import Progress
from piggyadmin.ledger.snapshots import Personal
from piggyadmin.ledger.verification import _Inspection, inspect, verify
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db


def keep(entry, *contacts, days_ago=0, moment=Snapshot.Moment.BEFORE, data=None):
    """Have an event bring snapshots in, as if so many days ago."""
    parts = [Personal(contact, "", data or {"name": contact}) for contact in contacts]
    kept = snapshots.rows(entry, moment, parts)
    for each in kept:
        each.taken_at = timezone.now() - timedelta(days=days_ago)
    with hash_chain.locked_head() as head:
        appending.append_inside(head, entry, EntryState.SENT, {}, kept=kept)


def left():
    return sorted(Snapshot.objects.values_list("contact_uuid", flat=True))


@pytest.fixture
def entry():
    entry = make_entry()
    keep(entry, "c1", "c2")
    return entry


# --- What must not be ------------------------------------------------------------------------


def test_snapshots_are_vouched_for(entry):
    assert list(verify()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"name": "Somebody else"}},
        {"contact_uuid": "c3"},
        {"taken_at": timezone.now() - timedelta(days=400)},
        {"moment": "after"},
        {"salt": ""},
    ],
)
def test_a_changed_snapshot_is_found(entry, change):
    Snapshot.objects.filter(contact_uuid="c1").update(**change)
    findings = list(verify())
    assert any("was changed or removed" in each for each in findings), findings
    assert any("was changed, or did not come in" in each for each in findings), findings


def test_a_removed_snapshot_is_found(entry):
    Snapshot.objects.filter(contact_uuid="c1").delete()
    (finding,) = verify()
    assert "A snapshot that event 2 brought in was changed or removed." in finding
    with pytest.raises(CommandError):
        call_command("ledger_verify")


def test_an_added_snapshot_is_found(entry):
    Snapshot.objects.create(entry=entry, contact_uuid="c9", moment="before", place="", data={})
    (finding,) = verify()
    assert "did not come in through the chain" in finding


# --- What may be -----------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "kept"), [(30, ["c1", "c2", "young"]), (0, None)])
def test_what_was_kept_long_enough_is_forgotten(settings, entry, days, kept, monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 1)
    settings.LEDGER_SNAPSHOT_DAYS = days
    keep(entry, "old", "older", days_ago=32)
    keep(entry, "young", days_ago=28)
    tasks.forget_snapshots()
    assert left() == (kept or ["c1", "c2", "old", "older", "young"])
    assert list(verify()) == []
    tasks.forget_snapshots()
    assert Event.objects.filter(kind=FORGOTTEN).count() == (1 if days else 0)


def test_what_is_younger_than_the_ledger_says_may_not_be_gone(settings, entry):
    settings.LEDGER_SNAPSHOT_DAYS = 30
    keep(entry, "old", days_ago=32)
    assert retention.forget_old(timezone.now()) == 1
    Snapshot.objects.filter(contact_uuid="c1").delete()
    assert len(list(verify())) == 1


def test_what_came_in_after_it_was_said_may_not_be_gone(settings, entry):
    settings.LEDGER_SNAPSHOT_DAYS = 30
    keep(entry, "old", days_ago=32)
    retention.forget_old(timezone.now())
    keep(entry, "late", days_ago=32)
    Snapshot.objects.filter(contact_uuid="late").delete()
    assert len(list(verify())) == 1


def test_an_erased_contact_is_forgotten_and_nobody_else(entry):
    other = make_entry(number=1)
    keep(other, "c1", "c3")
    assert retention.forget_contact(other, "c1") == 2
    assert left() == ["c2", "c3"]
    assert list(verify()) == []
    assert retention.forget_contact(other, "c1") == 0
    Snapshot.objects.filter(contact_uuid="c2").delete()
    assert len(list(verify())) == 1


def test_what_was_typed_of_an_erased_contact_is_forgotten(entry):
    keep(entry, "", moment=Snapshot.Moment.ASKED, data={"email": "Mira@example.test"})
    keep(entry, "", moment=Snapshot.Moment.ASKED, data={"email": "boris@example.test"})
    assert retention.forget_contact(entry, "c1", email="Mira@example.test") == 2
    assert left() == ["", "c2"]
    assert list(verify()) == []


def test_who_left_no_address_is_not_taken_for_everybody_without_one(entry):
    keep(entry, "", moment=Snapshot.Moment.ASKED, data={"email": ""})
    assert retention.forget_contact(entry, "c1") == 1
    assert left() == ["", "c2"]


def test_who_became_one_with_a_contact_is_named_over_several_merges():
    for source, destination, state in (
        ("a", "b", EntryState.DONE),
        ("b", "c", EntryState.DONE),
        ("d", "c", EntryState.REJECTED),
        ("e", "f", EntryState.DONE),
        ("g", "f", EntryState.UNKNOWN),
    ):
        data = {"source_contact_uuid": source, "destination_contact_uuid": destination}
        contacts = {name: Contact(uuid=uuid) for name, uuid in data.items()}
        merged = make_entry(state, slug="merge-contacts", data=contacts)
        following.follow_up(merged, Progress(finished=True, words=""))
    assert retention.merged_with("c") == {"a", "b"}
    assert retention.merged_with("d") == set()
    assert retention.merged_with("f") == {"e"}
    assert retention.merged_with("f", or_may_be=True) == {"e", "g"}


@pytest.fixture
def meanwhile(monkeypatch) -> list[Callable[[], object]]:
    """Give a list of what happens once the inspection has begun."""
    happens: list[Callable[[], object]] = []
    go_on = _Inspection.on

    def on(inspection, each):
        while happens:
            happens.pop()()
        yield from go_on(inspection, each)

    monkeypatch.setattr(_Inspection, "on", on)
    return happens


def test_what_is_forgotten_while_the_chain_is_walked_is_accounted_for(entry, meanwhile):
    meanwhile.append(lambda: retention.forget_contact(entry, "c1"))
    assert list(verify()) == []
    assert left() == ["c2"]


def test_what_is_forgotten_while_entries_are_looked_at_is_accounted_for(entry):
    happens = [lambda: retention.forget_contact(entry, "c1")]

    def each(look, spans):
        if look is inspect and happens:
            happens.pop()()
        return map(look, spans)

    assert list(verify(each=each)) == []
    assert left() == ["c2"]


def test_what_is_removed_while_the_chain_is_walked_is_found(entry, meanwhile):
    meanwhile.append(lambda: retention.forget_contact(entry, "c1"))
    meanwhile.append(lambda: Snapshot.objects.filter(contact_uuid="c2").delete())
    (finding,) = verify()
    assert "A snapshot that event 2 brought in was changed or removed." in finding


def test_what_was_asked_of_a_second_person_is_forgotten_too(settings):
    settings.LEDGER_SNAPSHOT_DAYS = 30
    long_ago = timezone.now() - timedelta(days=40)
    for number, status in enumerate(ApprovalStatus):
        Approval.objects.create(
            created_at=long_ago,
            asked_by=somebody(),
            asked_by_name="Sanne",
            action="claim-anonymous-contact",
            form_data={"email": "mira@example.test"},
            agreement="…",
            submission_key=f"c0ffee00-0000-4000-8000-00000000000{number}",
            status=status,
        )
    tasks.forget_snapshots()
    kept = Approval.objects.exclude(form_data={}).values_list("status", flat=True)
    assert list(kept) == [ApprovalStatus.WAITING]


def test_forgetting_is_done_again_where_it_was_cut_short(monkeypatch):
    """What remains to be done comes before it counts as ended, so that a kill loses nothing."""
    entry = make_entry(EntryState.DONE, slug="delete-contact", contact="c1")
    done = []
    action = type(get_action("delete-contact"))
    monkeypatch.setattr(action, "after_followed", lambda *_: done.append(1))
    with monkeypatch.context() as patch:
        patch.setattr(hash_chain, "locked_head", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            following.follow_up(entry, Progress(finished=True, words="Gone."))
    assert len(done) == 1
    for _ in range(2):
        following.follow_up(entry, Progress(finished=True, words="Gone."))
    assert len(done) == 3
    assert entries.reread(entry).follow_up


def ask(number: int, status: ApprovalStatus, **form_data: str) -> Approval:
    """Have something asked of a second person."""
    return Approval.objects.create(
        asked_by=somebody(),
        asked_by_name="Sanne",
        action="merge-duplicates",
        form_data=form_data,
        agreement="…",
        submission_key=f"c0ffee00-0000-4000-8000-00000000001{number}",
        status=status,
    )


def test_what_was_asked_about_an_erased_contact_goes_as_well(entry):
    waiting, approved = ApprovalStatus.WAITING, ApprovalStatus.APPROVED
    by_uuid = ask(1, waiting, contact_uuids="c1 c2")
    by_address = ask(2, approved, email="Mira@example.test")
    others = ask(3, waiting, email="not-mira@example.test", contact_uuids="c12")
    retention.forget_contact(entry, "c1", email="mira@example.test")
    for approval in (by_uuid, by_address, others):
        approval.refresh_from_db()
    assert (by_uuid.form_data, by_uuid.status) == ({}, ApprovalStatus.WITHDRAWN)
    assert (by_address.form_data, by_address.status) == ({}, approved)
    assert (others.form_data["contact_uuids"], others.status) == ("c12", waiting)


def test_what_was_forgotten_is_accounted_for_by_its_seals(entry):
    other = make_entry(number=1)
    sealed = {hash_chain.seal_of(each) for each in Snapshot.objects.filter(contact_uuid="c1")}
    assert retention.forget_contact(other, "c1") == 1
    event = Event.objects.get(kind=FORGOTTEN)
    assert event.entry == other
    assert event.detail == {"contact_uuid": "c1", "seals": [*sealed]}


def test_names_that_go_with_snapshots_are_not_counted(entry):
    snapshot = Snapshot.objects.get(contact_uuid="c1")
    snapshot.names.create(name="mira@example.test")
    assert retention.forget_contact(entry, "c1") == 1
    assert not SnapshotName.objects.exists()


def test_what_was_typed_before_there_were_indexes_is_found(entry):
    for data in ({"email": "MIRA@example.test"}, {"email": "boris@example.test"}, {"n": 1}):
        keep(entry, "", moment=Snapshot.Moment.ASKED, data=data)
    keep(entry, "c3", data={"email": "mira@example.test"})
    Snapshot.objects.all().update(typed_email=None)
    assert retention.forget_contact(entry, "c1", email="Mira@Example.test") == 2
    assert sorted(each.contact_uuid for each in Snapshot.objects.all()) == ["", "", "c2", "c3"]


def test_requests_are_emptied_by_uuid_or_address_in_any_case(entry):
    waiting = ApprovalStatus.WAITING
    asked = [
        ask(1, waiting, contact="C1"),
        ask(2, waiting, words="about MIRA@example.test and others"),
        ask(3, ApprovalStatus.DECLINED, contact="c1"),
    ]
    by_subject = ask(4, waiting, n="1")
    Approval.objects.filter(pk=by_subject.pk).update(subjects={"contact": "c1"}, data={"n": 1})
    other = ask(5, waiting, contact="c2")
    at = timezone.now()
    retention.forget_contact(entry, "C1", email="Mira@example.test")
    for approval in (*asked, by_subject, other):
        approval.refresh_from_db()
    assert {str(each.form_data) for each in (*asked, by_subject)} == {"{}"}
    assert (by_subject.data, other.form_data) == ({}, {"contact": "c2"})
    statuses = [each.status for each in (*asked, by_subject, other)]
    withdrawn = ApprovalStatus.WITHDRAWN
    assert statuses == [withdrawn, withdrawn, ApprovalStatus.DECLINED, withdrawn, waiting]
    assert asked[0].decided_at >= at
    assert (asked[2].decided_at, other.decided_at) == (None, None)


def test_whoever_has_no_address_empties_nothing_that_names_none(entry):
    approval = ask(1, ApprovalStatus.WAITING, email="")
    retention.forget_contact(entry, "c9")
    approval.refresh_from_db()
    assert approval.form_data == {"email": ""}


def test_it_is_forgotten_by_whole_days_of_the_shop(settings):
    settings.LEDGER_SNAPSHOT_DAYS = 30
    now = datetime(2026, 3, 31, 23, 30, tzinfo=UTC)  # in Amsterdam the next day has begun
    midnight = datetime(2026, 3, 1, 23, tzinfo=UTC)
    first, last = make_entry(), make_entry(number=1)
    for entry, moment in (
        (last, midnight - timedelta(seconds=1)),
        (first, midnight - timedelta(days=3)),
        (first, midnight),
    ):
        keep(entry, "c")
        Snapshot.objects.filter(pk=Snapshot.objects.latest("pk").pk).update(taken_at=moment)
    for number, (at, status) in enumerate(
        [
            (midnight - timedelta(seconds=1), ApprovalStatus.APPROVED),
            (midnight, ApprovalStatus.APPROVED),
            (midnight - timedelta(days=9), ApprovalStatus.WAITING),
        ]
    ):
        approval = ask(number, status, n="1")
        Approval.objects.filter(pk=approval.pk).update(created_at=at, data={"n": 1})
    assert retention.forget_old(now) == 2
    assert Snapshot.objects.get().taken_at == midnight
    event = Event.objects.get(kind=FORGOTTEN)
    assert event.entry == last
    assert event.detail == {"taken_before": "2026-03-02T00:00:00+01:00"}
    kept = [(each.form_data, each.data) for each in Approval.objects.order_by("pk")]
    assert kept == [({}, {}), ({"n": "1"}, {"n": 1}), ({"n": "1"}, {"n": 1})]
    assert retention.forget_old(now) == 0


def test_for_ever_is_for_ever(settings, entry):
    settings.LEDGER_SNAPSHOT_DAYS = 0
    assert retention.forget_old(timezone.now() + timedelta(days=9999)) == 0
    assert left() == ["c1", "c2"]


def test_only_what_happened_and_ends_contacts_joins_them():
    """Whoever merely had something to do with a contact is not one with it."""
    gone = {"source_contact_uuid": Contact(uuid="a"), "destination_contact_uuid": Contact(uuid="b")}
    make_entry(EntryState.UNKNOWN, EntryState.SETTLED_DONE, slug="merge-contacts", data=gone)
    make_entry(EntryState.DONE, contact="a")
    assert retention.merged_with("a") == {"b"}
    assert retention.merged_with("b") == {"a"}
    assert retention.merged_with("x") == set()


@pytest.mark.parametrize(("days", "kept"), [(30, 1), (0, 3)])
def test_look_ups_are_forgotten_as_well(settings, monkeypatch, days, kept):
    monkeypatch.setattr(retention, "BATCH", 1)
    settings.LOOK_UP_DAYS = days
    for age in (29, 30, 400):
        row = PersonLookUp.objects.create(person=somebody(), contact_uuid=f"c{age}")
        at = timezone.now() - timedelta(days=age, minutes=1)
        PersonLookUp.objects.filter(pk=row.pk).update(at=at)
    tasks.forget_snapshots()
    assert PersonLookUp.objects.count() == kept
    assert PersonLookUp.objects.filter(contact_uuid="c29").exists()
    assert list(verify()) == []

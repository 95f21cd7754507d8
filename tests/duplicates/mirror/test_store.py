"""The mirror: what it takes in, what leaves it, and how fresh it says that it is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.types import Contact
from piggyadmin.duplicates.matching.normalisation import Keys
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import (
    ChangedContact,
    Cluster,
    ContactReading,
    Decision,
    DecisionKind,
    GoneContact,
    MirroredContact,
    Pair,
    PairStatus,
    Sweep,
)
from piggyadmin.duplicates.review import clustering
from piggyadmin.ledger import entries, outcomes, writes
from piggyadmin.ledger import tasks as following
from piggyadmin.ledger.models import VERIFIED, EntryState
from piggyadmin.piggy.errors import NotFound
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import RetryLater
from tests.duplicates.mirror.test_pagination import refuse
from tests.duplicates.moving import BEGIN, contact, moving, uuid_of
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MIRA, DOUBLE = "mira.jansen@example.test", "m.jansen@example.test"


def stored(*contacts: dict[str, Any], at: datetime = NOW, **options: Any) -> store.StoreCounts:
    """Store contacts as Piggy would write them."""
    read = [Contact.model_validate(each) for each in contacts]
    return store.store(read, read_at=at, **options)


def the_one() -> MirroredContact:
    return MirroredContact.objects.get()


# --- What comes in ---------------------------------------------------------------------------


def test_what_matching_needs_is_kept():
    values = {
        "lastname": "Jansen",
        "phonenumber": "+31612345678",
        "birthdate": "1990-02-28",
        "address": "Kerkstraat 1, 1017 GA Amsterdam",
        "default_contact_identifier": "CARD-1",
        "is_anonymous": True,
        "loyalty_last_transaction_date": "2026-03-04T10:30:00+01:00",
        "custom_app_login_code": "secret",
    }
    assert stored(contact(5, **values), at=NOW) == (1, 0, 1)
    row = the_one()
    assert (row.uuid, row.email, row.firstname, row.lastname) == (
        uuid_of(5),
        "c5@example.test",
        "Mira",
        "Jansen",
    )
    assert (row.phonenumber, row.birthdate) == ("+31612345678", "1990-02-28")
    assert (row.address, row.identifier) == ("Kerkstraat 1, 1017 GA Amsterdam", "CARD-1")
    assert (row.is_anonymous, row.credits, row.prepaid_cents) == (True, 5, 0)
    assert row.created_at == BEGIN + timedelta(minutes=5)
    assert row.last_transaction_at == datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    assert (row.reading.at, row.is_compared) == (NOW, False)


NASTY = {
    "nothing but a uuid": {"uuid": "u"},
    "nulls": {"uuid": "u", "email": None, "credit_balance": None, "current_values": None},
    "null characters": {"uuid": "u", "email": "a\x00b", "current_values": {"firstname": "\x00"}},
    "half a character": {"uuid": "u", "current_values": {"lastname": "Zo\ud83d"}},
    "a name without an end": {"uuid": "u", "current_values": {"firstname": "ab" * 5_000}},
    "emoji": {"uuid": "u", "current_values": {"firstname": "🐷🇳🇱", "lastname": "👩‍👩‍👧"}},
    "cyrillic": {"uuid": "u", "current_values": {"firstname": "Ольга", "lastname": "Ковалёва"}},
    "arabic": {"uuid": "u", "current_values": {"firstname": "محمد", "lastname": "العربي"}},
    "chinese": {"uuid": "u", "current_values": {"firstname": "伟", "lastname": "王"}},
    "numbers for texts": {"uuid": 12, "current_values": {"phonenumber": 31612345678}},
    "objects for texts": {"uuid": "u", "email": [], "current_values": {"address": {"a": 1}}},
    "odd dates": {"uuid": "u", "current_values": {"birthdate": "soon", "created_at": "then"}},
    "before all calendars": {
        "uuid": "u",
        "current_values": {"created_at": "0001-01-01T00:00:00+05:00"},
    },
    "after all calendars": {
        "uuid": "u",
        "current_values": {"loyalty_last_transaction_date": "9999-12-31T23:59:59-05:00"},
    },
    "more credits than there are": {"uuid": "u", "credit_balance": {"balance": 10**30}},
    "fewer credits than there are": {"uuid": "u", "credit_balance": {"balance": -(10**30)}},
    "half a credit": {"uuid": "u", "credit_balance": {"balance": 10.5}},
    "spaces": {"uuid": "u", "email": " ", "current_values": {"firstname": "  "}},
    "markup": {"uuid": "u", "current_values": {"firstname": "<script>alert(1)</script>"}},
}


@pytest.mark.parametrize("name", NASTY)
def test_whatever_piggy_sends_can_be_stored(name):
    assert stored(NASTY[name]).added == 1
    assert stored(NASTY[name], at=NOW + timedelta(days=1)) == (0, 0, 1)
    row = the_one()
    assert len(row.firstname) <= store.LONGEST_TEXT
    assert row.reading.at == NOW + timedelta(days=1)


@pytest.mark.parametrize("uuid", [None, "", " ", ".", "..", "a\x00b", "\ud83d", "u" * 256, []])
def test_what_piggy_cannot_be_asked_for_is_left_out(uuid):
    assert stored({"uuid": uuid, "email": "a@example.test"}, contact(1)) == (1, 0, 1)


def test_doubled_in_one_page():
    assert stored(contact(1), contact(1, firstname="Sanne")) == (1, 0, 1)
    assert the_one().firstname == "Sanne"


def test_five_thousand_with_one_address():
    rows = [contact(n) | {"email": "info@example.test"} for n in range(1, 5_001)]
    assert stored(*rows) == (5_000, 0, 5_000)


# --- What has changed ------------------------------------------------------------------------


@pytest.fixture
def compared():
    """Give a mirrored contact that has been compared."""
    stored(contact(1, lastname="Jansen"))
    MirroredContact.objects.update(is_compared=True)
    return the_one()


LATER = NOW + timedelta(hours=1)


def test_nothing_has_changed(compared):
    assert stored(contact(1, lastname="Jansen"), at=LATER) == (0, 0, 1)
    assert (the_one().is_compared, the_one().reading.at) == (True, LATER)


def test_another_name_is_compared_again(compared):
    assert stored(contact(1, lastname="de Boer"), at=LATER) == (0, 1, 1)
    assert (the_one().is_compared, the_one().lastname) == (False, "de Boer")
    assert the_one().pk == compared.pk


def test_other_credits_are_not(compared):
    richer = contact(1, lastname="Jansen") | {"credit_balance": {"balance": 900}}
    assert stored(richer, at=LATER) == (0, 0, 1)
    assert (the_one().is_compared, the_one().credits, the_one().reading.at) == (True, 900, LATER)


def test_what_came_late_is_not_taken_in(compared):
    assert stored(contact(1, lastname="Old"), at=NOW - timedelta(hours=1)) == (0, 0, 1)
    assert (the_one().lastname, the_one().reading.at) == ("Jansen", NOW)


def test_what_was_read_since_is_not_counted_again(compared):
    assert stored(contact(1), contact(2), at=LATER, since=NOW).first_read == 1
    assert stored(contact(1), contact(2), at=LATER, since=LATER).first_read == 0
    assert stored(contact(1), contact(2), at=LATER, since=LATER + LATER.resolution).first_read == 2


def test_a_page_takes_few_queries():
    page = [contact(number) for number in range(100)]
    for most in (4, 3):
        with CaptureQueriesContext(connection) as queries:
            stored(*page)
        statements = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
        assert len(statements) == most


@pytest.mark.parametrize("name", Keys._fields)
def test_contacts_are_found_by_the_index_of_a_key(name):
    """Which holds those alone that have one: databases have to see that these are asked for."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    rows = MirroredContact.objects.filter(**{f"key_{name}__in": [1, 2]})
    assert f"mirror_key_{name}" in rows.explain()


def test_a_contact_that_has_not_changed_is_not_written_anew(compared):
    with CaptureQueriesContext(connection) as queries:
        stored(contact(1, lastname="Jansen"), at=LATER)
    written = [each["sql"] for each in queries if each["sql"].startswith(("INSERT", "UPDATE"))]
    assert [sql.split('"')[1] for sql in written] == ["duplicates_contactreading"]
    assert the_one().reading.at == LATER


def test_what_was_never_read_is_taken_in_by_the_next_answer():
    MirroredContact.objects.create(uuid=uuid_of(1), fingerprint="")
    assert stored(contact(1), since=NOW) == (0, 1, 1)
    assert the_one().reading.at == NOW


def test_a_reading_leaves_with_its_contact(compared):
    store.forget([uuid_of(1)])
    assert not ContactReading.objects.exists()


# --- One contact -----------------------------------------------------------------------------


def test_refresh():
    piggy = moving(3)
    assert store.refresh(piggy, uuid_of(2)).email == "c2@example.test"
    piggy.contacts[1]["email"] = "new@example.test"
    assert store.refresh(piggy, uuid_of(2)).email == "new@example.test"
    piggy.remove(2)
    assert store.refresh(piggy, uuid_of(2)) is None
    assert not MirroredContact.objects.exists()


def test_refresh_believes_only_the_code(compared):
    piggy = moving(0)
    piggy.before_one = refuse
    with pytest.raises(NotFound):
        store.refresh(piggy, compared.uuid)
    assert MirroredContact.objects.exists()


def test_refresh_while_switched_off(settings):
    settings.DUPLICATES = False
    assert store.refresh(moving(3), uuid_of(2)) is None
    assert not MirroredContact.objects.exists()


# --- Leaving ---------------------------------------------------------------------------------


def pair(first: int, second: int, status: str = PairStatus.OPEN, **values: Any) -> Pair:
    return Pair.objects.create(
        first=uuid_of(first), second=uuid_of(second), probability=0.9, status=status, **values
    )


def test_a_contact_leaves_with_its_open_pairs():
    stored(contact(1), contact(2), contact(3))
    gone = [pair(1, 2), pair(2, 3, PairStatus.LATER)]
    kept = [pair(1, 3), pair(2, 4, PairStatus.DISMISSED), pair(2, 5, PairStatus.MERGING)]
    ChangedContact.objects.create(uuid=uuid_of(2), at=NOW)
    assert store.forget([uuid_of(2), uuid_of(2), "nobody"]) == 1
    assert {Pair.objects.get(pk=each.pk).status for each in gone} == {"gone"}
    assert [Pair.objects.get(pk=each.pk).status for each in kept] == [e.status for e in kept]
    assert MirroredContact.objects.count() == 2
    assert not ChangedContact.objects.exists()


def test_who_has_left_does_not_come_back():
    stored(contact(1), at=timezone.now())
    store.forget([uuid_of(1)])
    assert stored(contact(1), contact(2), at=timezone.now()) == (1, 0, 1)
    store.let_gone_contacts_rest()
    assert GoneContact.objects.exists()
    GoneContact.objects.update(at=timezone.now() - store.ANSWERS_COME_WITHIN)
    store.let_gone_contacts_rest()
    assert not GoneContact.objects.exists()


def test_empty_keeps_what_was_decided():
    stored(contact(1), contact(2))
    cluster = Cluster.objects.create(size=2, weakest=0.9)
    for number, status in enumerate(PairStatus, 10):
        pair(1, number, status, cluster=cluster if status == PairStatus.OPEN else None)
    Decision.objects.create(first="a", second="b", kind=DecisionKind.DISMISS)
    ChangedContact.objects.create(uuid="a", at=NOW)
    store.forget(["b"])
    assert store.empty() == 2
    assert set(Pair.objects.values_list("status", flat=True)) == {"dismissed", "merging", "merged"}
    assert Decision.objects.count() == 1
    for model in (MirroredContact, ChangedContact, GoneContact, Cluster):
        assert not model.objects.exists()


# --- What this console changes ---------------------------------------------------------------


def noted() -> set[str]:
    return set(ChangedContact.objects.values_list("uuid", flat=True))


@pytest.mark.parametrize(
    ("states", "is_noted"),
    [
        ([EntryState.DONE], True),
        ([EntryState.UNKNOWN], True),
        ([EntryState.UNKNOWN, EntryState.SETTLED_DONE], True),
        ([EntryState.REJECTED], False),
        ([], False),
    ],
)
def test_what_an_entry_may_have_changed_is_noted(states, is_noted):
    make_entry(*states, contact="u-1")
    assert noted() == ({"u-1"} if is_noted else set())


def test_a_later_note_takes_the_place_of_an_earlier_one():
    make_entry(EntryState.DONE, contact="u-1")
    ChangedContact.objects.update(at=NOW)
    make_entry(EntryState.DONE, contact="u-1", number=2)
    assert ChangedContact.objects.get().at > NOW


def test_nothing_is_noted_while_switched_off(settings):
    settings.DUPLICATES = False
    make_entry(EntryState.DONE, contact="u-1")
    assert noted() == set()


def carried_out(piggy, slug: str, **data: Any) -> outcomes.Outcome:
    """Do something through the ledger, as a page does."""
    action = get_action(slug)
    preview = action.preview(piggy, data) if action.has_preview else None
    request = writes.WriteRequest(
        action=action, person=somebody(), data=data, submission_key=uuid4(), preview=preview
    )
    return writes.carry_out(piggy, request)


def followed(outcome: outcomes.Outcome) -> list[str]:
    """See it through to its end, as a worker does, and give the kinds of its events."""
    while True:
        try:
            following.follow_entry(Run(payload={"entry": outcome.entry.pk}))
        except RetryLater:
            continue
        return [event.kind for event in entries.reread(outcome.entry).events.all()]


@pytest.fixture
def two(sandbox, piggy) -> tuple[Contact, Contact]:
    """Give the well-known duplicates, mirrored and found."""
    sandbox.faults(merge_seconds=0, delete_seconds=0)
    mira, double = (resolve_contact(piggy, query=email) for email in (MIRA, DOUBLE))
    store.store([mira, double], read_at=timezone.now())
    first, second = sorted(each.uuid or "" for each in (mira, double))
    Pair.objects.create(first=first, second=second, probability=0.99)
    return mira, double


def test_the_sandbox_gives_what_is_mirrored(two):
    row = MirroredContact.objects.get(email=MIRA)
    assert (row.firstname, row.lastname, row.credits) == ("Mira", "Jansen", 120)
    assert row.identifier == "CARD-0001"
    assert row.address
    assert row.birthdate
    assert row.phonenumber
    assert row.last_transaction_at
    assert row.created_at


def test_the_source_of_a_merge_leaves(two, piggy):
    mira, double = two
    outcome = carried_out(
        piggy, "merge-contacts", source_contact_uuid=double, destination_contact_uuid=mira
    )
    assert VERIFIED in followed(outcome)
    assert [row.uuid for row in MirroredContact.objects.all()] == [mira.uuid]
    assert Pair.objects.get().status == PairStatus.GONE
    assert noted() == {mira.uuid}


@pytest.mark.parametrize("kind", ["DEFAULT", "GDPR"])
def test_a_deleted_contact_leaves(two, piggy, kind):
    mira, double = two
    outcome = carried_out(piggy, "delete-contact", contact_uuid=double, type=kind)
    assert VERIFIED in followed(outcome)
    assert [row.uuid for row in MirroredContact.objects.all()] == [mira.uuid]
    assert noted() == set()


@pytest.mark.parametrize("kind", ["DEFAULT", "GDPR"])
def test_a_deleted_contact_takes_its_pairs_and_its_cluster_along(two, piggy, kind):
    mira, double = two
    stored(contact(3), at=timezone.now())
    for one in (mira, double):
        first, second = sorted((one.uuid or "", uuid_of(3)))
        Pair.objects.create(first=first, second=second, probability=0.98)
    clustering.group_all()
    assert Cluster.objects.get().size == 3
    followed(carried_out(piggy, "delete-contact", contact_uuid=double, type=kind))
    assert not Cluster.objects.exists()
    left = Pair.objects.get(status=PairStatus.OPEN)
    assert double.uuid not in {left.first, left.second}


# --- How fresh it is -------------------------------------------------------------------------


def test_freshness_of_nothing():
    fresh = store.freshness()
    assert (fresh.contacts, fresh.waiting, fresh.changed) == (0, 0, 0)
    assert (fresh.oldest_at, fresh.last, fresh.run, fresh.current) == (None, None, None, None)


def test_freshness():
    stored(contact(1), at=NOW)
    MirroredContact.objects.update(is_compared=True)
    stored(contact(2), at=LATER)
    ChangedContact.objects.create(uuid=uuid_of(2), at=LATER)
    Sweep.objects.create(run_id=1, started_at=NOW, finished_at=LATER)
    stopped = Sweep.objects.create(run_id=2, started_at=LATER)
    fresh = store.freshness()
    assert (fresh.contacts, fresh.waiting, fresh.changed) == (2, 1, 1)
    assert (fresh.oldest_at, fresh.last.run_id, fresh.current) == (NOW, 1, None)
    run = Run.objects.create(pk=2, name=store.SWEEP, key="contacts")
    assert (store.freshness().run, store.freshness().current) == (run, stopped)


def test_a_made_up_address_is_no_name():
    stored(
        {"uuid": uuid_of(1), "email": "made-up@example.test", "is_anonymous": True},
        {"uuid": uuid_of(2), "email": "real@example.test"},
    )
    uuids = [uuid_of(1), uuid_of(2)]
    assert store.names_of(uuids) == {
        uuid_of(1): "Anonymous customer",
        uuid_of(2): "real@example.test",
    }
    assert [each.is_anonymous for each in store.contacts_of(uuids).values()] == [True, False]

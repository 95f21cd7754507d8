"""The chain: nothing in the ledger can be changed, inserted or removed without being found."""

from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from piggyadmin.ledger import appending, event_kinds, hash_chain, triggers
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus, Event, Head, Subject
from piggyadmin.ledger.sql import Statement
from piggyadmin.ledger.verification import verify
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries():
    return [make_entry(EntryState.DONE, number=number) for number in range(3)]


@pytest.fixture
def unguarded():
    triggers.take_down(connection)
    yield
    triggers.put_up(connection)


def test_verifies(entries, capsys):
    call_command("ledger_verify")
    head = Head.objects.get()
    assert str(head) in capsys.readouterr().out
    call_command("ledger_verify", head=str(head))


def test_verifies_when_empty():
    assert list(verify()) == []


def test_an_end_that_was_noted_must_be_there(entries):
    with pytest.raises(CommandError):
        call_command("ledger_verify", head=f"2:{'0' * 64}")
    with pytest.raises(CommandError):
        call_command("ledger_verify", head="nonsense")


@pytest.mark.parametrize(
    "change",
    [
        lambda: Entry.objects.update(person_name="Somebody else"),
        lambda: Entry.objects.all().delete(),
        lambda: Event.objects.update(kind="done"),
        lambda: Event.objects.all()._raw_delete("default"),
        lambda: Entry.objects.all()._raw_delete("default"),
    ],
)
def test_the_database_refuses(entries, change):
    with pytest.raises((DatabaseError, Exception)) as refusal, transaction.atomic():
        change()
    assert "only ever added to" in str(refusal.value) or "protected" in str(refusal.value)
    assert list(verify()) == []


# What neither UPDATE nor DELETE is, and does as much.
WAYS_AROUND = {
    "sqlite": "REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
    "postgresql": "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE",
}


@pytest.mark.parametrize("table", ["actions_entry", "actions_event", "actions_subject"])
def test_there_is_no_way_around(table):
    make_entry(EntryState.DONE, contact="c1")
    way = WAYS_AROUND[connection.vendor].format(table=table)
    with pytest.raises(DatabaseError) as refusal, transaction.atomic(), connection.cursor() as it:
        it.execute(way)
    assert "only ever added to" in str(refusal.value)
    assert list(verify()) == []


def swap(one, other):
    """Give two events each other's place."""
    for old, new in ((one, 0), (other, one), (0, other)):
        Event.objects.filter(sequence=old).update(sequence=new)


def insert(*, moves_head):
    """Append an event as the console itself would, but not quite."""
    last = Event.objects.latest("sequence")
    event = Event(
        entry=last.entry,
        sequence=last.sequence + 1,
        previous_hash=last.hash,
        at=last.at,
        kind="done",
    )
    event.hash = hash_chain.event_digest(event) if not moves_head else "f" * 64
    event.save()
    if moves_head:
        Head.objects.update(sequence=event.sequence, hash=event.hash)


def add_subject():
    """Have an entry be about one more contact; PostgreSQL does not number entries from 1 again."""
    Subject.objects.create(entry=Entry.objects.earliest("pk"), contact_uuid="c", role="x")


@pytest.mark.parametrize(
    ("tamper", "finding"),
    [
        (lambda: Entry.objects.filter(data={"n": 1}).update(comment="x"), "were changed"),
        (lambda: Event.objects.filter(sequence=4).update(detail={"a": 1}), "was changed"),
        (lambda: Event.objects.filter(sequence=4)._raw_delete("default"), "are missing"),
        (lambda: Event.objects.filter(sequence=9)._raw_delete("default"), "did end at 9"),
        (lambda: Event.objects.filter(sequence=2).update(hash="0" * 64), "does not follow"),
        (lambda: Head.objects.all().delete(), "row is gone"),
        (lambda: EntryStatus.objects.update(state="rejected"), "list of states"),
        (lambda: EntryStatus.objects.update(is_followed=True), "list of states"),
        (lambda: EntryStatus.objects.update(person_id=99), "list of states"),
        (lambda: EntryStatus.objects.all().delete(), "list of states"),
        (lambda: Event.objects.filter(sequence=1).update(kind="odd"), "did not come in"),
        (lambda: swap(4, 5), "was changed"),
        (lambda: insert(moves_head=False), "did end at 9"),
        (lambda: insert(moves_head=True), "Event 10 was changed"),
        (add_subject, "were changed"),
    ],
)
def test_tampering_is_found(entries, unguarded, tamper, finding):
    tamper()
    findings = [*verify()]
    assert any(finding in each for each in findings), findings
    with pytest.raises(CommandError):
        call_command("ledger_verify")


def test_an_entry_beside_the_chain_is_found(entries):
    entry = Entry.objects.get(pk=entries[0].pk)
    entry.pk, entry.submission_key = None, "c0ffee00-0000-4000-8000-0000000000aa"
    entry.save(force_insert=True)
    assert any("did not come in through" in each for each in verify())


def test_a_lost_end_is_not_made_anew_in_silence(entries):
    Head.objects.all().delete()
    with pytest.raises(hash_chain.EndUnknown):
        appending.append(entries[0], "looked")
    with pytest.raises(CommandError):
        call_command("ledger_verify")
    call_command("ledger_rebuild", end=True)
    assert list(verify()) == []


def test_an_end_that_is_there_stays(entries, capsys):
    end = str(Head.objects.get())
    call_command("ledger_rebuild", end=True)
    assert f"The chain ends at {end}." in capsys.readouterr().out
    assert str(Head.objects.get()) == end


def test_rebuild(entries):
    appending.append(entries[0], "verified", {"words": "…"})
    appending.append(entries[1], EntryState.UNKNOWN)
    fields = ("entry_id", "state", "is_followed", "asked_at", "person_id", "action", "updated_at")
    before = list(EntryStatus.objects.order_by("entry_id").values(*fields))
    EntryStatus.objects.filter(entry=entries[0]).update(state="rejected", person_id=99)
    call_command("ledger_rebuild")
    assert list(EntryStatus.objects.order_by("entry_id").values(*fields)) == before


def test_null_characters_do_not_stop_the_ledger(entries):
    event = appending.append(entries[0], "looked", {"words": "a\0b", "evidence": float("nan")})
    event.refresh_from_db()
    assert event.detail == {"words": "a\ufffdb", "evidence": "NaN"}
    assert list(verify()) == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_appended_inside_a_transaction_that_may_be_undone():
    with pytest.raises(RuntimeError), transaction.atomic():
        make_entry()
    assert not Entry.objects.exists()


def test_numbers_hash_alike_on_both_databases():
    assert hash_chain.digest({"n": 1000.0}) == hash_chain.digest({"n": 1000})
    assert hash_chain.digest({"n": 1.5}) != hash_chain.digest({"n": 1})


# --- What is hashed ---------------------------------------------------------------------------

# A chain that was begun long ago is verified by the code of today: what is hashed, and how it is
# written down for that, must never change.
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
ENTRY = SimpleNamespace(
    pk=7,
    created_at=AT,
    person_id=3,
    person_name="Sanne",
    action="create-credit-reception",
    entity="credits",
    deduplication_key="d" * 64,
    reason="Goodwill",
    comment="Spilt coffee.",
    repeat_of=UUID(int=1),
    data={"credits": 25, "amount": 10.0, "é": None},
    preview={"gives": [25]},
    trace_id="trace",
    submission_key=UUID(int=2),
)
EVENT = SimpleNamespace(
    sequence=2, previous_hash="a" * 64, entry_id=7, at=AT, kind="sent", detail={"b": 1, "a": ()}
)
SNAPSHOT = SimpleNamespace(
    salt="salt", contact_uuid="c1", moment="before", place=".x", taken_at=AT, data={"name": "Mira"}
)


def test_what_is_hashed_of_an_entry_stays_what_it_is():
    content = hash_chain.entry_content(ENTRY, [("source", "b"), ("destination", "a")])
    assert content == {
        "id": 7,
        "created_at": AT,
        "person": 3,
        "person_name": "Sanne",
        "action": "create-credit-reception",
        "entity": "credits",
        "likeness": "d" * 64,
        "reason": "Goodwill",
        "comment": "Spilt coffee.",
        "repeat_of": "00000000-0000-0000-0000-000000000001",
        "data": ENTRY.data,
        "preview": ENTRY.preview,
        "trace_id": "trace",
        "submission_key": "00000000-0000-0000-0000-000000000002",
        "subjects": [("destination", "a"), ("source", "b")],
    }
    hashed = hash_chain.summary(ENTRY, [("source", "b"), ("destination", "a")])
    assert hashed == {"entry": "a5ca3405387f546f83ca1dbf20388b886848ebc6f34d45d2a576497af21f7758"}
    first = SimpleNamespace(**vars(ENTRY) | {"repeat_of": None})
    assert hash_chain.entry_content(first, [])["repeat_of"] == ""


def test_what_is_hashed_of_an_event_stays_what_it_is():
    assert hash_chain.event_content(EVENT) == {
        "sequence": 2,
        "previous": "a" * 64,
        "entry": 7,
        "at": AT,
        "kind": "sent",
        "detail": EVENT.detail,
    }
    assert (
        hash_chain.event_digest(EVENT)
        == "b231ba4ea6456a58c104ebab3c822ddc32c332c5f6478381c384071700983f4a"
    )


def test_what_is_hashed_of_a_snapshot_stays_what_it_is():
    assert hash_chain.snapshot_content(SNAPSHOT) == vars(SNAPSHOT)
    assert (
        hash_chain.seal_of(SNAPSHOT)
        == "0035ea3cd1dbbf99e39fe8d22d1a0072a4dadd21e1ee64b1edc7129ad70286e8"
    )


def test_moments_hash_alike_in_any_zone_and_wherever_they_stand():
    elsewhere = AT.astimezone(timezone(timedelta(hours=9)))
    for one, other in ((AT, elsewhere), ({"a": [AT]}, {"a": (elsewhere,)}), ([2.0], (2,))):
        assert hash_chain.digest(one) == hash_chain.digest(other)
    assert hash_chain.digest(AT) == hash_chain.digest("2026-03-04T09:30:00.000000+00:00")
    assert hash_chain.digest({"a": 1, "b": 2}) == hash_chain.digest({"b": 2, "a": 1})
    assert hash_chain.digest(AT) != hash_chain.digest(AT + timedelta(microseconds=1))


# --- Appending -------------------------------------------------------------------------------


def test_an_event_follows_the_end_and_becomes_it():
    head = Head(sequence=4, hash="a" * 64)
    event = hash_chain.link(head, None, "looked", {"words": "a", "evidence": [AT]})
    assert (event.sequence, event.previous_hash, event.kind) == (5, "a" * 64, "looked")
    assert event.detail == {"words": "a", "evidence": ["2026-03-04T09:30:00Z"]}
    assert event.hash == hash_chain.event_digest(event)
    assert (head.sequence, head.hash) == (5, event.hash)
    with pytest.raises(event_kinds.Undeclared):
        hash_chain.link(head, None, "unheard-of", {})


def test_the_end_is_kept_with_the_event(entries):
    head, last = Head.objects.get(), Event.objects.latest("sequence")
    assert (head.pk, head.sequence, head.hash) == (hash_chain.HEAD, 9, last.hash)
    assert last.sequence == 9
    event = appending.append(entries[0], "looked")
    assert event.pk == Event.objects.latest("sequence").pk
    assert event.entry == entries[0]


def test_the_end_of_a_new_chain_is_its_beginning():
    with hash_chain.locked_head() as head:
        assert (head.pk, head.sequence, head.hash) == (hash_chain.HEAD, 0, "")
    with hash_chain.locked_head() as head:
        assert (head.pk, head.sequence, head.hash) == (hash_chain.HEAD, 0, "")


def test_what_is_asked_along_is_answered_before_anything_is_done():
    heard: Any
    asked, heard = Statement("SELECT %s", ["a"]), []
    with hash_chain.locked_head(asked, asked, check=heard.append) as head:
        assert head.pk == hash_chain.HEAD
    assert [[list(row) for row in rows] for rows in heard[0]] == [[["a"]], [["a"]]]


def test_a_lost_end_is_where_the_last_event_is(entries):
    last = Event.objects.latest("sequence")
    Head.objects.all().delete()
    head = hash_chain.restore_end()
    assert (head.pk, head.sequence, head.hash) == (hash_chain.HEAD, 9, last.hash)


# --- The projection ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kinds", "state", "is_followed", "is_flagged"),
    [
        ("", "intended", False, False),
        ("intended sent", "sent", False, False),
        ("intended sent rejected", "rejected", False, False),
        ("intended sent done", "done", True, False),
        ("unknown settled-done", "settled-done", True, False),
        ("unknown settled-not-done", "settled-not-done", False, False),
        ("done verified", "done", False, False),
        ("done flagged", "done", False, True),
        ("done flagged looked", "done", False, True),
        ("done flagged acknowledged", "done", False, False),
        ("done flagged resumed", "done", True, False),
        ("done flagged resumed verified", "done", False, False),
        ("done flagged acknowledged flagged", "done", False, True),
    ],
)
def test_what_follows_from_events(kinds, state, is_followed, is_flagged):
    known = hash_chain.known_after(tuple(kinds.split()), is_watched=True)
    assert known == {"state": state, "is_followed": is_followed, "is_flagged": is_flagged}
    unwatched = hash_chain.known_after(tuple(kinds.split()), is_watched=False)
    assert unwatched == known | {"is_followed": False}


def test_the_projection_is_made_anew_in_chunks(entries, monkeypatch):
    part_of = make_entry(EntryState.DONE, number=9, part_of=uuid4(), reason="Goodwill")
    names = [field.name for field in EntryStatus._meta.fields if field.name != "owner"]
    names.remove("lease_until")
    before = list(EntryStatus.objects.order_by("entry_id").values(*names))
    monkeypatch.setattr(hash_chain, "CHUNK", 2)
    EntryStatus.objects.all().update(state="rejected", part_of=None, reason="x", entity="x")
    assert hash_chain.rebuild(set()) == 4
    assert list(EntryStatus.objects.order_by("entry_id").values(*names)) == before
    status = EntryStatus.objects.get(entry=part_of)
    assert (status.person_id, status.reason) == (somebody().pk, "Goodwill")
    assert hash_chain.rebuild({part_of.action}) == 4
    assert EntryStatus.objects.filter(is_followed=True).count() == 4


def test_of_an_entry_without_events_only_is_known_when_it_was_asked():
    entry = Entry.objects.get(pk=make_entry().pk)
    bare: Any = Entry(pk=entry.pk, person_id=3, created_at=AT)
    bare._prefetched_objects_cache = {"events": Event.objects.none()}
    status = hash_chain._status(bare, set())
    assert (status.updated_at, status.part_of, status.state) == (AT, None, "intended")

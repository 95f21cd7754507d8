"""The chain: nothing in the ledger can be changed, inserted or removed without being found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from piggyadmin.ledger import appending, hash_chain, triggers
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus, Event, Head, Subject
from piggyadmin.ledger.verification import verify
from tests.ledger.making import make_entry

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

"""What fills databases for measurements keeps up with the tables that it fills."""

from collections import Counter

import pytest
from django.db import connection

from piggyadmin.duplicates.models import Decision, MirroredContact, Pair
from piggyadmin.ledger.models import Entry, EntryStatus, Snapshot
from piggyadmin.ledger.verification import verify
from tests.bench import duplicates_inside, ledger_chain, ledger_inside, mirror_fill
from tests.duplicates import labelled

pytestmark = pytest.mark.django_db


def test_the_ledger():
    ledger_inside.fill("30")
    assert Entry.objects.count() == EntryStatus.objects.count() == 30
    oldest, *_others = EntryStatus.objects.order_by("asked_at")
    # Moments are found by what they are.
    assert EntryStatus.objects.filter(asked_at=oldest.asked_at).get() == oldest


def test_a_ledger_that_verifies(monkeypatch):
    monkeypatch.setattr(ledger_chain, "BATCH", 10)
    ledger_chain.fill(15)
    ledger_chain.fill(10)
    assert (Entry.objects.count(), Snapshot.objects.count()) == (25, 2)
    assert list(verify()) == []


def test_contacts_and_pairs():
    with connection.cursor() as cursor:
        for statement in duplicates_inside.statements(contacts=160, pairs=30):
            cursor.execute(statement)
    assert MirroredContact.objects.count() == 160
    statuses = Counter(Pair.objects.values_list("status", flat=True))
    assert statuses == {"open": 30, "dismissed": 30}
    assert Decision.objects.count() == 30


@pytest.mark.django_db(transaction=True)
def test_a_mirror(monkeypatch):
    # The tests that come behind need what takes out the index of texts.
    monkeypatch.setattr(mirror_fill, "WITHOUT_TEXTS", {connection.vendor: []})
    monkeypatch.setattr(mirror_fill, "PIECE", 7)
    mirror_fill.fill(labelled.stream(60, seed=1))
    rows = {row.uuid: row for row in MirroredContact.objects.all()}
    contacts = list(labelled.stream(60, seed=1))
    assert rows.keys() == {contact.uuid for contact in contacts}
    assert all(rows[each.uuid].email == each.email for each in contacts)
    assert [row.uuid for row in rows.values()] != [contact.uuid for contact in contacts]
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, MirroredContact._meta.db_table)
    assert {index.name for index in MirroredContact._meta.indexes} <= found.keys()

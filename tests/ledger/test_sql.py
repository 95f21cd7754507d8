"""SQL of the ledger's own: several statements at once, with the models' columns."""

from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from piggyadmin.ledger import sql as statements
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus
from piggyadmin.ledger.sql import Statement, insert, together, update
from tests.ledger.making import make_entry, somebody

pytestmark = pytest.mark.django_db


def test_what_is_inserted_is_read_as_it_was():
    entry = Entry(
        person=somebody(),
        person_name="Sanne %s",
        action="create-booking",
        comment="50 % off; isn't it? 🐷",
        data={"at": "2030-01-01", "n": [1, 2.5, None], "percent": "%(n)s"},
        trace_id="trace",
        submission_key=uuid4(),
    )
    (((entry.pk,),),) = together(insert(entry, returning="id"))
    found = Entry.objects.get(submission_key=entry.submission_key)
    for field in Entry._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(entry, field.attname)


def test_each_statement_answers():
    one, two = make_entry(EntryState.DONE), make_entry(number=1)
    answers = together(
        Statement("SELECT action FROM actions_entry WHERE id = %s", [one.pk]),
        Statement("UPDATE actions_standing SET owner = %s WHERE entry_id = %s", ["x", one.pk]),
        update(EntryStatus, {"state": "done"}, "entry_id > %s", [0], returning="entry_id"),
        Statement("SELECT id FROM actions_entry WHERE id < %s", [0]),
    )
    assert answers[0] == [(one.action,)]
    assert answers[1] == []
    assert sorted(answers[2]) == [(one.pk,), (two.pk,)]
    assert answers[3] == []
    assert EntryStatus.objects.get(entry=one).owner == "x"


def test_moments_are_written_as_the_models_do():
    entry, now = make_entry(), timezone.now()
    together(
        update(EntryStatus, {"lease_until": now}, "entry_id = %s", [entry.pk], returning="entry_id")
    )
    assert EntryStatus.objects.get(lease_until=now).lease_until == now


def test_all_or_nothing():
    entry = make_entry()
    with pytest.raises(IntegrityError), transaction.atomic():
        together(
            Statement("UPDATE actions_standing SET owner = %s", ["x"]),
            insert(EntryStatus(entry=entry, updated_at=timezone.now(), asked_at=timezone.now())),
        )
    assert EntryStatus.objects.get(entry=entry).owner != "x"
    with pytest.raises(DatabaseError), transaction.atomic():
        together(Statement("SELECT nonsense"))


def test_postgresql_takes_several_at_once(monkeypatch):
    """The same on PostgreSQL itself: `tests/faults/test_on_postgresql.py`."""
    results = iter([[(1,)], None, [(2,), (3,)]])
    asked = []

    class Cursor:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def execute(self, sql, values):
            asked.append((sql, values))
            self.nextset()

        def nextset(self):
            self.rows = next(results, "over")
            self.description = self.rows
            return self.rows != "over" or None

        def fetchall(self):
            return self.rows

    postgresql = SimpleNamespace(vendor="postgresql", cursor=Cursor)
    monkeypatch.setattr(statements, "connection", postgresql)
    answers = together(Statement("A %s", [1]), Statement("B"), Statement("C %s", (2,)))
    assert asked == [("A %s; B; C %s", [1, 2])]
    assert answers == [[(1,)], [], [(2,), (3,)]]

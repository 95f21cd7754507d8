"""Many rows at a time."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from piggyadmin.bulk.models import BulkRow, BulkRowState, BulkRun
from piggyadmin.bulk_insert import (
    insert,
    insert_selected,
    insert_values,
    update,
    update_rows,
)
from piggyadmin.duplicates.models import ChangedContact, GoneContact, Pair
from piggyadmin.metrics.models import MetricTotal
from piggyadmin.sandbox.keys import Keys
from piggyadmin.sandbox.models import Contact, Unit
from tests.postgresql import run_there

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def test_rows_come_back_as_they_were():
    keys, at = Keys(), datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    rows = [
        Contact(
            id=keys.next(Contact),
            email=f"{number}@example.test",
            attributes={"firstname": "Zoë", "number": number},
            created_at=at,
        )
        for number in range(450)
    ]
    insert(rows)
    stored = list(Contact.objects.order_by("pk"))
    assert [row.email for row in stored] == [row.email for row in rows]
    assert stored[449].attributes == {"firstname": "Zoë", "number": 449}
    assert stored[0].created_at == at


def test_decimals_and_nothing():
    insert([])
    insert([Unit(id=1, name="litres", label="Litres", credits_per_unit=Decimal("2.5"))])
    assert Unit.objects.get().credits_per_unit == Decimal("2.5")


def test_whole_numbers_stand_among_others():
    totals = [MetricTotal(metric="a", number=1), MetricTotal(metric="b", number=0.5)]
    insert(totals)
    assert list(MetricTotal.objects.order_by("metric").values_list("number", flat=True)) == [1, 0.5]


def test_numbers_on_postgresql():
    run_there(
        f"tests/test_bulk_insert.py::{test_whole_numbers_stand_among_others.__name__}",
        f"tests/test_bulk_insert.py::{test_decimals_and_nothing.__name__}",
        "tests/metrics/test_counting.py",
    )


def test_keys_go_on_from_what_there_is():
    there = Contact.objects.create(email="there@example.test")
    keys = Keys()
    assert [keys.next(Contact), keys.next(Contact)] == [there.pk + 1, there.pk + 2]
    insert([Contact(id=there.pk + 2, email="two@example.test")])
    keys.tell_database()
    assert Contact.objects.create(email="three@example.test").pk == there.pk + 3


def test_rows_take_the_place_of_others():
    at = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    insert([ChangedContact(uuid="a", at=at), ChangedContact(uuid="b", at=at)], unique="uuid")
    there = ChangedContact.objects.get(uuid="a")
    later = at.replace(year=2027)
    insert([ChangedContact(uuid="a", at=later), ChangedContact(uuid="c", at=later)], unique="uuid")
    assert dict(ChangedContact.objects.values_list("uuid", "at")) == {
        "a": later,
        "b": at,
        "c": later,
    }
    assert ChangedContact.objects.get(uuid="a").pk == there.pk


def test_rows_take_some_of_others_values():
    first = {"first": "a", "second": "b"}
    Pair.objects.create(**first, probability=0.5, credits=1, status="dismissed")
    row = Pair(**first, probability=0.7, credits=9)
    insert([row], unique=("first", "second"), updates=("probability",))
    pair = Pair.objects.get()
    assert (pair.probability, pair.credits, pair.status) == (0.7, 1, "dismissed")


def test_one_column_of_many_rows():
    rows = [
        Pair.objects.create(first="a", second=str(number), probability=0.5) for number in range(450)
    ]
    update(Pair, "credits", {row.pk: number for number, row in enumerate(rows[:-1])})
    stored = list(Pair.objects.order_by("pk").values_list("credits", flat=True))
    assert stored == [*range(449), 0]
    update(Pair, "credits", {})


def test_some_columns_of_many_rows():
    """Sealed documents, moments and nothing come back as they were; all else stays."""
    run = BulkRun.objects.create(person_id=1, key=uuid4())
    made = [BulkRow(run=run, position=number, line=number, cells=["a"]) for number in range(450)]
    BulkRow.objects.bulk_create(made)
    rows, at = list(BulkRow.objects.order_by("pk")), datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    for row in rows[:-1]:
        row.state = BulkRowState.DONE if row.position % 2 else "done"
        row.data, row.ended_at = {"number": row.position}, at
        row.words, row.cells = "Zoë", ["b"]
    update_rows(rows, ("state", "data", "ended_at", "words"))
    stored = list(BulkRow.objects.order_by("pk"))
    assert [row.data for row in stored] == [*({"number": at} for at in range(449)), None]
    assert {(row.state, row.words, row.ended_at) for row in stored[:-1]} == {("done", "Zoë", at)}
    assert (stored[449].state, stored[449].ended_at) == ("unchecked", None)
    assert {tuple(row.cells) for row in stored} == {("a",)}
    BulkRow.objects.all().delete()
    update_rows(rows, ("state",))
    update_rows([], ("state",))
    assert not BulkRow.objects.exists()


def test_values_are_stored_as_rows_are():
    at = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    insert_values(ChangedContact, ["uuid", "at"], [(str(number), at) for number in range(450)])
    later = at.replace(year=2027)
    insert_values(ChangedContact, ["uuid", "at"], [("7", later), ("new", later)], unique="uuid")
    insert_values(ChangedContact, ["uuid", "at"], [])
    stored = dict(ChangedContact.objects.values_list("uuid", "at"))
    assert len(stored) == 451
    assert (stored["7"], stored["new"], stored["449"]) == (later, later, at)


def test_what_a_query_finds_is_stored():
    at = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    later = at.replace(year=2027)
    insert([ChangedContact(uuid=uuid, at=later) for uuid in ("a", "b", "c")])
    insert([GoneContact(uuid="a", at=at)])
    rows = ChangedContact.objects.filter(uuid__in=["a", "b"]).values_list("uuid", "at")
    insert_selected(GoneContact, ["uuid", "at"], rows, unique="uuid")
    assert dict(GoneContact.objects.values_list("uuid", "at")) == {"a": later, "b": later}

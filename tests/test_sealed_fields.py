"""What is personal looks like nothing in the database, and like itself to whoever reads a row."""

from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from django.db.models import F

from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bulk.models import BulkPiece, BulkRow, BulkRun
from piggyadmin.bulk_insert import insert
from piggyadmin.ledger.models import Approval
from piggyadmin.notes.models import Note
from piggyadmin.request_log.models import LoggedCall
from piggyadmin.sealed_fields import SealedJSONField, SealedSecretField
from piggyadmin.sealing import KeyMissing
from piggyadmin.webhooks.models import WebhookDelivery
from tests.ledger.making import somebody

pytestmark = pytest.mark.django_db
MIRA = {"email": "mira@example.test", "n": [1, 2.5, None, True], "words": "ü😀 \n"}


def kept(table: str, column: str) -> list[Any]:
    """Read a column as the database has it."""
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(column)
        cursor.execute(f"SELECT {name} FROM {table} ORDER BY id")  # noqa: S608
        values = [value for (value,) in cursor.fetchall()]
    return [bytes(value) if isinstance(value, memoryview) else value for value in values]


def put(table: str, column: str, value: Any) -> None:
    """Write a column as it was before there was any sealing."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {column} = %s", [value])  # noqa: S608


def note(text: str = "Mira is allergic to nuts") -> Note:
    return Note.objects.create(contact_uuid="c1", text=text, written_by=somebody())


def run() -> BulkRun:
    return BulkRun.objects.create(
        person=somebody(), person_name="S", language="en", action="x", digest="d", kind="csv"
    )


def test_a_text_is_sealed_and_opened():
    written = note()
    assert Note.objects.get(pk=written.pk).text == written.text == "Mira is allergic to nuts"
    (stored,) = kept("notes_note", "text")
    assert stored.startswith("s1:")
    assert "Mira" not in stored


def test_a_document_is_sealed_and_opened():
    delivery = WebhookDelivery.objects.create(
        key="k", payload=MIRA, happened_at="2026-01-01T00:00Z"
    )
    assert WebhookDelivery.objects.get(pk=delivery.pk).payload == MIRA
    assert list(WebhookDelivery.objects.values_list("payload", flat=True)) == [MIRA]
    (stored,) = kept("webhooks_webhookdelivery", "payload")
    assert "mira" not in stored
    WebhookDelivery.objects.filter(payload__isnull=False).update(payload=None)
    assert kept("webhooks_webhookdelivery", "payload") == [None]
    assert WebhookDelivery.objects.get(payload=None).payload is None


def test_bytes_are_sealed_and_opened():
    BulkPiece.objects.create(run=run(), number=0, content=b"email\nmira@example.test\n")
    BulkPiece.objects.create(run=BulkRun.objects.get(), number=1, content=b"")
    assert list(BulkPiece.objects.order_by("pk").values_list("content", flat=True)) == [
        b"email\nmira@example.test\n",
        b"",
    ]
    stored, empty = kept("bulk_bulkpiece", "content")
    assert stored.startswith(b"s1:")
    assert b"mira" not in stored
    assert empty == b""


def test_every_way_to_write_seals():
    pieces = [BulkRow(run=run(), position=n, line=n, cells=["mira", n]) for n in range(3)]
    insert(pieces[:1])
    BulkRow.objects.bulk_create(pieces[1:])
    rows = list(BulkRow.objects.order_by("position"))
    assert [row.cells for row in rows] == [["mira", 0], ["mira", 1], ["mira", 2]]
    for row in rows:
        row.words, row.answer = f"Mira got {row.position}", MIRA
    BulkRow.objects.bulk_update(rows, ["words", "answer"])
    BulkRow.objects.filter(position=0).update(words="Mira", position=F("position") + 10)
    assert [row.words for row in BulkRow.objects.order_by("pk")] == [
        "Mira",
        "Mira got 1",
        "Mira got 2",
    ]
    assert BulkRow.objects.get(position=2).answer == MIRA
    for column in ("cells", "words", "answer"):
        assert all(each.startswith("s1:") for each in kept("bulk_bulkrow", column))
        assert not any("ira" in each for each in kept("bulk_bulkrow", column) if "{" in each)


def test_rows_from_before_are_read_as_they_are():
    note()
    put("notes_note", "text", "written in clear")
    assert Note.objects.get().text == "written in clear"
    WebhookDelivery.objects.create(key="k", payload=MIRA, happened_at="2026-01-01T00:00Z")
    put("webhooks_webhookdelivery", "payload", '{"email": "mira@example.test", "n": 1.0}')
    assert WebhookDelivery.objects.get().payload == {"email": "mira@example.test", "n": 1.0}
    BulkPiece.objects.create(run=run(), number=0, content=b"x")
    put("bulk_bulkpiece", "content", b"a;b")
    assert BulkPiece.objects.get().content == b"a;b"


def test_a_text_that_looks_sealed_is_sealed_all_the_same():
    assert Note.objects.get(pk=note("s1:01234567:abc").pk).text == "s1:01234567:abc"


@pytest.mark.parametrize("text", ["", "{}", "[]", "null"])
def test_what_is_empty_can_be_asked_for(text):
    note(text)
    assert kept("notes_note", "text") == [text]
    assert Note.objects.get(text=text).text == text
    assert not Note.objects.exclude(text=text).exists()


def test_nothing_else_can_be():
    for wanted in ({"text": "Mira"}, {"text__contains": "M"}, {"text__in": ["Mira"]}):
        with pytest.raises(FieldError):
            Note.objects.filter(**wanted).exists()
    with pytest.raises(FieldError):
        Approval.objects.filter(form_data__email="x").exists()
    with pytest.raises(FieldError):
        Approval.objects.filter(form_data={"email": "x"}).exists()
    assert not Approval.objects.exclude(form_data={}).exists()


def test_without_its_key_nothing_is_read(settings):
    note()
    BulkPiece.objects.create(run=run(), number=0, content=b"x")
    settings.SECRET_KEY = "another"
    with pytest.raises(KeyMissing):
        Note.objects.get()
    with pytest.raises(KeyMissing):
        BulkPiece.objects.get()


def test_what_was_moved_elsewhere_is_not_opened():
    note()
    SeenBooking.objects.create(uuid="b1", note="by the window")
    put("bookings_seenbooking", "note", kept("notes_note", "text")[0])
    with pytest.raises(KeyMissing):
        SeenBooking.objects.get()


def test_migrations_know_what_a_field_needs():
    secret = SealedSecretField(purpose="x")
    assert secret.deconstruct()[3]["purpose"] == "x"
    encoder = SealedJSONField(encoder=Approval._meta.get_field("data").encoder)
    assert encoder.deconstruct()[3] == {"encoder": encoder.encoder}
    assert SealedJSONField().deconstruct()[3] == {}


def test_a_document_is_written_out_as_it_is():
    field = Approval._meta.get_field("data")
    assert field.value_to_string(Approval(data=MIRA)) == MIRA
    assert field.to_python(MIRA) == MIRA


def test_what_follows_from_a_row_stands_beside_it():
    uuid = "01234567-89ab-cdef-0123-456789abcdef"
    call = LoggedCall.objects.create(
        path=f"contacts/{uuid.upper()}", query=f'{{"of": "{uuid}"}}', seconds=1, attempt=1
    )
    assert LoggedCall.objects.get(pk=call.pk).named == uuid

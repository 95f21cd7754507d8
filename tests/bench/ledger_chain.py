"""A ledger of any length with a chain that verifies, made as fast as a database takes it."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from piggyadmin.bulk_insert import insert
from piggyadmin.ledger import hash_chain
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus, Event, Head, Snapshot, Subject

KINDS = (EntryState.INTENDED, EntryState.SENT, EntryState.DONE)
BATCH = 2_000
BEGUN = datetime(2026, 1, 1, tzinfo=UTC)
ANSWER = {"result": {"uuid": "b6a7", "credits": 25, "shop": {"name": "Amsterdam"}}}


def fill(number: int) -> None:
    """Append so many entries: done, each about a contact, every tenth with a snapshot."""
    head = Head.objects.get_or_create(pk=hash_chain.HEAD)[0]
    first = (Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    events = count((Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1)
    for begin in range(first, first + number, BATCH):
        entries = [_entry(pk) for pk in range(begin, min(begin + BATCH, first + number))]
        kept = [_snapshot(entry) for entry in entries if entry.pk % 10 == 0]
        seals = {
            each.entry_id: {
                "snapshots": [{"taken_at": each.taken_at, "seal": hash_chain.seal_of(each)}]
            }
            for each in kept
        }
        links = [link for entry in entries for link in _links(head, entry, seals.get(entry.pk, {}))]
        for event in links:
            event.pk = next(events)
        insert(entries)
        insert(
            [
                Subject(entry=e, contact_uuid=f"contact-{e.pk % 999}", role="contact")
                for e in entries
            ]
        )
        insert(kept)
        insert(links)
        insert([_status(entry) for entry in entries])
    Head.objects.filter(pk=hash_chain.HEAD).update(sequence=head.sequence, hash=head.hash)


def _entry(pk: int) -> Entry:
    return Entry(
        pk=pk,
        created_at=BEGUN + timedelta(seconds=pk),
        person_id=1 + pk % 5,
        person_name="Somebody",
        action="create-credit-reception",
        entity="credits",
        deduplication_key=f"{pk:064x}",
        reason="Goodwill",
        comment="Spilt coffee.",
        data={"contact_uuid": f"contact-{pk % 999}", "credits": 25, "unit_value": None},
        preview={"gives": 25, "shop_name": "Amsterdam", "balance": 120.5},
        trace_id=f"{pk:032x}",
        submission_key=UUID(int=pk),
    )


def _subject(entry: Entry) -> Subject:
    return Subject(entry=entry, contact_uuid=f"contact-{entry.pk % 999}", role="contact")


def _snapshot(entry: Entry) -> Snapshot:
    return Snapshot(
        entry=entry,
        contact_uuid=f"contact-{entry.pk % 999}",
        moment="before",
        place=".contact",
        taken_at=entry.created_at,
        data={"email": "mira@example.test", "attributes": {"firstname": "Mira"}},
    )


def _links(head: Head, entry: Entry, brought_in: dict[str, object]) -> list[Event]:
    pairs = [("contact", f"contact-{entry.pk % 999}")]
    details: tuple[Any, ...] = (hash_chain.summary(entry, pairs) | brought_in, {}, ANSWER)
    return [
        hash_chain.link(head, entry, kind, detail)
        for kind, detail in zip(KINDS, details, strict=True)
    ]


def _status(entry: Entry) -> EntryStatus:
    values = hash_chain.status_values(entry, KINDS, is_watched=False)
    return EntryStatus(entry=entry, updated_at=entry.created_at, **values)

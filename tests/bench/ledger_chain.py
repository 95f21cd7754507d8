"""A ledger of any length with a chain that verifies, made as fast as a database takes it.

Rows are made without models, in values that either database takes: a million entries are nine
million rows.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import Max

from piggyadmin.ledger import hash_chain, stored
from piggyadmin.ledger.models import Entry, EntryState, Head, Snapshot

KINDS = (EntryState.INTENDED.value, EntryState.SENT.value, EntryState.DONE.value)
BATCH = 2_000
BEGUN = datetime(2026, 1, 1)  # noqa: DTZ001  (as databases write moments: in UTC, without saying so)
TABLES = ("entry", "subject", "snapshot", "event", "standing")
# Rows by the table that they go into.
Rows = Mapping[str, list[dict[str, Any]]]


class End(NamedTuple):
    """The end of the chain."""

    sequence: int
    hash: str


def fill(number: int) -> None:
    """Append so many entries: done, each about a contact, every tenth with a snapshot."""
    head = Head.objects.get_or_create(pk=hash_chain.HEAD)[0]
    end = End(head.sequence, head.hash)
    first = (Entry.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    for begin in range(first, first + number, BATCH):
        rows: Rows = {table: [] for table in TABLES}
        for pk in range(begin, min(begin + BATCH, first + number)):
            end = _add(rows, pk, end)
        with transaction.atomic():
            for table in TABLES:
                _store(f"actions_{table}", rows[table])
            Head.objects.filter(pk=hash_chain.HEAD).update(sequence=end.sequence, hash=end.hash)
    if connection.vendor == "postgresql":
        # As the server does by itself to a ledger that has grown over years.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _store(table: str, rows: Sequence[dict[str, Any]]) -> None:
    if not rows:
        return
    columns = ", ".join(rows[0])
    values = [tuple(row.values()) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in values:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)  # noqa: S608


def _add(rows: Rows, pk: int, end: End) -> End:
    """Add an entry with all that belongs to it; gives the new end of the chain."""
    at, contact = str(BEGUN + timedelta(seconds=pk, microseconds=1)), f"contact-{pk % 999}"
    entry = _entry(pk, at)
    kept = [_snapshot(pk, at, contact)] if pk % 10 == 0 else []
    rows["entry"].append(_written(entry))
    rows["subject"].append({"entry_id": pk, "contact_uuid": contact, "role": "contact"})
    rows["snapshot"].extend(_written(each) | {"data": _sealed(each["data"])} for each in kept)
    rows["standing"].append(_status(entry))
    details = _details(entry, contact, kept)
    for kind, detail in zip(KINDS, details, strict=True):
        event = _event(pk, at, end, kind, detail)
        rows["event"].append(_written(event))
        end = End(event["sequence"], event["hash"])
    return end


def _entry(pk: int, at: str) -> dict[str, Any]:
    return {
        "id": pk,
        "created_at": at,
        "person_id": 1 + pk % 5,
        "person_name": "Somebody",
        "action": "create-credit-reception",
        "entity": "credits",
        "likeness": f"{pk:064x}",
        "reason": "Goodwill",
        "comment": "Spilt coffee.",
        "repeat_of": None,
        "data": {"contact_uuid": f"contact-{pk % 999}", "credits": pk % 100, "unit_value": None},
        "preview": {"gives": pk % 100, "shop_name": "Amsterdam", "balance": pk + 0.5},
        "trace_id": f"{pk:032x}",
        "submission_key": f"{pk:032x}",
    }


def _snapshot(pk: int, at: str, contact: str) -> dict[str, Any]:
    return {
        "entry_id": pk,
        "contact_uuid": contact,
        "moment": "before",
        "place": ".contact",
        "taken_at": at,
        "data": {"email": f"mira.{pk}@example.test", "attributes": {"firstname": "Mira"}},
        "salt": f"{pk:032x}",
    }


def _sealed(data: dict[str, Any]) -> str:
    """Seal what a snapshot holds, as its field does."""
    field: Any = Snapshot._meta.get_field("data")
    return str(field.get_db_prep_save(data, connection))


def _details(
    entry: dict[str, Any], contact: str, kept: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """Give what the events of an entry say."""
    content = _hashed(entry) | {"pk": entry["id"], "deduplication_key": entry["likeness"]}
    content["submission_key"] = stored.uuid(entry["submission_key"])
    entered = hash_chain.entry_content(SimpleNamespace(**content), [("contact", contact)])
    yield {"entry": hash_chain.steady_digest(entered), "approval": None} | _seals(kept)
    yield {}
    yield {"result": {"uuid": f"{entry['id']:032x}", "credits": 25, "shop": {"name": "Amsterdam"}}}


def _seals(kept: Sequence[dict[str, Any]]) -> dict[str, Any]:
    said = []
    for each in kept:
        hashed = _hashed(each)
        seal = hash_chain.steady_digest(hash_chain.snapshot_content(SimpleNamespace(**hashed)))
        said.append({"taken_at": hashed["taken_at"], "seal": seal})
    return {"snapshots": said} if said else {}


def _event(pk: int, at: str, end: End, kind: str, detail: dict[str, Any]) -> dict[str, Any]:
    event = {
        "entry_id": pk,
        "sequence": end.sequence + 1,
        "previous_hash": end.hash,
        "at": at,
        "kind": kind,
        "detail": detail,
    }
    content = hash_chain.event_content(SimpleNamespace(**_hashed(event)))
    return event | {"hash": hash_chain.steady_digest(content)}


def _status(entry: dict[str, Any]) -> dict[str, Any]:
    values = hash_chain.status_values(SimpleNamespace(**entry), KINDS, is_watched=False)
    own = {"owner": "", "lease_until": None}
    changed = {"state": values["state"].value, "updated_at": entry["created_at"]}
    return {"entry_id": entry["id"], **values, **changed, **own}


def _hashed(row: dict[str, Any]) -> dict[str, Any]:
    """Write the moments of a row as they are hashed."""
    moments = {
        name: stored.moment(row[name]) for name in ("at", "created_at", "taken_at") if name in row
    }
    return row | moments


def _written(row: dict[str, Any]) -> dict[str, Any]:
    """Write what a row holds of JSON as databases take it."""
    documents = ("data", "preview", "detail")
    return row | {name: json.dumps(row[name]) for name in documents if name in row}

"""Appending to the ledger: an event, and with it the projection that follows from it."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.dispatch import Signal

from piggyadmin.ledger import hash_chain, snapshots
from piggyadmin.ledger.leases import lease_from, this_process
from piggyadmin.ledger.models import (
    ACKNOWLEDGED,
    FLAGGED,
    RESUMED,
    VERIFIED,
    Entry,
    EntryState,
    EntryStatus,
    Event,
    Head,
    Snapshot,
    Subject,
)
from piggyadmin.ledger.operations import watched_slugs
from piggyadmin.ledger.sql import Statement, insert, marks, update

# Sent with `entry` and `kind`, inside the transaction in which an event is appended.
appended = Signal()


class Superseded(Exception):  # noqa: N818
    """Somebody else has brought the entry into another state meanwhile."""


def append(entry: Entry, kind: str, detail: dict[str, Any] | None = None) -> Event:
    """Add what became known about an entry."""
    with hash_chain.locked_head() as head:
        return append_inside(head, entry, kind, detail or {})


def append_inside(
    head: Head,
    entry: Entry,
    kind: str,
    detail: dict[str, Any],
    *,
    only_after: Iterable[EntryState] = tuple(EntryState),
    subjects: Iterable[Subject] = (),
    kept: Iterable[Snapshot] = (),
) -> Event:
    """Append inside a turn, and keep the projection with it.

    The contacts of a new entry, and the snapshots `kept` with the event, are stored along with it.

    Raises:
        Superseded: the entry is in none of the states `only_after`; the turn must be undone.
    """
    kept = list(kept)
    event = hash_chain.link(head, entry, kind, detail | snapshots.seals(kept))
    getattr(entry, "_prefetched_objects_cache", {}).pop("events", None)
    stand = _begin_status if kind == EntryState.INTENDED else partial(_stand, only_after=only_after)
    *_, stood = hash_chain.keep(event, *map(insert, [*subjects, *kept]), stand(entry, event))
    if not stood:
        raise Superseded
    appended.send(Event, entry=entry, kind=kind)
    return event


def _begin_status(entry: Entry, event: Event) -> Statement:
    """Make the projection of a new entry."""
    values = hash_chain.status_values(entry, [event.kind], is_watched=False)
    values |= {
        "part_of": event.detail.get("part_of"),
        "owner": this_process(),
        "lease_until": lease_from(event.at),
    }
    status = EntryStatus(entry_id=entry.pk, updated_at=event.at, **values)
    return insert(status, returning="entry_id")


def _stand(entry: Entry, event: Event, only_after: Iterable[EntryState]) -> Statement:
    """Bring the projection up to date with one more event, unless its state forbids it."""
    changed: dict[str, Any] = {"updated_at": event.at}
    if event.kind in EntryState.values:
        happened = event.kind in {EntryState.DONE, EntryState.SETTLED_DONE}
        changed |= {
            "state": event.kind,
            "is_followed": happened and entry.action in watched_slugs(),
        }
        if event.kind == EntryState.SENT:
            changed["lease_until"] = lease_from(event.at)
        else:
            changed |= {"owner": "", "lease_until": None}
    elif event.kind in {VERIFIED, FLAGGED}:
        changed |= {"is_followed": False, "is_flagged": event.kind == FLAGGED}
    elif event.kind == ACKNOWLEDGED:
        changed["is_flagged"] = False
    elif event.kind == RESUMED:
        changed |= {"is_followed": True, "is_flagged": False}
    states = list(map(str, only_after))
    where = f"entry_id = %s AND state IN ({marks(states)})"
    return update(EntryStatus, changed, where, [entry.pk, *states], returning="entry_id")

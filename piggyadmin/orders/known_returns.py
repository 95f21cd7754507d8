"""Returns of orders that this console noted: Piggy cannot be asked for any."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from piggyadmin.ledger.models import HAPPENED, NOT_HAPPENED, Entry
from piggyadmin.ledger.rows import sentence_of

NOTING, PROCESSING = "create-order-return", "process-order-return"
MOST_LISTED, MOST_LOOKED_AT = 100, 500


class KnownReturn(NamedTuple):
    """One return, as the ledger has it."""

    uuid: str
    words: str
    at: datetime


def waiting_returns(order_uuid: str | None = None) -> list[KnownReturn]:
    """List returns noted here whose credits nobody here has taken, the latest first.

    Of one order, or of all of them; no more than MOST_LISTED.
    """
    of_order = {"data__order_uuid": order_uuid} if order_uuid else {}
    entries = Entry.objects.filter(action=NOTING, status__state__in=HAPPENED, **of_order)
    newest = entries.order_by("-pk").prefetch_related("events")[:MOST_LOOKED_AT]
    return list(islice(_waiting({_made_by(entry): entry for entry in newest}), MOST_LISTED))


def _waiting(noted: Mapping[str, Entry]) -> Iterator[KnownReturn]:
    asked = Entry.objects.filter(action=PROCESSING, data__order_return_uuid__in=list(noted))
    may_be = asked.exclude(status__state__in=NOT_HAPPENED)
    processed = set(may_be.values_list("data__order_return_uuid", flat=True))
    for uuid, entry in noted.items():
        if uuid and uuid not in processed:
            yield KnownReturn(uuid, sentence_of(entry), entry.created_at)


def _made_by(entry: Entry) -> str:
    event = entry.last_event
    result = (event.detail.get("result") if event else None) or {}
    return str(result.get("uuid") or "")


def noting_of(order_return_uuid: str) -> Entry | None:
    """Find what noted a return from here; None where that was done elsewhere."""
    entries = Entry.objects.filter(
        action=NOTING, status__state__in=HAPPENED, events__detail__result__uuid=order_return_uuid
    )
    return entries.order_by("-pk").first()


def processing_of(order_return_uuid: str) -> Entry | None:
    """Find what took the credits for a return from here, or may have; None where nothing did."""
    asked = Entry.objects.filter(action=PROCESSING, data__order_return_uuid=order_return_uuid)
    return asked.exclude(status__state__in=NOT_HAPPENED).order_by("-pk").first()

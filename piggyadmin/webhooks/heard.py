"""What Piggy told, as this console understands it: the docs are silent on how it is nested.

A body is `{"type": …, "data": …}`. The thing it is about stands in `data`, or in `data` under its
name (`data.voucher`); its contact beside it or in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from piggyadmin.piggy.types import UUID, Answer, Moment, Text
from piggyadmin.webhooks.events import KNOWN_EVENTS
from piggyadmin.webhooks.models import WebhookDelivery

# Where the moment may stand at which it happened, the likeliest first.
_TIMES = ("updated_at", "occurred_at", "timestamp", "sent_at")
_IDS = ("event_id", "event_uuid")
_CREATED = "_created"


class _Envelope(Answer):
    """What stands around all that is told."""

    type: Text = None
    event_type: Text = None
    data: Any = None


class _Times(Answer):
    """The moments that something may carry."""

    updated_at: Moment = None
    occurred_at: Moment = None
    timestamp: Moment = None
    sent_at: Moment = None
    # Of what was just created; of all else it tells nothing.
    created_at: Moment = None


class _Id(Answer):
    """What an event may be known by; another `id` may be that of a subscription."""

    event_id: Text = None
    event_uuid: Text = None


@dataclass(frozen=True)
class PiggyEvent:
    """Something that happened at Piggy."""

    type: str
    # All that was told with it.
    body: dict[str, Any]
    # When, as far as it is known.
    at: datetime

    @property
    def is_known(self) -> bool:
        """Whether this console knows what it means."""
        return self.type in KNOWN_EVENTS

    @property
    def subject(self) -> str:
        """What it is about, such as `contact_identifier`."""
        return self.type.rpartition("_")[0]

    @property
    def thing(self) -> dict[str, Any]:
        """That which it is about."""
        data = _mapping(self.body.get("data"))
        return _mapping(data.get(self.subject)) or data

    @property
    def contact_uuid(self) -> str:
        """The contact whom it concerns; empty where it tells of none."""
        return next(filter(UUID.fullmatch, self._contacts()), "")

    def _contacts(self) -> Iterator[str]:
        data = _mapping(self.body.get("data"))
        holders = [self.thing, data]
        if self.subject == "contact":
            yield from (_text(each.get("uuid")) for each in holders)
        for each in holders:
            yield _text(_mapping(each.get("contact")).get("uuid"))
            yield _text(each.get("contact_uuid"))


def event_of(delivery: WebhookDelivery) -> PiggyEvent:
    """Give what was told."""
    body = _mapping(delivery.payload)
    return PiggyEvent(delivery.event_type, body, delivery.happened_at)


def type_of(body: Any) -> str:
    """Give what kind of thing happened; empty where nobody tells."""
    envelope = _Envelope.read(body)
    return (envelope and (envelope.type or envelope.event_type)) or ""


def told_at(event: PiggyEvent) -> datetime | None:
    """Give when it happened, in UTC, as Piggy tells; None where it does not."""
    names = [*_TIMES, "created_at"] if event.type.endswith(_CREATED) else _TIMES
    for holder in (event.thing, _mapping(event.body.get("data")), event.body):
        times = _Times.model_validate(holder)
        found: Iterator[datetime] = filter(None, (getattr(times, name) for name in names))
        if moment := next(found, None):
            return moment.astimezone(UTC)
    return None


def key_of(body: Any, raw: bytes) -> str:
    """Give by what the same event is known when it comes once more."""
    own = _Id.read(body)
    known = own and next(filter(None, (getattr(own, name) for name in _IDS)), None)
    return sha256(b"id " + known.encode() if known else raw).hexdigest()


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""

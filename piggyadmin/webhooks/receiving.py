"""Taking in what arrives: it is kept, and a worker does the rest, so that Piggy never waits."""

from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from piggyadmin.json_text import read_flat_json
from piggyadmin.webhooks.heard import PiggyEvent, key_of, told_at, type_of
from piggyadmin.webhooks.models import DeliveryState, WebhookDelivery

# So many forged calls within this time from one place are counted; more cost nobody anything.
MOST_REFUSED = 20
REFUSED_SECONDS = 5 * 60
LONGEST_TYPE = 100  # characters

State = DeliveryState


def take_in(raw: bytes) -> None:
    """Keep what Piggy told, to be worked through; what came before is looked at once more.

    The same bytes may tell of another change: where nothing in them differs, they say too little.
    """
    now = timezone.now()
    body = _read(raw)
    values = _values(body, now)
    try:
        with transaction.atomic():
            WebhookDelivery.objects.create(key=key_of(body, raw), arrived_at=now, **values)
    except IntegrityError:
        again = {name: values[name] for name in ("payload", "state")}
        WebhookDelivery.objects.filter(key=key_of(body, raw)).update(
            times=F("times") + 1, attempts=0, **again
        )


def _read(raw: bytes) -> Any:
    try:
        return read_flat_json(raw)
    except ValueError:
        return None


def _values(body: Any, now: datetime) -> dict[str, Any]:
    kind = type_of(body)[:LONGEST_TYPE]
    if not kind:
        return {"state": State.UNREADABLE, "happened_at": now, "payload": None}
    event = PiggyEvent(kind, body, now)
    return {
        "event_type": kind,
        "contact_uuid": event.contact_uuid,
        "payload": body,
        # A moment that is still to come would make all that follows look older.
        "happened_at": min(told_at(event) or now, now),
        "state": State.WAITING,
    }


def count_refused(place: str) -> bool:
    """Count a call with a wrong signature; False where so many came from there that none counts.

    It stands in the list of what arrived, once a day: whoever wonders why nothing does sees why.
    """
    key = f"webhook-refused-{place}"
    cache.add(key, 0, REFUSED_SECONDS)
    try:
        number = cache.incr(key)
    except ValueError:  # it ran out in between
        number = 1
    if number > MOST_REFUSED:
        return False
    now = timezone.now()
    day = f"refused on {timezone.localdate(now).isoformat()}"
    row, is_new = WebhookDelivery.objects.get_or_create(
        key=day, defaults={"state": State.REFUSED, "happened_at": now, "arrived_at": now}
    )
    if not is_new:
        WebhookDelivery.objects.filter(pk=row.pk).update(times=F("times") + 1, arrived_at=now)
    return True

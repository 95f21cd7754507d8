"""Working through what arrived: whoever keeps something of it is told, and says what came of it."""

import logging

from django.db import transaction

from piggyadmin.webhooks.heard import event_of
from piggyadmin.webhooks.models import DeliveryState, WebhookDelivery
from piggyadmin.webhooks.signals import event_heard

# Deliveries that are worked through in one go.
BATCH = 200
# What fails so often stays as it is.
MOST_ATTEMPTS = 5

State = DeliveryState
# Of several answers the first of these counts.
_WEIGHT = (State.TAKEN, State.OUTDATED, State.NOTHING)
# Nobody needs to read again what these said.
_OVER = frozenset({State.TAKEN, State.OUTDATED, State.NOTHING})

logger = logging.getLogger(__name__)


def work_through() -> None:
    """Work through what waits, in the order in which it happened as far as that is known."""
    waiting = WebhookDelivery.objects.filter(state=State.WAITING)
    for delivery in waiting.order_by("happened_at", "pk")[:BATCH]:
        _work(delivery)


def _work(delivery: WebhookDelivery) -> None:
    try:
        with transaction.atomic():
            state = _tell(delivery)
            _settle(delivery, state)
    except Exception as error:  # noqa: BLE001  (one that cannot be handled must not stop the others)
        # Its traceback may hold what was told.
        logger.warning("Delivery %s could not be handled: %s", delivery.pk, type(error).__name__)
        _note_failure(delivery)


def _tell(delivery: WebhookDelivery) -> State:
    event = event_of(delivery)
    if not event.is_known:
        return State.UNKNOWN_EVENT
    answers = [answer for _, answer in event_heard.send(WebhookDelivery, event=event)]
    return next((state for state in _WEIGHT if state in answers), State.NOTHING)


def _settle(delivery: WebhookDelivery, state: State) -> None:
    """Note what came of it, unless the same came once more meanwhile."""
    changes = {"state": state, "attempts": 0}
    if state in _OVER:
        changes["payload"] = None
    WebhookDelivery.objects.filter(pk=delivery.pk, times=delivery.times).update(**changes)


def _note_failure(delivery: WebhookDelivery) -> None:
    attempts = delivery.attempts + 1
    state = State.FAILED if attempts >= MOST_ATTEMPTS else State.WAITING
    WebhookDelivery.objects.filter(pk=delivery.pk).update(attempts=attempts, state=state)

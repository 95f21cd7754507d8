"""Webhook subscriptions; `webhook_sender.py` tells those of this machine."""

from typing import Any

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.lookups import one
from piggyadmin.sandbox.models import WebhookSubscription
from piggyadmin.sandbox.responses import CREATED, Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given

EVENTS = (
    *("contact_created", "contact_updated", "credit_reception_created"),
    *("prepaid_transaction_created", "giftcard_transaction_created"),
    *("voucher_created", "voucher_updated", "voucher_redeemed", "voucher_deleted"),
    *("form_submission_completed", "referral_completed", "contact_identifier_created"),
    *("reward_updated", "promotion_updated"),
)
STATUSES = ("ACTIVE", "INACTIVE")
MAX_URL = 500


def _subscription(uuid: str) -> WebhookSubscription:
    rows = WebhookSubscription.objects.filter(uuid=uuid)
    return one(rows, errors.NOT_FOUND_OR_EXPIRED)


def _with_properties(row: WebhookSubscription) -> dict[str, Any]:
    return {**serializers.webhook(row), "properties": row.properties}


@route("GET", "webhook-subscriptions")
def list_webhooks(given: Given) -> Reply:
    """List webhook subscriptions, by event and status where wanted."""
    wanted = {
        "event_type": given.optional_choice("event_type", EVENTS),
        "status": given.optional_choice("status", STATUSES),
    }
    given.check()
    rows = WebhookSubscription.objects.filter(**{k: v for k, v in wanted.items() if v})
    return Reply([serializers.webhook(row) for row in rows])


@route("GET", "webhook-subscriptions/{webhook_subscription_uuid}")
def get_webhook(given: Given, webhook_subscription_uuid: str) -> Reply:  # noqa: ARG001
    """Give one webhook subscription."""
    return Reply(_with_properties(_subscription(webhook_subscription_uuid)))


@route("POST", "webhook-subscriptions")
def create_webhook(given: Given) -> Reply:
    """Ask to be told of an event."""
    row = WebhookSubscription(
        name=given.text("name"),
        event_type=given.choice("event_type", EVENTS),
        url=given.text("url", MAX_URL),
        secret=given.optional_text("secret") or "",
        properties=given.items("attributes"),
    )
    given.check()
    row.save()
    return Reply(_with_properties(row), status=CREATED)


@route("PUT", "webhook-subscriptions/{webhook_subscription_uuid}")
def update_webhook(given: Given, webhook_subscription_uuid: str) -> Reply:
    """Change what is given; event and secret stay."""
    row = _subscription(webhook_subscription_uuid)
    row.name = given.optional_text("name") or row.name
    row.url = given.optional_text("url", MAX_URL) or row.url
    row.status = given.optional_choice("status", STATUSES) or row.status
    if "attributes" in given:
        row.properties = given.items("attributes")
    given.check()
    row.save()
    return Reply(_with_properties(row))


@route("DELETE", "webhook-subscriptions/{webhook_subscription_uuid}")
def delete_webhook(given: Given, webhook_subscription_uuid: str) -> Reply:  # noqa: ARG001
    """Stop being told."""
    _subscription(webhook_subscription_uuid).delete()
    return Reply([])

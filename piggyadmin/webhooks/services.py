"""Calls about webhook subscriptions: addresses that Piggy tells of events."""

from collections.abc import Sequence

from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.errors import ErrorCode, NotFound, Rejected
from piggyadmin.piggy.types import without_none
from piggyadmin.webhooks.types import WebhookSubscription


def _path(webhook_subscription_uuid: str) -> str:
    return f"webhook-subscriptions/{path_value(webhook_subscription_uuid)}"


def list_webhook_subscriptions(
    piggy: PiggyClient, *, event_type: str | None = None, status: str | None = None
) -> list[WebhookSubscription]:
    """List subscriptions; `status` is ACTIVE or INACTIVE (docs)."""
    params = without_none(event_type=event_type, status=status)
    return piggy.get("webhook-subscriptions", params=params).several(WebhookSubscription)


def get_webhook_subscription(
    piggy: PiggyClient, *, webhook_subscription_uuid: str
) -> WebhookSubscription:
    """Get one subscription.

    Raises:
        NotFound: there is none (80300, which means other things elsewhere).
    """
    try:
        return piggy.get(_path(webhook_subscription_uuid)).one(WebhookSubscription)
    except Rejected as error:
        if error.code != ErrorCode.SUBSCRIPTION_OR_REWARD_GONE:
            raise
        raise NotFound(status=error.status, code=error.code, trace_id=error.trace_id) from error


def create_webhook_subscription(
    piggy: PiggyClient,
    *,
    name: str,
    event_type: str,
    url: str,
    secret: str | None = None,
    attributes: Sequence[str] | None = None,
) -> WebhookSubscription:
    """Have an address told of an event; neither the event nor the secret can change later (docs).

    Without a secret of its own, calls are signed with the account's (docs of 2026). `attributes`
    are those whose changes contact_updated is about. Not repeated: a repeat makes another one.
    """
    body = without_none(
        name=name, event_type=event_type, url=url, secret=secret, attributes=attributes
    )
    return piggy.post("webhook-subscriptions", json=body).one(WebhookSubscription)


def update_webhook_subscription(
    piggy: PiggyClient,
    *,
    webhook_subscription_uuid: str,
    name: str | None = None,
    url: str | None = None,
    status: str | None = None,
    attributes: Sequence[str] | None = None,
) -> WebhookSubscription:
    """Change what is given; `attributes` are needed where the event is contact_updated (docs).

    Raises:
        Rejected: there is none (80300).
    """
    body = without_none(name=name, url=url, status=status, attributes=attributes)
    return piggy.put(_path(webhook_subscription_uuid), json=body).one(WebhookSubscription)


def delete_webhook_subscription(piggy: PiggyClient, *, webhook_subscription_uuid: str) -> None:
    """Tell an address nothing any more.

    Raises:
        Rejected: there is none (80300).
    """
    piggy.delete(_path(webhook_subscription_uuid), any_body=True)

"""Webhook subscriptions, as Piggy answers them."""

from typing import Annotated

from piggyadmin.piggy.types import Answer, Many, Moment, Text


class WebhookSubscription(Answer):
    """An address that is told of an event; `status` is ACTIVE or INACTIVE (docs)."""

    essential = ("uuid",)

    uuid: Text = None
    name: Text = None
    event_type: Text = None
    url: Text = None
    status: Text = None
    version: Text = None
    properties: Annotated[list[str], Many] = []
    created_at: Moment = None

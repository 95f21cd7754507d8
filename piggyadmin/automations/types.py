"""Automations, as Piggy answers them."""

from piggyadmin.piggy.types import Answer, Moment, Text


class Automation(Answer):
    """What happens by itself after an event; `status` is active or inactive (docs).

    The docs' list has no `uuid`, without which it cannot be run; recorded answers have it.
    """

    essential = ("name",)

    uuid: Text = None
    name: Text = None
    event: Text = None
    status: Text = None
    created_at: Moment = None
    updated_at: Moment = None

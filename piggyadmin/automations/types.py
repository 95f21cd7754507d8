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

    @property
    def can_be_run(self) -> bool:
        """Whether a call can set it off: one of this event that is switched on (docs)."""
        return bool(self.uuid) and self.event == "contact_updated" and self.status == "active"

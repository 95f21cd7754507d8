"""The rewards that a contact has paid for, on its page: to be handed over, or to be taken back."""

from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts.panels import Panel, register
from piggyadmin.contacts.timeline import NextStep
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.rewards.collecting import FIELD
from piggyadmin.rewards.services import list_collectable_rewards
from piggyadmin.rewards.types import CollectableReward

MOST_SHOWN = 20


class RewardShown(NamedTuple):
    """A reward that was paid for, and what can be done about it."""

    reward: CollectableReward
    is_past: bool
    step: NextStep | None


def read_rewards(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read them; those that wait to be collected come first."""
    rows = list_collectable_rewards(piggy, contact_uuid=contact_uuid)
    own = [row for row in rows if row.contact is None or row.contact.uuid in {None, contact_uuid}]
    own.sort(key=lambda row: bool(row.has_been_collected))
    shown = [_shown(row, contact_uuid) for row in own[:MOST_SHOWN]]
    return {"rewards_paid": shown, "rewards_left": len(own) - len(shown)}


def _shown(row: CollectableReward, contact_uuid: str) -> RewardShown:
    is_past = bool(row.expires_at and row.expires_at <= timezone.now())
    data = {"contact_uuid": contact_uuid, FIELD: row.uuid or ""}
    step = NextStep(_("Hand over"), "collect-reward", data)
    if row.has_been_collected:
        step = NextStep(_("Take back"), "reverse-collection", data)
    can_be_done = row.uuid and (row.has_been_collected or not is_past)
    return RewardShown(row, is_past, step if can_be_done else None)


register(Panel(_("Rewards"), "rewards/_contact_panel.html", 42, read_rewards, slug="rewards"))

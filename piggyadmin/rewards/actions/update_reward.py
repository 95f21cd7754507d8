"""Changing what a reward is called and costs."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.records import UpdateRecord
from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.rewards import services
from piggyadmin.rewards.forms import RewardForm, UpdateRewardForm
from piggyadmin.rewards.types import Reward


@register
class UpdateReward(UpdateRecord[Reward]):
    """Change a reward."""

    slug = "update-reward"
    entity = "rewards"
    label = _("Change a reward")
    summary = _("Its title, its description, and how many credits it costs.")
    icon = "gift"
    role = Role.ADMIN
    keys = ("reward_uuid",)
    facts_template = "rewards/_reward.html"
    list_page = "rewards:list"
    record_page = "rewards:reward"
    look_up_form_class = RewardForm
    form_class = UpdateRewardForm
    sample = {
        "reward_uuid": "c0ffee00-0000-4000-8000-000000000651",
        "title": "A large cookie",
        "required_credits": "30",
    }
    result_type = Reward
    done_words = _("%(who)s changed the reward “%(name)s”")
    wanted_words = _("change the reward “%(name)s”")

    def find(self, piggy: PiggyClient, data: Data) -> Reward:
        """Find it by its UUID."""
        return services.get_reward(piggy, reward_uuid=data["reward_uuid"])

    def as_filled(self, record: Reward) -> dict[str, Any]:
        """Give what stands of it in a form."""
        return {
            "title": record.title or "",
            "description": record.description or "",
            "required_credits": record.required_credits,
        }

    def name_of(self, record: Reward) -> str:
        """Give its title."""
        return record.title or ""

    def change(self, piggy: PiggyClient, data: Data, changed: dict[str, Any]) -> Reward:
        """Write what differs."""
        return services.update_reward(piggy, reward_uuid=data["reward_uuid"], **changed)

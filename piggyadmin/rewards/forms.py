"""The fields in which rewards are chosen and described."""

from functools import partial

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, Choices, offered
from piggyadmin.actions.records import ChangedRecordForm, RecordKeyField
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.rewards.services import list_rewards
from piggyadmin.ui.forms import (
    CleanCharField,
    CleanTextField,
    ListOrPasteField,
    WholeNumberField,
)

# More credits than any reward costs: a number beyond is a typing mistake.
MOST_CREDITS = 10_000_000


def _rewards(piggy: PiggyClient) -> Choices:
    return [(each.uuid or "", each.title or "") for each in list_rewards(piggy)]


class RewardForm(ActionForm):
    """Which reward."""

    reward_uuid = ListOrPasteField(label=_("Reward"), choices=partial(offered, _rewards))


class UpdateRewardForm(ChangedRecordForm):
    """A reward, and what shall be different about it."""

    keys = ("reward_uuid",)

    reward_uuid = RecordKeyField(label=_("Reward"))
    title = CleanCharField(label=_("Title"))
    description = CleanTextField(label=_("Description"), max_length=2000)
    required_credits = WholeNumberField(
        label=_("Costs"), min_value=0, max_value=MOST_CREDITS, help_text=_("In credits.")
    )

"""The fields in which rewards are chosen and described."""

from functools import partial
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm, Choices, listed
from piggyadmin.actions.records import ChangedRecordForm, RecordKeyField
from piggyadmin.contacts.reversals import ListOfOneContact
from piggyadmin.contacts.timeline import own_rows
from piggyadmin.credits.read_back import TRANSACTIONS_PAGE
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.rewards import services
from piggyadmin.rewards.types import Reward
from piggyadmin.ui.forms import (
    CleanCharField,
    CleanTextField,
    ListOrPasteField,
    WholeNumberField,
)
from piggyadmin.ui.templatetags.ui import credits as credits_words
from piggyadmin.ui.templatetags.ui import in_words

# More credits than any reward costs: a number beyond is a typing mistake.
MOST_CREDITS = 10_000_000


def _rewards(piggy: PiggyClient, contact_uuid: str) -> Choices:
    """List what a contact can have now, and the rest behind it as out of its reach."""
    everything, possible = gather(
        partial(services.list_rewards, piggy),
        partial(services.list_rewards, piggy, contact_uuid=contact_uuid),
    )
    uuids = {each.uuid for each in possible}
    there = [each for each in everything if each.is_active is not False and each.uuid]
    there.sort(key=lambda each: (each.uuid not in uuids, each.required_credits or 0))
    return [(each.uuid or "", _in_list(each, is_possible=each.uuid in uuids)) for each in there]


def _in_list(reward: Reward, *, is_possible: bool) -> str:
    words = f"{reward.title or reward.uuid} · {credits_words(reward.required_credits)}"
    return words if is_possible else gettext("%(reward)s (not now)") % {"reward": words}


class RewardField(ListOfOneContact):
    """A reward from the list of those that the contact can have, or its UUID."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Reward"))
        kwargs.setdefault("help_text", _("What the customer can have now comes first."))
        super().__init__(of_contact=_rewards, **kwargs)


def receptions(piggy: PiggyClient, contact_uuid: str) -> Choices:
    """List the newest rewards that a contact took, as people know them: what, when and where."""
    page = services.list_reward_receptions(
        piggy, contact_uuid=contact_uuid, limit=TRANSACTIONS_PAGE
    )
    return [
        (row.uuid or "", named(row.title, row.created_at, row.shop.name if row.shop else ""))
        for row in own_rows(page.items, contact_uuid)
        if row.uuid
    ]


def collectable(piggy: PiggyClient, contact_uuid: str, *, is_collected: bool) -> Choices:
    """List the rewards that a contact paid for and has, or has not yet, collected."""
    rows = services.list_collectable_rewards(piggy, contact_uuid=contact_uuid)
    return [
        (row.uuid or "", named(row.title, row.created_at))
        for row in own_rows(rows, contact_uuid)
        if row.uuid and bool(row.has_been_collected) is is_collected
    ]


def named(title: str | None, at: Any, shop: str | None = "") -> str:
    """Name a reward that was taken: what it is, when, and where."""
    when = in_words(at) if at else ""
    return " · ".join(filter(None, (title or gettext("without a name"), when, shop)))


# --- All there are, and what they are ---


def _all_rewards(piggy: PiggyClient) -> Choices:
    return [(each.uuid or "", each.title or "") for each in services.list_rewards(piggy)]


class RewardForm(ActionForm):
    """Which reward."""

    reward_uuid = ListOrPasteField(label=_("Reward"), choices=partial(listed, _all_rewards))


class UpdateRewardForm(ChangedRecordForm):
    """A reward, and what shall be different about it."""

    keys = ("reward_uuid",)

    reward_uuid = RecordKeyField(label=_("Reward"))
    title = CleanCharField(label=_("Title"))
    description = CleanTextField(label=_("Description"), max_length=2000)
    required_credits = WholeNumberField(
        label=_("Costs"), min_value=0, max_value=MOST_CREDITS, help_text=_("In credits.")
    )

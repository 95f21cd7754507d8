"""Pages of rewards."""

from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.record_views import RecordList, RecordPage
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.rewards.services import get_reward, list_rewards
from piggyadmin.rewards.types import Reward
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.codes import uuid_in_small
from piggyadmin.ui.filters import FilteredList, StatedFilter
from piggyadmin.ui.forms import MAX_ID_LENGTH, CodeField

OFFERED = {"true": _("Offered"), "false": _("Not offered")}


class RewardFilter(StatedFilter):
    """Which rewards to show: those of a shop, offered or not."""

    own_words = frozenset({"shop_uuid", "is_active"})

    shop_uuid = CodeField(
        label=_("Shop"), required=False, max_length=MAX_ID_LENGTH, widget=forms.Select()
    )
    is_active = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("Any state")), *OFFERED.items()]
    )

    def offer_shops(self, shops: list[tuple[str, str]]) -> None:
        """Have shops chosen by name."""
        self.fields["shop_uuid"].widget.choices = [("", _("Any shop")), *shops]

    def said_value(self, name: str, value: Any) -> str:
        """Say a shop by its name."""
        choices: Any = getattr(self.fields[name].widget, "choices", ())
        return str(dict(choices).get(value, value))


class RewardList(RecordList, FilteredList):
    """What can be had for credits."""

    template_name = "rewards/list.html"
    filter_class = RewardFilter
    list_name = "rewards:list"
    entity = "rewards"
    title = _("Rewards")
    intro = _("What customers can have for their credits.")

    def read(self, piggy: PiggyClient) -> dict[str, Any]:
        """Read all rewards of a shop, or of all."""
        form = RewardFilter(self.query)
        shop = form.values.get("shop_uuid")
        rewards, shops = gather(
            partial(list_rewards, piggy, shop_uuid=shop and uuid_in_small(shop)),
            partial(cached_shops, piggy),
        )
        form.offer_shops([(each.uuid or "", each.name or "") for each in shops])
        wanted = form.values.get("is_active")
        shown = [r for r in rewards if wanted in {None, str(bool(r.is_active)).lower()}]
        return {"rewards": shown, "form": form, "list_name": self.list_name}


class RewardPage(RecordPage):
    """One reward."""

    entity = "rewards"
    title = _("Rewards")
    list_name = "rewards:list"
    facts_template = "rewards/_reward.html"

    def find(self, piggy: PiggyClient, **keys: str) -> Reward:
        """Find it by its UUID."""
        return get_reward(piggy, reward_uuid=keys["reward_uuid"])

    def name_of(self, record: Reward) -> str:
        """Give its title."""
        return record.title or ""

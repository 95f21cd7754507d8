"""Handing over a reward that was paid for."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.rewards import services
from piggyadmin.rewards.collecting import FIELD, CollectForm, CollectingAction
from piggyadmin.rewards.types import Collection


@register
class CollectReward(CollectingAction):
    """Note that a reward was handed over."""

    slug = "collect-reward"
    label = _("Hand a reward over")
    summary = _("Notes that a customer has collected a reward that was paid for.")
    button = _("It was handed over")
    icon = "package-check"
    form_class = CollectForm
    sample = {
        "contact_uuid": "CARD-ANON",
        FIELD: "c0ffee00-0000-4000-8000-000000000911",
    }
    undone_by = "reverse-collection"
    makes_collected = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say to whom."""
        return Sentence(
            _("%(who)s handed %(customer)s a reward over"),
            _("hand %(customer)s a reward over"),
            {"customer": matter.customer()},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Collection:
        """Note it; Piggy refuses what is past its date."""
        return services.collect_reward(piggy, loyalty_transaction_uuid=data[FIELD])

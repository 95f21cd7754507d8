"""Taking back that a reward was handed over."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.registry import register
from piggyadmin.ledger.operations import Data
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.rewards import services
from piggyadmin.rewards.collecting import FIELD, CollectingAction, ReverseCollectionForm
from piggyadmin.rewards.types import Collection


@register
class ReverseCollection(CollectingAction):
    """Note that a reward was not handed over after all."""

    slug = "reverse-collection"
    label = _("Take a handed-over reward back")
    summary = _("Notes that a reward was not handed over: it can be collected again.")
    button = _("It was not handed over")
    icon = "package-x"
    form_class = ReverseCollectionForm
    sample = {
        "contact_uuid": "CARD-ANON",
        FIELD: "c0ffee00-0000-4000-8000-000000000912",
    }
    undone_by = "collect-reward"
    makes_collected = False

    def sentence(self, matter: Matter) -> Sentence:
        """Say from whom."""
        return Sentence(
            _("%(who)s noted that a reward was not handed to %(customer)s after all"),
            _("note that a reward was not handed to %(customer)s after all"),
            {"customer": matter.customer()},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> Collection:
        """Note it; the credits stay spent."""
        return services.reverse_collection(piggy, loyalty_transaction_uuid=data[FIELD])

"""Looking up what is on a gift card."""

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.giftcards import services
from piggyadmin.giftcards.types import Giftcard
from piggyadmin.ledger.operations import Data, Effect
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CodeField


class FindGiftcardForm(ActionForm):
    """What stands on it."""

    hash = CodeField(label=_("Gift card"), help_text=_("Type or scan what stands on the card."))


@register
class FindGiftcard(Action[Giftcard, None]):
    """Find a gift card, and what is on it."""

    slug = "find-giftcard"
    entity = "giftcards"
    label = _("Find a gift card")
    summary = _("What is on a gift card, by the code that stands on it, or by UUID.")
    button = _("Find")
    icon = "gift"
    effect = Effect.READ
    role = Role.SUPPORT
    form_class = FindGiftcardForm
    sample = {"hash": "GIFT-0001"}
    result_template = "giftcards/_giftcard.html"

    def perform(self, piggy: PiggyClient, data: Data) -> Giftcard:
        """Ask for exactly this one."""
        return services.resolve_giftcard(piggy, query=data["hash"])

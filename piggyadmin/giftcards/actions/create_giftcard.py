"""Making gift cards."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.giftcards import services
from piggyadmin.giftcards.forms import GiftcardProgramField
from piggyadmin.giftcards.types import Giftcard
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import accounted_for, undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient

# So many of the cards with nothing on them are shown where an answer was lost.
MOST_SHOWN = 10
CARDS_PAGE = 100


class CreateGiftcardForm(ActionForm):
    """Of which program."""

    giftcard_program_uuid = GiftcardProgramField()


@register
class CreateGiftcard(Action[Giftcard, None]):
    """Make a digital gift card with nothing on it."""

    slug = "create-giftcard"
    entity = "giftcards"
    label = _("Make a gift card")
    summary = _("Makes a digital gift card with nothing on it. Then put an amount on it.")
    button = _("Make the gift card")
    icon = "gift"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = CreateGiftcardForm
    sample = {"giftcard_program_uuid": "c0ffee00-0000-4000-8000-000000000601"}
    result_template = "giftcards/_made.html"
    result_type = Giftcard

    def sentence(self, matter: Matter) -> Sentence:
        """Say of which program."""
        program = matter.thing("giftcard_program") or gettext("a program")
        return Sentence(
            _("%(who)s made a gift card of %(program)s"),
            _("make a gift card of %(program)s"),
            {"program": program},
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Show the empty cards that may be it: Piggy does not tell when a card was made."""
        page = services.list_giftcards(
            piggy, giftcard_program_uuid=entry.data["giftcard_program_uuid"], limit=CARDS_PAGE
        )
        others = accounted_for(entry)
        empty = [card for card in page.items if not card.amount_in_cents]
        evidence = [
            Evidence(what=gettext("Gift card with nothing on it"), value=card.masked)
            for card in empty
            if card.uuid not in others
        ]
        words = gettext(
            "Piggy does not tell when a gift card was made. One with nothing on it is worth "
            "nothing: look at the list, then decide."
        )
        return undecided(words, *evidence[:MOST_SHOWN])

    def perform(self, piggy: PiggyClient, data: Data) -> Giftcard:
        """Make it."""
        uuid = data["giftcard_program_uuid"]
        return services.create_giftcard(piggy, giftcard_program_uuid=uuid)

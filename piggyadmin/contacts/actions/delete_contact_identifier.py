"""Deleting cards: Piggy does not know the number any more afterwards."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.card_forms import HELP, KnownCardForm, look_at
from piggyadmin.contacts.cards import VALUE, card_changed_since, find_card, owner_of
from piggyadmin.contacts.confirmation import end_of
from piggyadmin.contacts.types import ContactIdentifier
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding, Preview, Stored
from piggyadmin.ledger.reconciliation_evidence import done, has_settled, not_done, undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.ui.forms import CodeField


class CardToDelete(Preview):
    """A card that would be gone, and whose it is."""

    card: ContactIdentifier

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        return gettext("Delete 1 card")

    def decisive(self) -> dict[str, Any]:
        """Agree to the card and to whose it is."""
        return {"card": self.card.value, "owner": owner_of(self.card)}


class DeletedCard(Stored):
    """A card that Piggy does not know any more."""

    value: str


class DeleteContactIdentifierForm(KnownCardForm):
    """Which card."""

    contact_identifier_value = CodeField(label=_("Card"), help_text=HELP)


@register
class DeleteContactIdentifier(Action[DeletedCard, CardToDelete]):
    """Delete a card, for good."""

    slug = "delete-contact-identifier"
    entity = "contacts"
    label = _("Delete a card")
    summary = _("Piggy forgets the card. To keep a lost one from being used, switch it off.")
    button = _("Delete the card for good")
    icon = "trash-2"
    effect = Effect.IRREVERSIBLE
    role = Role.ADMIN
    form_class = DeleteContactIdentifierForm
    sample = {"contact_identifier_value": "CARD-0001"}
    preview_template = "contacts/_card_to_delete.html"
    result_template = "contacts/_card_deleted.html"
    result_type = DeletedCard
    asks_reason = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same card, whosever it is."""
        return [data[VALUE]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one, and whose it was."""
        return Sentence(
            _("%(who)s deleted the card %(card)s of %(customer)s"),
            _("delete the card %(card)s of %(customer)s"),
            {"customer": matter.customer(), "card": matter.asked(VALUE)},
        )

    def preview(self, piggy: PiggyClient, data: Data) -> CardToDelete:
        """Show whose it is."""
        return CardToDelete(card=data.get("card") or look_at(piggy, data[VALUE]))

    def confirm_with(self, data: Data) -> str:
        """Have the end of the number typed."""
        return end_of(data[VALUE])

    def perform(self, piggy: PiggyClient, data: Data) -> DeletedCard:
        """Delete it."""
        services.delete_contact_identifier(piggy, contact_identifier_value=data[VALUE])
        return DeletedCard(value=data[VALUE])

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """See whether the card is gone."""
        value = entry.data[VALUE]
        if find_card(piggy, value) is None:
            return done(gettext("The card is gone."), result=DeletedCard(value=value))
        evidence = Evidence(what=gettext("Card"), value=gettext("is still there"))
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), evidence)
        if card_changed_since(entry, value).exists():
            words = gettext("It is there, but somebody may have made it anew since.")
            return undecided(words, evidence)
        return not_done(gettext("The card is still there."), evidence)

"""Giving a customer a card: a new one, or one that belongs to nobody."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.card_forms import HELP, TakenForm
from piggyadmin.contacts.cards import VALUE, card_changed_since, find_card, owner_of
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import done, has_settled, not_done, undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.forms import CodeField

# Whether Piggy knew the card before: then it is linked, and otherwise made.
IS_KNOWN = "is_known"


class CreateContactIdentifierForm(TakenForm):
    """A customer, and a card that is nobody's."""

    contact_uuid = ContactField()
    contact_identifier_value = CodeField(label=_("Card"), help_text=HELP)

    def clean(self) -> dict[str, Any]:
        """Find out whether there is such a card, and whose it is."""
        data = super().clean()
        contact, value = data.get("contact_uuid"), data.get(VALUE)
        if isinstance(contact, Contact) and value and not self.failure:
            self.at_hand = contact
            try:
                data[IS_KNOWN] = self.insist_on_free_card(VALUE, value) is not None
            except PiggyError as error:
                self.failure = error
        return data


@register
class CreateContactIdentifier(Action[ContactIdentifier, None]):
    """Give a customer a card."""

    slug = "create-contact-identifier"
    entity = "contacts"
    label = _("Add a card")
    summary = _("Gives a customer a card: a new one, or one that belongs to nobody.")
    button = _("Add the card")
    icon = "id-card"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = CreateContactIdentifierForm
    sample = {"contact_uuid": "mira.jansen@example.test", "contact_identifier_value": "CARD-FRESH"}
    result_template = "contacts/_identifier.html"
    result_type = ContactIdentifier
    is_bulk = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same card for the same customer."""
        return [data["contact_uuid"].uuid, data[VALUE]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one, and who has it now."""
        return Sentence(
            _("%(who)s gave %(customer)s the card %(card)s"),
            _("give %(customer)s the card %(card)s"),
            {"customer": matter.customer(), "card": matter.asked(VALUE)},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ContactIdentifier:
        """Link it, or make it."""
        asked = {"contact_identifier_value": data[VALUE], "contact_uuid": data["contact_uuid"].uuid}
        if data[IS_KNOWN]:
            return services.link_contact_identifier(piggy, **asked)
        return services.create_contact_identifier(piggy, **asked)

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whose the card is."""
        value = entry.data[VALUE]
        card = find_card(piggy, value)
        evidence = Evidence(what=gettext("Card"), value=_state_of(card))
        if card and card.value != value:
            return undecided(gettext("Piggy gave another card than it was asked for."))
        if card and card.active is False:
            words = gettext("The card is switched off, and Piggy does not tell whose.")
            return undecided(words, evidence)
        if card and owner_of(card) == entry.data["contact_uuid"]:
            return done(gettext("The customer has the card."), evidence, result=card)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), evidence)
        if card_changed_since(entry, value).exists():
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, evidence)
        return not_done(gettext("The customer does not have the card."), evidence)


def _state_of(card: ContactIdentifier | None) -> str:
    """Say of a card whose it is, without who that is."""
    if card is None:
        return gettext("is not there")
    return owner_of(card) or gettext("belongs to nobody")

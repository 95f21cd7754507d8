"""Taking a card from its customer, so that it can be given to another."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action, LookUp
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.card_forms import CardForm, KnownCardForm, look_at
from piggyadmin.contacts.cards import VALUE, card_changed_since, find_card, owner_of
from piggyadmin.contacts.types import ContactIdentifier
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import done, has_settled, not_done, undecided
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient


class UnlinkContactIdentifierForm(KnownCardForm):
    """A card that is somebody's, and is on: of another one Piggy would not take the link away."""

    def clean(self) -> dict[str, object]:
        """Refuse a card that is nobody's, or off."""
        data = super().clean()
        card = data.get("card")
        if not isinstance(card, ContactIdentifier):
            return data
        if card.active is False:
            self.add_error(VALUE, _("This card is switched off. Switch it on first."))
        elif not owner_of(card):
            self.add_error(VALUE, _("This card belongs to nobody."))
        return data


@register
class UnlinkContactIdentifier(Action[ContactIdentifier, None]):
    """Take a card from its customer."""

    slug = "unlink-contact-identifier"
    entity = "contacts"
    label = _("Take a card away")
    summary = _("The card belongs to nobody afterwards, and can be given to somebody else.")
    button = _("Take the card away")
    icon = "unlink"
    effect = Effect.WRITE
    role = Role.STAFF
    look_up_form_class = CardForm
    form_class = UnlinkContactIdentifierForm
    sample = {"contact_identifier_value": "CARD-0001"}
    found_template = "contacts/_identifier_found.html"
    result_template = "contacts/_identifier.html"
    result_type = ContactIdentifier

    def sentence(self, matter: Matter) -> Sentence:
        """Say which one, and from whom."""
        return Sentence(
            _("%(who)s took the card %(card)s from %(customer)s"),
            _("take the card %(card)s from %(customer)s"),
            {"customer": matter.customer(), "card": matter.asked(VALUE)},
        )

    def look_up(self, piggy: PiggyClient, data: Data) -> LookUp:
        """Find the card and whose it is."""
        return LookUp(initial={VALUE: data[VALUE]}, found=look_at(piggy, data[VALUE]))

    def perform(self, piggy: PiggyClient, data: Data) -> ContactIdentifier:
        """Take it."""
        return services.unlink_contact_identifier(piggy, contact_identifier_value=data[VALUE])

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whether it still is whose it was."""
        value, before = entry.data[VALUE], entry.data["contact_uuid"]
        card = find_card(piggy, value)
        if card is None or card.value != value:
            return undecided(gettext("Piggy does not know this card any more."))
        if card.active is False:
            words = gettext("The card is switched off, and Piggy does not tell whose.")
            return undecided(words)
        evidence = Evidence(
            what=gettext("Card"), value=owner_of(card) or gettext("belongs to nobody")
        )
        if owner_of(card) != before:
            return done(gettext("It is no longer this customer's."), evidence, result=card)
        if not has_settled(entry):
            return undecided(gettext("It is not so yet. Piggy may still be at it."), evidence)
        if card_changed_since(entry, value).exists():
            words = gettext("It is not so, but somebody may have changed it again since.")
            return undecided(words, evidence)
        return not_done(gettext("It is still this customer's."), evidence)

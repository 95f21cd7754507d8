"""Making contacts of whom nobody knows more than a card, or not even that."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts import services
from piggyadmin.contacts.card_forms import TakenForm
from piggyadmin.contacts.cards import VALUE, find_card, owner_of
from piggyadmin.contacts.creation import CreatedContact, judge_created
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import undecided, window
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import difference
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.ui.forms import CodeField

# So many of the newest contacts are looked at for one without a card.
NEWEST = 30


class CreateAnonymousContactForm(TakenForm):
    """A card, or none."""

    contact_identifier_value = CodeField(
        label=_("Card"),
        required=False,
        help_text=_("A new card, or one that belongs to nobody. Left open: without a card."),
    )

    def clean(self) -> dict[str, Any]:
        """Say whose the card is, if it is somebody's."""
        data = super().clean()
        if (value := data.get(VALUE)) and not self.failure:
            try:
                self.insist_on_free_card(VALUE, value)
            except PiggyError as error:
                self.failure = error
        return data


@register
class CreateAnonymousContact(Action[CreatedContact, None]):
    """Make a contact without an address."""

    slug = "create-anonymous-contact"
    entity = "contacts"
    label = _("Create an anonymous customer")
    summary = _("A customer without an e-mail address, with or without a card.")
    button = _("Create the customer")
    icon = "user-round-plus"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = CreateAnonymousContactForm
    sample = {"contact_identifier_value": "CARD-FRESH"}
    result_template = "contacts/_created.html"
    result_type = CreatedContact

    def sentence(self, matter: Matter) -> Sentence:
        """Say with which card."""
        if card := matter.asked(VALUE):
            return Sentence(
                _("%(who)s created an anonymous customer with the card %(card)s"),
                _("create an anonymous customer with the card %(card)s"),
                {"card": card},
            )
        return Sentence(
            _("%(who)s created an anonymous customer"), _("create an anonymous customer"), {}
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look whose the card is, and since when; without a card nothing tells who it would be."""
        value = entry.data[VALUE]
        if not value:
            return _without_card(piggy, entry)
        card = find_card(piggy, value)
        if card and card.active is False:
            return undecided(gettext("The card is switched off, and Piggy does not tell whose."))
        owner = owner_of(card) if card else ""
        found = services.find_contact(piggy, contact_uuid=owner) if owner else None
        return judge_created(piggy, entry, found)

    def perform(self, piggy: PiggyClient, data: Data) -> CreatedContact:
        """Make it, with a card that may be there already."""
        uuid = services.create_anonymous_contact(
            piggy, contact_identifier_value=data[VALUE] or None
        )
        return CreatedContact(uuid=uuid)


def _without_card(piggy: PiggyClient, entry: Entry) -> Finding:
    """Show those of the newest contacts that may be it, and leave it to a person."""
    page = services.list_contacts(piggy, page=1, limit=NEWEST, sort="-created_at")
    begin, _end = window(entry, difference(piggy.account))
    evidence = [_as_evidence(each) for each in page.items if _may_be(each, begin)]
    words = gettext(
        "Nothing tells which of the anonymous customers it would be. Look, then decide."
    )
    return undecided(words, *evidence)


def _may_be(contact: Contact, begin: datetime) -> bool:
    is_new = contact.created_at is None or contact.created_at >= begin
    return contact.is_anonymous is True and is_new


def _as_evidence(contact: Contact) -> Evidence:
    return Evidence(
        what=gettext("Anonymous customer"), value=contact.uuid or "", at=contact.created_at
    )

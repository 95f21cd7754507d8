"""The forms in which a card is meant, and what they say of one that is somebody's already."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import ActionForm
from piggyadmin.contacts import services
from piggyadmin.contacts.cards import VALUE, find_card, owner_of, with_card
from piggyadmin.contacts.traces import last_owner
from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.ui.forms import CodeField

HELP = _("The number on the card, or whatever identifies.")


class OfCard(ActionForm):
    """A form that may be opened at an address that names a card by its key."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *args: Any,
        piggy: PiggyClient,
        initial: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        failure = None
        try:
            data, initial = with_card(piggy, data), with_card(piggy, initial)
        except PiggyError as error:
            failure = error
        super().__init__(data, *args, piggy=piggy, initial=initial, **kwargs)
        self.failure = failure


class CardForm(OfCard):
    """Which card."""

    contact_identifier_value = CodeField(label=_("Card"), help_text=HELP)


class KnownCardForm(CardForm):
    """A card that was found first, with whose it is."""

    contact_identifier_value = CodeField(
        label=_("Card"), widget=forms.TextInput(attrs={"readonly": True})
    )

    def clean(self) -> dict[str, Any]:
        """Find the card, and whose it is as far as anybody knows."""
        data = super().clean()
        if value := data.get(VALUE):
            try:
                card = look_at(self.piggy, value)
            except NotFound as error:
                self.add_error(VALUE, str(error.message))
            except PiggyError as error:
                self.failure = error
            else:
                data |= {"card": card, "contact_uuid": card.contact}
        return data

    @property
    def action_data(self) -> dict[str, Any]:
        """The card, and whose it is."""
        return {name: self.cleaned_data[name] for name in ("contact_uuid", VALUE)}


def look_at(piggy: PiggyClient, value: str) -> ContactIdentifier:
    """Find a card with whose it is: of one that is off only this console may know that.

    Raises:
        NotFound: there is none (60003).
    """
    card = services.look_at_contact_identifier(piggy, contact_identifier_value=value)
    if card.active is False and not owner_of(card):
        return card.model_copy(update={"contact": last_owner(value)})
    return card


class TakenForm(OfCard):
    """A form that asks for something of which there is one, such as a card or an address.

    Where it is somebody's already, `taken` is whose; where it is nobody's yet, `likely` is who may
    be the same person. `at_hand` is the customer for whom it was asked, if there is one.
    """

    remark_template = "contacts/_taken.html"
    taken: Contact | None = None
    likely: Contact | None = None
    at_hand: Contact | None = None

    def put_taken(self, field: str, taken: Contact) -> None:
        """Say beside a field that it is somebody's, and whose."""
        self.taken = taken
        self.add_error(field, gettext("This is somebody's already. Nothing was sent."))

    @property
    def other(self) -> Contact | None:
        """Whose it is, or who may be the same person."""
        return self.taken or self.likely

    @property
    def both(self) -> list[str]:
        """The UUIDs of whom it is asked for and of the other one, as pages of pairs name them."""
        uuids = {each.uuid for each in (self.other, self.at_hand) if each and each.uuid}
        return sorted(uuids) if len(uuids) > 1 else []

    def insist_on_free_card(self, field: str, value: str) -> ContactIdentifier | None:
        """Find a card that is to be somebody's, and say beside its field why it can't be theirs.

        Gives None for one that Piggy does not know, which can be made.

        Raises:
            PiggyError: as the services do.
        """
        card = find_card(self.piggy, value)
        if card is None:
            return None
        if card.active is False:
            words = _("This card is switched off. Switch it on first, or take another one.")
            self.add_error(field, words)
        elif not owner_of(card):
            return card
        elif self.at_hand and owner_of(card) == self.at_hand.uuid:
            self.add_error(field, _("This card is this customer's already."))
        else:
            owner = services.get_contact(self.piggy, contact_uuid=owner_of(card))
            self.put_taken(field, owner)
        return card

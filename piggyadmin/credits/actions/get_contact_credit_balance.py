"""Looking up how many credits a contact has."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactForm
from piggyadmin.contacts.types import Contact
from piggyadmin.credits import services
from piggyadmin.ledger.operations import Data, Effect, Stored
from piggyadmin.piggy.client import PiggyClient


class CreditBalance(Stored):
    """Whose balance it is, and how many credits."""

    contact: Contact
    balance: int


@register
class GetContactCreditBalance(Action[CreditBalance, None]):
    """Look up how many credits a contact has."""

    slug = "get-contact-credit-balance"
    entity = "credits"
    label = _("Look up a credit balance")
    summary = _("How many credits a customer has, by e-mail, card number or UUID.")
    button = _("Look up")
    icon = "coins"
    effect = Effect.READ
    role = Role.SUPPORT
    form_class = ContactForm
    sample = {"contact_uuid": "mira.jansen@example.test"}
    result_template = "credits/_balance.html"
    is_bulk = True

    def answer_columns(self, result: CreditBalance) -> dict[str, Any]:
        """Tell the balance, and of whom."""
        return {"contact_uuid": result.contact.uuid, "credits": result.balance}

    def perform(self, piggy: PiggyClient, data: Data) -> CreditBalance:
        """Ask for the balance of the contact that the form found."""
        contact = data["contact_uuid"]
        balance = services.get_credit_balance(piggy, contact_uuid=contact.uuid)
        return CreditBalance(contact=contact, balance=balance)

"""Sessions at a till: a page at which a customer identifies, pays or collects."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding
from piggyadmin.ledger.reconciliation_evidence import not_done
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.portal import services
from piggyadmin.portal.types import PortalSession
from piggyadmin.shops.forms import ShopField
from piggyadmin.ui.forms import MoneyField

PAYS_WITH_GIFTCARDS = "redeem-giftcards"
PURPOSES = {
    "": _("Only to identify"),
    "credit-reception": _("Receive credits"),
    "vouchers": _("Use vouchers"),
    PAYS_WITH_GIFTCARDS: _("Pay with gift cards"),
    "top-up-giftcards": _("Top up gift cards"),
    "pay-prepaid": _("Pay with the prepaid balance"),
    "top-up-prepaid": _("Top up the prepaid balance"),
}


class CreatePortalSessionForm(ActionForm):
    """Where, what for, and for whom if that is known."""

    contact_uuid = ContactField(
        required=False, help_text=_("Left open: the customer identifies at the till.")
    )
    shop_uuid = ShopField()
    purpose = forms.ChoiceField(label=_("What for"), required=False, choices=list(PURPOSES.items()))
    amount = MoneyField(
        label=_("Amount"), required=False, help_text=_("Only to pay with gift cards.")
    )
    folded = ("amount",)

    def clean(self) -> dict[str, Any]:
        """Insist on an amount where that is what it is for, and on none elsewhere."""
        data = super().clean()
        pays, amount = data.get("purpose") == PAYS_WITH_GIFTCARDS, data.get("amount")
        if "amount" in self.errors:
            return data
        if pays and not amount:
            self.add_error("amount", _("Say how much is to be paid."))
        elif amount is not None and not pays:
            self.add_error("amount", _("An amount is only for paying with gift cards."))
        return data


@register
class CreatePortalSession(Action[PortalSession, None]):
    """Begin a session of the portal at a shop."""

    slug = "create-portal-session"
    entity = "contacts"
    label = _("Begin a session at the till")
    summary = _("A page of the portal at which a customer identifies, pays or collects in a shop.")
    button = _("Begin the session")
    icon = "monitor-smartphone"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = CreatePortalSessionForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
        "purpose": "",
        "amount": "",
    }
    # Whoever has its address can use it: it is shown once, and kept nowhere.
    result_template = "portal/_session.html"
    is_deduplicated = False

    def sentence(self, matter: Matter) -> Sentence:
        """Say where, and for whom if that was known."""
        parts = {"shop": matter.shop(), "customer": matter.customer()}
        if matter.asked("contact_uuid"):
            return Sentence(
                _("%(who)s began a session at %(shop)s for %(customer)s"),
                _("begin a session at %(shop)s for %(customer)s"),
                parts,
            )
        return Sentence(
            _("%(who)s began a session at %(shop)s"), _("begin a session at %(shop)s"), parts
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """A session whose address was lost is of use to nobody; another one does no harm."""
        words = gettext("Nobody received the session. Beginning another one does no harm.")
        return not_done(words)

    def perform(self, piggy: PiggyClient, data: Data) -> PortalSession:
        """Begin it."""
        contact, amount = data["contact_uuid"], data["amount"]
        return services.create_portal_session(
            piggy,
            shop_uuid=data["shop_uuid"],
            purpose=data["purpose"] or None,
            contact_uuid=contact.uuid if contact else None,
            amount_in_cents=None if amount is None else int(amount * 100),
        )

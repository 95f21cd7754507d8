"""Reversing a prepaid transaction: Piggy books the opposite of it, once."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import Choices
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactForm
from piggyadmin.contacts.reversals import (
    ListOfOneContact,
    OneOfContactForm,
    ReversalAction,
    refuse_reversed,
)
from piggyadmin.contacts.timeline import own_rows
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Finding, Refused
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.prepaid import read_back, services
from piggyadmin.prepaid.booking import PrepaidChange
from piggyadmin.prepaid.types import PrepaidTransaction
from piggyadmin.ui.forms import CodeField
from piggyadmin.ui.templatetags.ui import cents, in_words

FIELD = "prepaid_transaction_uuid"
SLUG = "reverse-prepaid-transaction"


def _offered(piggy: PiggyClient, contact_uuid: str) -> Choices:
    """List the newest ones as people know them: how much, when and where."""
    page = services.list_prepaid_transactions(
        piggy, contact_uuid=contact_uuid, limit=read_back.PAGE
    )
    own = own_rows(page.items, contact_uuid)
    return [(row.uuid or "", _in_list(row)) for row in own if row.uuid]


def _in_list(row: PrepaidTransaction) -> str:
    sign = "+" if (row.amount_in_cents or 0) > 0 else ""
    when = in_words(row.created_at) if row.created_at else ""
    shop = (row.shop and row.shop.name) or ""
    return " · ".join(filter(None, (f"{sign}{cents(row.amount_in_cents)}", when, shop)))


class WhosePrepaidForm(ContactForm):
    """Whose transaction; a link may say which one, too."""

    prepaid_transaction_uuid = CodeField(required=False, widget=forms.HiddenInput)


class ReversePrepaidTransactionForm(OneOfContactForm):
    """Which transaction of a contact, from the list of them or by its UUID."""

    prepaid_transaction_uuid: CodeField = ListOfOneContact(
        label=_("What was booked"), of_contact=_offered, reversed_by=SLUG
    )


@register
class ReversePrepaidTransaction(ReversalAction[PrepaidTransaction, PrepaidChange]):
    """Reverse a prepaid transaction."""

    slug = SLUG
    field = FIELD
    entity = "prepaid"
    label = _("Reverse prepaid")
    summary = _("Takes back a top-up or a payment, wholly; Piggy allows it once.")
    look_up_form_class = WhosePrepaidForm
    form_class = ReversePrepaidTransactionForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        FIELD: "c0ffee00-0000-4000-8000-000000000900",
    }
    preview_template = "prepaid/_change.html"
    result_template = "prepaid/_transaction.html"
    result_type = PrepaidTransaction

    def sentence(self, matter: Matter) -> Sentence:
        """Say how much of whose, and in which direction."""
        adds = matter.preview.get("adds_cents")
        amount = gettext("an amount") if adds is None else cents(abs(adds))
        parts = {"customer": matter.customer(), "amount": amount}
        if adds is not None and adds > 0:
            return Sentence(
                _("%(who)s gave %(customer)s back %(amount)s that was paid from prepaid"),
                _("give %(customer)s back %(amount)s that was paid from prepaid"),
                parts,
            )
        return Sentence(
            _("%(who)s took back %(amount)s of prepaid from %(customer)s"),
            _("take back %(amount)s of prepaid from %(customer)s"),
            parts,
        )

    def preview(self, piggy: PiggyClient, data: Data) -> PrepaidChange:
        """Find it among what the contact has.

        Raises:
            Refused: it is not there, it was reversed here before, or there is too little left.
        """
        contact, uuid = data["contact_uuid"], data[FIELD]
        refuse_reversed(SLUG, FIELD, uuid)
        rows = read_back.transactions(piggy, contact.uuid or "")
        row = next((each for each in rows if each.uuid == uuid and _is_of(each, contact)), None)
        if row is None or not row.amount_in_cents:
            raise Refused({FIELD: gettext("This customer has no such transaction.")})
        amount, balance = row.amount_in_cents, contact.prepaid_cents or 0
        if balance < amount:
            words = gettext("Only %(balance)s of it is left, so it cannot be taken back.")
            raise Refused({FIELD: words % {"balance": cents(balance)}})
        words = gettext("Take %(amount)s back") if amount > 0 else gettext("Give %(amount)s back")
        return PrepaidChange(
            contact=contact,
            shop_uuid=(row.shop and row.shop.uuid) or "",
            shop_name=(row.shop and row.shop.name) or "",
            adds_cents=-amount,
            balance_cents=balance,
            button=words % {"amount": cents(abs(amount))},
        )

    def perform(self, piggy: PiggyClient, data: Data) -> PrepaidTransaction:
        """Have Piggy book the opposite; its answer holds the balance after."""
        return services.reverse_prepaid_transaction(piggy, prepaid_transaction_uuid=data[FIELD])

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for the opposite among the contact's transactions."""
        return read_back.search(piggy, entry)


def _is_of(row: PrepaidTransaction, contact: Any) -> bool:
    return row.contact is None or row.contact.uuid in {None, contact.uuid}

"""Reversing a credit reception: Piggy books the opposite of it, once."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext, ngettext
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
from piggyadmin.contacts.types import Contact
from piggyadmin.credits import read_back, services
from piggyadmin.credits.types import CreditReception, LoyaltyTransaction
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Finding, Preview, Quantity, Refused
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import every_item
from piggyadmin.ui.forms import CodeField
from piggyadmin.ui.templatetags.ui import credits as credits_words
from piggyadmin.ui.templatetags.ui import in_words, number

RECEPTION = "credit_reception"
# So many of the newest stand in the list; an older one is found by its UUID.
MOST_OFFERED = 50
FIELD = "credit_reception_uuid"


def receptions(piggy: PiggyClient, contact_uuid: str) -> Iterator[LoyaltyTransaction]:
    """List what a contact was given, the newest first; Piggy may give others' as well."""
    everything = every_item(
        lambda page: services.list_loyalty_transactions(
            piggy, contact_uuid=contact_uuid, page=page, limit=read_back.TRANSACTIONS_PAGE
        )
    )
    for row in everything:
        is_contacts = row.contact is None or row.contact.uuid == contact_uuid
        if row.uuid and row.type in {RECEPTION, None} and is_contacts:
            yield row


def _offered(piggy: PiggyClient, contact_uuid: str) -> Choices:
    """List the newest ones as people know them: how many, when and where."""
    page = services.list_loyalty_transactions(
        piggy, contact_uuid=contact_uuid, type="credit_receptions", limit=MOST_OFFERED
    )
    own = own_rows(page.items, contact_uuid)
    return [(row.uuid or "", _in_list(row)) for row in own if row.uuid]


def _in_list(row: LoyaltyTransaction) -> str:
    sign = "+" if (row.credits or 0) > 0 else ""
    when = in_words(row.created_at) if row.created_at else ""
    shop = (row.shop and row.shop.name) or ""
    return " · ".join(filter(None, (f"{sign}{number(row.credits)}", when, shop)))


class ReceptionToReverse(Preview):
    """A credit reception, and what reversing it would do."""

    contact: Contact
    reception_uuid: str
    credits: int
    created_at: datetime | None
    shop_uuid: str
    shop_name: str
    balance: int
    reference: str | None

    @property
    def gives(self) -> int:
        """How many credits it would give; negative takes."""
        return -self.credits

    @property
    def takes(self) -> int:
        """How many credits it would take back."""
        return self.credits

    @property
    def balance_after(self) -> int:
        """The balance, in credits, if nothing else happens meanwhile."""
        return self.balance - self.credits

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        count = abs(self.credits)
        if self.credits < 0:
            words = ngettext("Give %(count)s credit back", "Give %(count)s credits back", count)
        else:
            words = ngettext("Take %(count)s credit back", "Take %(count)s credits back", count)
        return words % {"count": number(count)}

    def decisive(self) -> dict[str, Any]:
        """Agree to which reception, of whom, and its number; the balance may move on meanwhile."""
        uuid, whose = self.reception_uuid, self.contact.uuid
        return {"reception": uuid, "contact": whose, "credits": self.credits}


class WhoseReceptionForm(ContactForm):
    """Whose reception; a link may say which one, too."""

    credit_reception_uuid = CodeField(required=False, widget=forms.HiddenInput)


class ReverseCreditReceptionForm(OneOfContactForm):
    """Which reception of a contact, from the list of them or by its UUID."""

    credit_reception_uuid: CodeField = ListOfOneContact(
        label=_("What was given"), of_contact=_offered, reversed_by="reverse-credit-reception"
    )


@register
class ReverseCreditReception(ReversalAction[CreditReception, ReceptionToReverse]):
    """Reverse a credit reception."""

    slug = "reverse-credit-reception"
    credits_moved = Quantity(("preview.credits",), sign=-1)
    field = FIELD
    entity = "credits"
    label = _("Reverse a credit reception")
    summary = _("Takes back what was given at one time, wholly; Piggy allows it once.")
    look_up_form_class = WhoseReceptionForm
    form_class = ReverseCreditReceptionForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        FIELD: "c0ffee00-0000-4000-8000-000000000612",
    }
    preview_template = "credits/_reception_to_reverse.html"
    result_template = "credits/_reception.html"
    result_type = CreditReception

    def sentence(self, matter: Matter) -> Sentence:
        """Say how many credits, of whom, and in which shop."""
        count = matter.preview.get("credits")
        what = gettext("credits") if count is None else credits_words(abs(count))
        shop = matter.preview.get("shop_name") or gettext("a shop")
        parts = {"customer": matter.customer(), "what": what, "shop": shop}
        if count is not None and count < 0:
            return Sentence(
                _("%(who)s gave %(customer)s back %(what)s that had been taken at %(shop)s"),
                _("give %(customer)s back %(what)s that had been taken at %(shop)s"),
                parts,
            )
        return Sentence(
            _("%(who)s took back %(what)s that %(customer)s had been given at %(shop)s"),
            _("take back %(what)s that %(customer)s had been given at %(shop)s"),
            parts,
        )

    def preview(self, piggy: PiggyClient, data: Data) -> ReceptionToReverse:
        """Find it among what the contact was given.

        Raises:
            Refused: it is not there, or it was reversed here before.
        """
        contact, uuid = data["contact_uuid"], data[FIELD]
        refuse_reversed(self.slug, FIELD, uuid)
        given = receptions(piggy, contact.uuid or "")
        row = next((each for each in given if each.uuid == uuid), None)
        if row is None or not row.credits:
            raise Refused(
                {FIELD: gettext("This customer was given nothing that is known by this.")}
            )
        return ReceptionToReverse(
            contact=contact,
            reception_uuid=uuid,
            credits=row.credits,
            created_at=row.created_at,
            shop_uuid=(row.shop and row.shop.uuid) or "",
            shop_name=(row.shop and row.shop.name) or "",
            balance=contact.credits or 0,
            reference=row.console_reference,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> CreditReception:
        """Have Piggy book the opposite; its answer holds the balance after."""
        return services.reverse_credit_reception(piggy, credit_reception_uuid=data[FIELD])

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for the opposite, which has the reference of what it is the opposite of, or none."""
        references = {None, "", (entry.preview or {}).get("reference")}
        itself = entry.data[FIELD]
        return read_back.find_reversal(
            piggy,
            entry,
            may_be=lambda row: row.console_reference in references and row.uuid != itself,
        )

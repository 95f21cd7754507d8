"""Giving credits, and finding out whether they were given when the answer was lost."""

from decimal import Decimal
from functools import partial
from typing import Any

from django.conf import settings
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.outliers import ask_if_unusual
from piggyadmin.actions.registry import register
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact
from piggyadmin.credits import read_back, services
from piggyadmin.credits.forms import UnitField
from piggyadmin.credits.types import CreditReception, LoyaltyTransaction, Unit
from piggyadmin.credits.wording import credits_for
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Preview, Quantity
from piggyadmin.ledger.reconciliation_evidence import (
    accounted_for,
    claimants,
    clocks_differ,
    own_row,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import Difference, difference
from piggyadmin.piggy.concurrency import gather
from piggyadmin.shops.forms import ShopField
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.forms import MoneyField, WholeNumberField
from piggyadmin.ui.templatetags.ui import credits as credits_words
from piggyadmin.ui.templatetags.ui import number

# Nobody means to give more at once; a card number scanned into the wrong field is caught here.
MOST_CREDITS = 1_000_000
# Above this is asked about while the ledger does not tell yet what is usual here.
UNUSUAL_AT_FIRST = 10_000


class CreditsToGive(Preview):
    """What a credit reception would do."""

    contact: Contact
    shop_name: str
    unit_label: str
    gives: int
    is_calculated: bool
    balance: int

    @property
    def balance_after(self) -> int:
        """The balance, in credits, if nothing else happens meanwhile."""
        return self.balance + self.gives

    @property
    def takes(self) -> int:
        """How many credits it would take back."""
        return -self.gives

    @property
    def button(self) -> str:
        """Repeat on the button what will happen, and to how many."""
        count = abs(self.gives)
        if self.gives < 0:
            words = ngettext("Take %(count)s credit", "Take %(count)s credits", count)
        else:
            words = ngettext("Give %(count)s credit", "Give %(count)s credits", count)
        return words % {"count": number(count)}

    def decisive(self) -> dict[str, Any]:
        """Agree to who gets how much where; the balance may move on meanwhile."""
        return {"contact": self.contact.uuid, "shop": self.shop_name, "gives": self.gives}


class CreateCreditReceptionForm(ActionForm):
    """Who gets credits, where, and how many or for what amount."""

    either = (("credits",), ("unit_value", "unit_name"))
    folded = ("unit_name",)

    contact_uuid = ContactField()
    shop_uuid = ShopField()
    credits = WholeNumberField(
        label=_("Credits"),
        required=False,
        min_value=-MOST_CREDITS,
        max_value=MOST_CREDITS,
        help_text=_("A fixed number of credits. Negative takes credits back."),
    )
    unit_value = MoneyField(
        label=_("Amount"),
        required=False,
        min_value=Decimal("0.01"),
        max_value=MOST_CREDITS,
        help_text=_("What was spent; your loyalty rules turn it into credits."),
    )
    unit_name = UnitField(
        required=False, help_text=_("Of the amount. Left open, it is the account's default unit.")
    )

    def clean(self) -> dict[str, Any]:
        """Insist on credits or an amount: one of them, not both and not none."""
        data = super().clean()
        if {"credits", "unit_value"} & set(self.errors):
            return data
        credits_given, amount = data.get("credits"), data.get("unit_value")
        if credits_given == 0:
            self.add_error("credits", _("Zero credits would change nothing. Enter another number."))
        elif credits_given is None and amount is None:
            self.add_error("credits", _("Fill in credits or an amount: one of the two."))
        elif credits_given is not None and amount is not None:
            self.add_error("unit_value", _("Fill in credits or an amount, not both."))
        else:
            self._ask_if_unusual()
        if amount is None:
            data["unit_name"] = ""  # the unit is the amount's
        return data

    def _ask_if_unusual(self) -> None:
        """Ask about far more than is usual: a card may have been scanned into the wrong field."""
        asked = partial(ask_if_unusual, self, [CreateCreditReception.slug], UNUSUAL_AT_FIRST)
        asked("credits", limit=settings.CREDITS_UNUSUAL_ABOVE)
        asked("unit_value")


@register
class CreateCreditReception(Action[CreditReception, CreditsToGive]):
    """Give a contact credits."""

    slug = "create-credit-reception"
    entity = "credits"
    label = _("Give credits")
    summary = _("Give a customer credits, as a number or for an amount spent.")
    button = _("Give these credits")
    icon = "hand-coins"
    effect = Effect.WRITE
    credits_moved = Quantity(("preview.gives", "data.credits"))
    role = Role.STAFF
    form_class = CreateCreditReceptionForm
    sample = {
        "contact_uuid": "mira.jansen@example.test",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
        "credits": "25",
    }
    preview_template = "credits/_credits_to_give.html"
    result_template = "credits/_reception.html"
    result_type = CreditReception
    undone_by = "reverse-credit-reception"
    asks_reason = True
    is_bulk = True

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same contact and the same number or amount, wherever and in whatever unit."""
        return [data["contact_uuid"].uuid, data["credits"], data["unit_value"]]

    def sentence(self, matter: Matter) -> Sentence:
        """Say how many credits, or for which amount, and in which shop."""
        count, amount = matter.asked("credits"), matter.asked("unit_value")
        parts = {"customer": matter.customer(), "shop": matter.shop()}
        if count is None:
            label = matter.preview.get("unit_label") or matter.asked("unit_name")
            parts["what"] = credits_for(amount, Unit(label=label))
        else:
            parts["what"] = credits_words(abs(count))
        if count is not None and count < 0:
            return Sentence(
                _("%(who)s took %(what)s from %(customer)s at %(shop)s"),
                _("take %(what)s from %(customer)s at %(shop)s"),
                parts,
            )
        return Sentence(
            _("%(who)s gave %(customer)s %(what)s at %(shop)s"),
            _("give %(customer)s %(what)s at %(shop)s"),
            parts,
        )

    def undo(self, entry: Entry, result: CreditReception) -> dict[str, str] | None:
        """Reverse the reception, by its UUID."""
        if not result.credits or not result.uuid:
            return None
        whose = str(entry.data["contact_uuid"])
        return {"contact_uuid": whose, "credit_reception_uuid": result.uuid}

    def preview(self, piggy: PiggyClient, data: Data) -> CreditsToGive:
        """Let Piggy calculate what an amount gives; rules that depend on time may still differ."""
        contact = data["contact_uuid"]
        gives, shops, units = gather(
            partial(self._gives, piggy, data),
            partial(cached_shops, piggy),
            partial(services.cached_units, piggy),
        )
        return CreditsToGive(
            contact=contact,
            shop_name=next((s.name for s in shops if s.uuid == data["shop_uuid"]), None)
            or data["shop_uuid"],
            unit_label=_unit_label(units, data["unit_name"]),
            gives=gives,
            is_calculated=data["credits"] is None,
            balance=contact.credits or 0,
        )

    @staticmethod
    def _gives(piggy: PiggyClient, data: Data) -> int:
        if data["credits"] is not None:
            return int(data["credits"])
        return services.calculate_credits(
            piggy,
            shop_uuid=data["shop_uuid"],
            unit_value=data["unit_value"],
            contact_uuid=data["contact_uuid"].uuid,
            unit_name=data["unit_name"] or None,
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for the reception among the contact's transactions."""
        rows = read_back.transactions(piggy, entry)
        is_all = len(rows) <= read_back.MOST_TRANSACTIONS
        reference = own_reference.written(entry)
        own = [row for row in rows if reference and row.console_reference == reference]
        if own:
            return _by_reference(entry, own)
        rows = _unclaimed(entry, rows)
        if reference and own_reference.is_kept(piggy, REFERENCE_PLACE):
            rows = []  # what does not carry the reference is somebody else's
        clock = difference(piggy.account)
        found = [row for row in rows if read_back.fits(entry, row, clock) is not False]
        if not found:
            return read_back.nothing_found(entry, is_all=is_all)
        return _by_comparison(entry, rows, found, clock)

    def answer_columns(self, result: CreditReception) -> dict[str, Any]:
        """Tell how many, and by what it can be reversed."""
        return {"credit_reception_uuid": result.uuid, "credits_given": result.credits}

    def perform(self, piggy: PiggyClient, data: Data) -> CreditReception:
        """Book the credits; Piggy's answer holds the balance after."""
        return services.create_credit_reception(
            piggy,
            shop_uuid=data["shop_uuid"],
            contact_uuid=data["contact_uuid"].uuid,
            credits=data["credits"],
            unit_value=data["unit_value"],
            unit_name=data["unit_name"] or None,
            attributes={own_reference.NAME: own_reference.take(piggy, REFERENCE_PLACE)},
        )


def _make_reference_attribute(piggy: PiggyClient) -> None:
    services.create_loyalty_transaction_attribute(
        piggy,
        name=own_reference.NAME,
        data_type="text",
        label=gettext("Reference of the console"),
        description=gettext("By this the console finds what it has booked."),
    )


REFERENCE_PLACE = own_reference.ReferenceAttribute(
    "loyalty_transaction", _make_reference_attribute, services.list_loyalty_transaction_attributes
)


def _unclaimed(entry: Entry, rows: list[LoyaltyTransaction]) -> list[LoyaltyTransaction]:
    """Leave out what carries another entry's reference, and what another one is known to be."""
    others = accounted_for(entry, also=read_back.BOOKING)
    return [row for row in rows if not row.console_reference and row.uuid not in others]


def _by_reference(entry: Entry, own: list[LoyaltyTransaction]) -> Finding:
    """Judge what carries the entry's own reference, whenever it was made.

    What takes it back later may carry it too, with the opposite number.
    """
    evidence = [read_back.as_evidence(row) for row in own]
    rows = [
        row
        for row in own
        if read_back.is_contacts(entry, row) and read_back.fits_number(entry.data, row)
    ]
    if len(rows) > 1:
        return undecided(gettext("Piggy has this reception more than once."), *evidence)
    if not rows:
        words = gettext("What carries the console's reference is not what was asked for.")
        return undecided(words, *evidence)
    return read_back.found_to_be(rows[0])


def _by_comparison(
    entry: Entry, rows: list[LoyaltyTransaction], found: list[LoyaltyTransaction], clock: Difference
) -> Finding:
    """Judge what fits as far as it can be compared."""
    evidence = [read_back.as_evidence(row) for row in found]
    if not clock.is_trusted:
        return undecided(clocks_differ(clock), *evidence)
    others = claimants(entry, "contact_uuid")
    row = own_row(
        entry, others, rows, lambda each, row: read_back.fits(each, row, clock) is not False
    )
    if row is None:
        words = gettext("More than one answer fits: compare what was found with what was asked.")
        return undecided(words, *evidence)
    if read_back.is_rivalled(entry) or not read_back.fits(entry, row, clock):
        words = gettext("There is one that may be it, but Piggy does not tell all about it.")
        return undecided(words, *evidence)
    return read_back.found_to_be(row)


def _unit_label(units: list[Unit], name: str) -> str:
    """Give the label of the unit of this name, or of the default one where no name is given."""
    for unit in units:
        if unit.name == name or (not name and unit.is_default):
            return unit.label or unit.name or name
    return name

"""Codes for receipts, with which whoever has the receipt claims its credits."""

from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.outliers import ask_if_unusual
from piggyadmin.actions.registry import register
from piggyadmin.credits.forms import UnitField
from piggyadmin.credits.services import cached_units, calculate_credits
from piggyadmin.credits.types import Unit
from piggyadmin.credits.wording import credits_for
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Preview, Stored
from piggyadmin.ledger.reconciliation_evidence import not_done
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.loyalty_tokens import services
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.shops.forms import ShopField
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.forms import CodeField, MoneyField, WholeNumberField
from piggyadmin.ui.qr import qr_picture
from piggyadmin.ui.templatetags.ui import credits as credits_words
from piggyadmin.ui.templatetags.ui import number

MOST_CREDITS = 100_000
# Above this is asked about while the ledger does not tell yet what is usual here.
UNUSUAL_AT_FIRST = 10_000


class ReceiptCode(Stored):
    """The address at which a receipt's credits are claimed: a secret."""

    address: str

    @property
    def picture(self) -> str:
        """The address as a QR code."""
        return qr_picture(self.address)


class ReceiptCodeToMake(Preview):
    """What a receipt's code would give."""

    shop_name: str
    gives: int
    is_calculated: bool

    @property
    def button(self) -> str:
        """Repeat on the button what the code gives."""
        words = ngettext(
            "Make the code for %(count)s credit", "Make the code for %(count)s credits", self.gives
        )
        return words % {"count": number(self.gives)}


class LoyaltyTokenForm(ActionForm):
    """Where, and how many credits or for which amount."""

    either = (("credits",), ("unit_value", "unit_name"))
    folded = ("unit_name", "unique_id")

    shop_uuid = ShopField()
    credits = WholeNumberField(
        label=_("Credits"), required=False, min_value=1, max_value=MOST_CREDITS
    )
    unit_value = MoneyField(
        label=_("Amount"),
        required=False,
        min_value=Decimal("0.01"),
        help_text=_("What was spent; your loyalty rules turn it into credits."),
    )
    unit_name = UnitField(
        required=False, help_text=_("Of the amount. Left open, it is the account's default unit.")
    )
    unique_id = CodeField(
        label=_("Number of the receipt"),
        required=False,
        help_text=_("Counts once: a receipt gives its credits once. Left open, it gets one."),
    )

    def clean(self) -> dict[str, Any]:
        """Insist on credits or an amount; an amount is in some unit, and Piggy wants it named."""
        data = super().clean()
        if {"credits", "unit_value"} & set(self.errors):
            return data
        ask_if_unusual(self, [CreateLoyaltyToken.slug], UNUSUAL_AT_FIRST, "credits")
        given, amount = data.get("credits"), data.get("unit_value")
        if given is None and amount is None:
            self.add_error("credits", _("Fill in credits or an amount: one of the two."))
        elif given is not None and amount is not None:
            self.add_error("unit_value", _("Fill in credits or an amount, not both."))
        elif amount is not None and not data.get("unit_name"):
            data["unit_name"] = self._default_unit()
        return data

    def _default_unit(self) -> str:
        """Give the name of the account's default unit; say that one must be chosen if none is."""
        try:
            units = cached_units(self.piggy)
        except PiggyError as error:
            self.failure = error
            return ""
        name = next((unit.name for unit in units if unit.is_default), None)
        if not name:
            self.add_error("unit_name", _("This account has no default unit. Choose one."))
        return name or ""


@register
class CreateLoyaltyToken(Action[ReceiptCode, ReceiptCodeToMake]):
    """Make a code for a receipt, with which its credits are claimed."""

    slug = "create-loyalty-token"
    entity = "loyalty_tokens"
    label = _("Make a loyalty code")
    summary = _("A QR code for a receipt: whoever scans it first gets the credits.")
    button = _("Make the code")
    icon = "qr-code"
    # Piggy keeps nothing of it, but who made what that gives credits has to stand in the ledger.
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = LoyaltyTokenForm
    sample = {"shop_uuid": "c0ffee00-0000-4000-8000-000000000101", "credits": "25"}
    preview_template = "loyalty_tokens/_to_make.html"
    result_template = "loyalty_tokens/_code.html"
    asks_reason = True
    is_deduplicated = False

    def sentence(self, matter: Matter) -> Sentence:
        """Say how many credits, or for which amount, and in which shop."""
        count = matter.asked("credits")
        what = credits_words(count)
        if count is None:
            what = credits_for(matter.asked("unit_value"), Unit(name=matter.asked("unit_name")))
        return Sentence(
            _("%(who)s made a loyalty code for %(what)s at %(shop)s"),
            _("make a loyalty code for %(what)s at %(shop)s"),
            {"what": what, "shop": matter.shop()},
        )

    def preview(self, piggy: PiggyClient, data: Data) -> ReceiptCodeToMake:
        """Let Piggy calculate what an amount gives; it may differ for whoever claims it."""
        gives, shops = gather(partial(_gives, piggy, data), partial(cached_shops, piggy))
        shop_uuid = data["shop_uuid"]
        return ReceiptCodeToMake(
            shop_name=next((s.name for s in shops if s.uuid == shop_uuid), None) or shop_uuid,
            gives=gives,
            is_calculated=data["credits"] is None,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> ReceiptCode:
        """Have Piggy sign the address."""
        address = services.create_loyalty_token(
            piggy,
            version="v2" if data["credits"] is None else "v1",
            shop_id=data["shop_uuid"],
            unique_id=data["unique_id"] or str(uuid4()),
            credits=data["credits"],
            unit_name=data["unit_name"] or None,
            unit_value=data["unit_value"],
        )
        return ReceiptCode(address=address)

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:  # noqa: ARG002
        """A code whose answer was lost is known to nobody: it does no harm to make another."""
        return not_done(gettext("Nobody received the code. Making another one does no harm."))


def _gives(piggy: PiggyClient, data: Data) -> int:
    """Give how many credits it is about."""
    if data["credits"] is not None:
        return int(data["credits"])
    return calculate_credits(
        piggy,
        shop_uuid=data["shop_uuid"],
        unit_value=data["unit_value"],
        unit_name=data["unit_name"],
    )

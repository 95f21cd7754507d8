"""What putting prepaid money in and paying with it have in common."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.outliers import ask_if_unusual
from piggyadmin.contacts.forms import ContactField
from piggyadmin.contacts.types import Contact
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Preview, Words
from piggyadmin.ledger.sentences import Matter
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.prepaid import read_back, services
from piggyadmin.prepaid.types import PrepaidTransaction
from piggyadmin.shops.forms import ShopField
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.forms import MoneyField
from piggyadmin.ui.templatetags.ui import cents

CENTS = 100
MOST_EUROS = 100_000
# Above this, in euros, is asked about while the ledger does not tell yet what is usual here.
UNUSUAL_AT_FIRST = 500


class PrepaidForm(ActionForm):
    """Whose prepaid money, how much of it, and where."""

    contact_uuid = ContactField()
    amount = MoneyField(
        label=_("Amount"),
        min_value=Decimal("0.01"),
        max_value=MOST_EUROS,
        help_text=_("In euros: 10.40 or 10,40."),
    )
    shop_uuid = ShopField()
    # The actions by which it is known what is usual.
    slugs: ClassVar[Sequence[str]] = ("top-up-prepaid", "pay-prepaid")

    def clean(self) -> dict[str, Any]:
        """Ask about far more than is usual: a code may have been scanned into the amount."""
        data = super().clean()
        if "amount" not in self.errors:
            ask_if_unusual(self, self.slugs, UNUSUAL_AT_FIRST, "amount")
        return data


class PrepaidChange(Preview):
    """What would become of a contact's prepaid balance, in cents."""

    contact: Contact
    shop_uuid: str
    shop_name: str
    adds_cents: int
    balance_cents: int
    button: str

    @property
    def after_cents(self) -> int:
        """The balance if nothing else happens meanwhile."""
        return self.balance_cents + self.adds_cents

    def decisive(self) -> dict[str, Any]:
        """Agree to whose, how much and where; the balance may move on meanwhile."""
        whose, where = self.contact.uuid, self.shop_uuid
        return {"contact": whose, "shop": where, "adds_cents": self.adds_cents}


class PrepaidBooking(Action[PrepaidTransaction, PrepaidChange]):
    """Books prepaid money; subclasses say in which direction."""

    entity = "prepaid"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = PrepaidForm
    preview_template = "prepaid/_change.html"
    result_template = "prepaid/_transaction.html"
    result_type = PrepaidTransaction
    undone_by = "reverse-prepaid-transaction"
    # 1 puts money in, -1 takes it.
    direction: ClassVar[int]
    # The button, with a place for the amount.
    button_with_amount: ClassVar[Words]

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same contact and the same amount, wherever."""
        return [data["contact_uuid"].uuid, str(data["amount"])]

    def cents_of(self, data: Data) -> int:
        """Give by how many cents it changes the balance."""
        return self.direction * int(data["amount"] * CENTS)

    def preview(self, piggy: PiggyClient, data: Data) -> PrepaidChange:
        """Say what the balance will be."""
        contact, shop_uuid = data["contact_uuid"], data["shop_uuid"]
        names = {shop.uuid: shop.name for shop in cached_shops(piggy)}
        amount = self.cents_of(data)
        return PrepaidChange(
            contact=contact,
            shop_uuid=shop_uuid,
            shop_name=names.get(shop_uuid) or shop_uuid,
            adds_cents=amount,
            balance_cents=contact.prepaid_cents or 0,
            button=str(self.button_with_amount) % {"amount": cents(abs(amount))},
        )

    def parts(self, matter: Matter) -> dict[str, str]:
        """Name whom, how much and where, for the sentence."""
        asked = matter.asked("amount")
        amount = cents(round(Decimal(str(asked)) * CENTS)) if asked else gettext("an amount")
        return {"customer": matter.customer(), "amount": amount, "shop": matter.shop()}

    def perform(self, piggy: PiggyClient, data: Data) -> PrepaidTransaction:
        """Book it; Piggy's answer holds the balance after."""
        return services.create_prepaid_transaction(
            piggy,
            amount_in_cents=self.cents_of(data),
            shop_uuid=data["shop_uuid"],
            contact_uuid=data["contact_uuid"].uuid,
        )

    def undo(self, entry: Entry, result: PrepaidTransaction) -> dict[str, str] | None:
        """Reverse it, by its UUID."""
        if not result.uuid:
            return None
        whose = str(entry.data["contact_uuid"])
        return {"contact_uuid": whose, "prepaid_transaction_uuid": result.uuid}

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for it among the contact's transactions."""
        return read_back.search(piggy, entry)

"""Taking back what was booked last on a gift card."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import register
from piggyadmin.giftcards import services
from piggyadmin.giftcards.forms import GiftcardTransactionField
from piggyadmin.giftcards.transactions import (
    all_transactions,
    as_evidence,
    in_time,
    last_transaction,
    nothing_found,
)
from piggyadmin.giftcards.types import Giftcard, GiftcardTransaction
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Preview, Refused
from piggyadmin.ledger.reconciliation_evidence import (
    clocks_differ,
    compared,
    done,
    same,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import difference
from piggyadmin.ui.templatetags.ui import cents, in_words


class TransactionToReverse(Preview):
    """A transaction that would be taken back; amounts in cents."""

    giftcard_transaction_uuid: str
    giftcard_uuid: str
    card: str
    amount_in_cents: int
    shop_uuid: str
    shop_name: str
    booked_at: datetime | None
    balance: int
    console_reference: str

    @property
    def balance_after(self) -> int:
        """What would be on the card, in cents."""
        return self.balance - self.amount_in_cents

    @property
    def amount(self) -> str:
        """How much comes back or goes."""
        return cents(abs(self.amount_in_cents))

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        words = gettext("Take %(amount)s off the card again")
        if self.amount_in_cents < 0:
            words = gettext("Put %(amount)s back on the card")
        return words % {"amount": self.amount}

    def decisive(self) -> dict[str, Any]:
        """Agree to which transaction; it fixes card, amount and shop."""
        return {"transaction": self.giftcard_transaction_uuid, "amount": self.amount_in_cents}


class ReverseGiftcardTransactionForm(ActionForm):
    """Which one: the last of a card, or by its UUID."""

    giftcard_transaction_uuid = GiftcardTransactionField()


@register
class ReverseGiftcardTransaction(Action[GiftcardTransaction, TransactionToReverse]):
    """Book the opposite of the last transaction of a gift card."""

    slug = "reverse-giftcard-transaction"
    entity = "giftcards"
    label = _("Reverse a gift card transaction")
    summary = _("Takes back what was booked last on a gift card. Nothing before it can be.")
    button = _("Reverse it")
    icon = "undo-2"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = ReverseGiftcardTransactionForm
    sample = {"giftcard_transaction_uuid": "GIFT-0001"}
    preview_template = "giftcards/_to_reverse.html"
    result_template = "giftcards/_moved.html"
    result_type = GiftcardTransaction
    asks_reason = True

    def sentence(self, matter: Matter) -> Sentence:
        """Say how much, and on which card."""
        parts = {
            "amount": cents(matter.preview.get("amount_in_cents")),
            "card": matter.preview.get("card") or "",
        }
        return Sentence(
            _("%(who)s reversed %(amount)s on gift card %(card)s"),
            _("reverse %(amount)s on gift card %(card)s"),
            parts,
        )

    def preview(self, piggy: PiggyClient, data: Data) -> TransactionToReverse:
        """Show what was booked, if it can still be taken back.

        Raises:
            Refused: it was reversed already, or something was booked after it.
        """
        uuid = data["giftcard_transaction_uuid"]
        row = services.get_giftcard_transaction(piggy, giftcard_transaction_uuid=uuid)
        card = services.get_giftcard(piggy, giftcard_uuid=(row.card and row.card.uuid) or "")
        _refuse_what_is_not_last(row, last_transaction(piggy, card))
        _refuse_too_little(row, card)
        return TransactionToReverse(
            giftcard_transaction_uuid=uuid,
            giftcard_uuid=card.uuid or "",
            card=card.masked,
            amount_in_cents=row.amount_in_cents or 0,
            shop_uuid=(row.shop and row.shop.uuid) or "",
            shop_name=(row.shop and row.shop.name) or "",
            booked_at=row.created_at,
            balance=card.amount_in_cents or 0,
            console_reference=row.console_reference or "",
        )

    def perform(self, piggy: PiggyClient, data: Data) -> GiftcardTransaction:
        """Have Piggy book the opposite."""
        uuid = data["giftcard_transaction_uuid"]
        return services.reverse_giftcard_transaction(piggy, giftcard_transaction_uuid=uuid)

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look at what follows it: only the last can be reversed, so that nothing is between."""
        shown = TransactionToReverse.model_validate(entry.preview)
        rows, is_all = all_transactions(piggy, shown.giftcard_uuid)
        places = [number for number, row in enumerate(rows) if row.uuid == _asked(entry)]
        if not places:
            return undecided(gettext("Piggy does not list the transaction any more."))
        following = rows[places[0] + 1 : places[0] + 2]
        if not following:
            return nothing_found(entry, as_evidence(rows[places[0]]), is_all=is_all)
        return _judged(entry, shown, following[0], piggy, is_all=is_all)


def _asked(entry: Entry) -> str:
    uuid: str = entry.data["giftcard_transaction_uuid"]
    return uuid


def _judged(
    entry: Entry,
    shown: TransactionToReverse,
    row: GiftcardTransaction,
    piggy: PiggyClient,
    *,
    is_all: bool,
) -> Finding:
    """Judge what was booked right after it; of our own making is what has another reference."""
    clock = difference(piggy.account)
    is_opposite = compared(
        same(row.amount_in_cents, -shown.amount_in_cents),
        same(row.shop and row.shop.uuid, shown.shop_uuid or None),
        row.console_reference in {None, "", shown.console_reference},
    )
    if is_opposite is False:
        return nothing_found(entry, as_evidence(row), is_all=is_all)
    if not clock.is_trusted:
        return undecided(clocks_differ(clock), as_evidence(row))
    fits = compared(is_opposite, in_time(entry, row, clock))
    if fits is None:
        words = gettext("Something was booked after it, but Piggy does not tell all about it.")
        return undecided(words, as_evidence(row))
    if not fits:
        return nothing_found(entry, as_evidence(row), is_all=is_all)
    return done(gettext("Piggy has reversed it."), as_evidence(row), result=row)


def _refuse_what_is_not_last(row: GiftcardTransaction, last: GiftcardTransaction | None) -> None:
    """Say who reversed it, or that something was booked since."""
    if last is None or last.uuid == row.uuid:
        return
    before = Entry.objects.filter(
        action=ReverseGiftcardTransaction.slug,
        data__giftcard_transaction_uuid=row.uuid,
        status__state__in=HAPPENED,
    ).first()
    if before:
        words = gettext("This was reversed already, by %(name)s on %(when)s.")
        words %= {"name": before.person_name, "when": in_words(before.created_at)}
    elif last.amount_in_cents == -(row.amount_in_cents or 0):
        words = gettext("The opposite was booked on this card since: it was reversed already.")
    else:
        words = gettext(
            "Something else was booked on this card since. Only the last transaction "
            "of a gift card can be reversed."
        )
    raise Refused({"giftcard_transaction_uuid": words})


def _refuse_too_little(row: GiftcardTransaction, card: Giftcard) -> None:
    """Say that what was put on the card is spent."""
    balance = card.amount_in_cents or 0
    if balance < (row.amount_in_cents or 0):
        words = gettext("There is too little left on this gift card to take that off: %(balance)s.")
        raise Refused({"giftcard_transaction_uuid": words % {"balance": cents(balance)}})

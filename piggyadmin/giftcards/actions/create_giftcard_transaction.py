"""Putting money on a gift card and paying with it, and whether that was done when in doubt."""

from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.base import Action
from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.outliers import ask_if_unusual
from piggyadmin.actions.registry import register
from piggyadmin.giftcards import services
from piggyadmin.giftcards.forms import GiftcardField
from piggyadmin.giftcards.transactions import (
    REFERENCE_PLACE,
    all_transactions,
    as_evidence,
    in_time,
    nothing_found,
    possible_reversals,
)
from piggyadmin.giftcards.types import Giftcard, GiftcardProgram, GiftcardTransaction
from piggyadmin.ledger import own_reference
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Data, Effect, Finding, Preview, Refused
from piggyadmin.ledger.reconciliation_evidence import (
    accounted_for,
    claimants,
    clocks_differ,
    compared,
    done,
    own_row,
    same,
    undecided,
)
from piggyadmin.ledger.sentences import Matter, Sentence
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import Difference, difference
from piggyadmin.piggy.concurrency import gather
from piggyadmin.shops.forms import ShopField
from piggyadmin.shops.services import cached_shops
from piggyadmin.ui.forms import MoneyField
from piggyadmin.ui.templatetags.ui import CENTS_PER_EURO, cents, euros

PAY, TOP_UP = "pay", "top-up"
KINDS = {PAY: _("Pay with it"), TOP_UP: _("Put money on it")}
# Above this many euros is asked about while the ledger does not tell yet what is usual here.
UNUSUAL_AT_FIRST = 500


class MoneyToMove(Preview):
    """What a transaction would do to a gift card; amounts in cents."""

    giftcard_uuid: str
    card: str
    program_name: str
    shop_name: str
    moves: int
    balance: int

    @property
    def balance_after(self) -> int:
        """What would be on it, in cents, if nothing else happens meanwhile."""
        return self.balance + self.moves

    @property
    def amount(self) -> str:
        """The amount, whichever way it goes."""
        return cents(abs(self.moves))

    @property
    def button(self) -> str:
        """Repeat on the button what will happen."""
        words = gettext("Pay %(amount)s") if self.moves < 0 else gettext("Put %(amount)s on it")
        return words % {"amount": self.amount}

    def decisive(self) -> dict[str, Any]:
        """Agree to how much on which card where; what is on it may move on meanwhile."""
        return {"card": self.giftcard_uuid, "shop": self.shop_name, "moves": self.moves}


class GiftcardTransactionForm(ActionForm):
    """Which card, how much, which way and where."""

    giftcard_uuid = GiftcardField()
    kind = forms.ChoiceField(
        label=_("What to do"), choices=list(KINDS.items()), widget=forms.RadioSelect
    )
    amount = MoneyField(
        label=_("Amount"),
        min_value=Decimal("0.01"),
        max_value=100_000,
        help_text=_("In euros: 10.40 or 10,40."),
    )
    shop_uuid = ShopField()

    def clean(self) -> dict[str, Any]:
        """Ask about far more than is usual: a card may have been scanned into the wrong field."""
        data = super().clean()
        ask_if_unusual(self, [CreateGiftcardTransaction.slug], UNUSUAL_AT_FIRST, "amount")
        return data


def amount_in_cents(data: Data) -> int:
    """Give what is asked as the API wants it: in cents, negative to spend."""
    amount = int(Decimal(str(data["amount"])) * CENTS_PER_EURO)
    return -amount if data["kind"] == PAY else amount


@register
class CreateGiftcardTransaction(Action[GiftcardTransaction, MoneyToMove]):
    """Put money on a gift card, or pay with it."""

    slug = "create-giftcard-transaction"
    entity = "giftcards"
    label = _("Pay or top up a gift card")
    summary = _("Takes an amount from a gift card, or puts one on it.")
    button = _("Book it")
    icon = "wallet-cards"
    effect = Effect.WRITE
    role = Role.STAFF
    form_class = GiftcardTransactionForm
    sample = {
        "giftcard_uuid": "GIFT-0001",
        "kind": "pay",
        "amount": "5,00",
        "shop_uuid": "c0ffee00-0000-4000-8000-000000000101",
    }
    preview_template = "giftcards/_money_to_move.html"
    result_template = "giftcards/_moved.html"
    result_type = GiftcardTransaction

    def deduplication_data(self, data: Data) -> list[Any]:
        """The same amount of the same card, wherever."""
        return [data["giftcard_uuid"], amount_in_cents(data)]

    def sentence(self, matter: Matter) -> Sentence:
        """Say how much, which way, on which card and in which shop."""
        parts = {
            "amount": euros(matter.asked("amount")),
            "card": matter.preview.get("card") or "",
            "shop": matter.shop(),
        }
        if matter.asked("kind") == PAY:
            return Sentence(
                _("%(who)s took %(amount)s from gift card %(card)s at %(shop)s"),
                _("take %(amount)s from gift card %(card)s at %(shop)s"),
                parts,
            )
        return Sentence(
            _("%(who)s put %(amount)s on gift card %(card)s at %(shop)s"),
            _("put %(amount)s on gift card %(card)s at %(shop)s"),
            parts,
        )

    def preview(self, piggy: PiggyClient, data: Data) -> MoneyToMove:
        """Look at the card; what cannot be is said before Piggy is asked for it.

        Raises:
            Refused: the card cannot be used, or there is too little or no more room on it.
        """
        card, shops, programs = gather(
            partial(services.get_giftcard, piggy, giftcard_uuid=data["giftcard_uuid"]),
            partial(cached_shops, piggy),
            partial(services.cached_giftcard_programs, piggy),
        )
        program = _program_of(card, programs)
        moves = amount_in_cents(data)
        _refuse_what_cannot_be(card, program, moves)
        shop_uuid = data["shop_uuid"]
        return MoneyToMove(
            giftcard_uuid=card.uuid or "",
            card=card.masked,
            program_name=(program and program.name) or "",
            shop_name=next((s.name for s in shops if s.uuid == shop_uuid), None) or shop_uuid,
            moves=moves,
            balance=card.amount_in_cents or 0,
        )

    def perform(self, piggy: PiggyClient, data: Data) -> GiftcardTransaction:
        """Book it."""
        reference = own_reference.take(piggy, REFERENCE_PLACE)
        return services.create_giftcard_transaction(
            piggy,
            giftcard_uuid=data["giftcard_uuid"],
            amount_in_cents=amount_in_cents(data),
            shop_uuid=data["shop_uuid"],
            custom_attributes={own_reference.NAME: reference} if reference else None,
        )

    def read_back(self, piggy: PiggyClient, entry: Entry) -> Finding:
        """Look for it among the card's transactions."""
        rows, is_all = all_transactions(piggy, entry.data["giftcard_uuid"])
        reference = own_reference.written(entry)
        own = [row for row in rows if reference and row.console_reference == reference]
        if own:
            return _by_reference(entry, own)
        reversals = possible_reversals(rows)
        others = accounted_for(entry)
        rows = [row for row in rows if not row.console_reference and row.uuid not in others]
        if reference and own_reference.is_kept(piggy, REFERENCE_PLACE):
            rows = []  # what does not carry the reference is somebody else's
        clock = difference(piggy.account)
        fits = partial(_fits, clock=clock, reversals=reversals)
        found = [row for row in rows if fits(entry, row) is not False]
        if not found:
            return nothing_found(entry, is_all=is_all)
        evidence = [as_evidence(row) for row in found]
        if not clock.is_trusted:
            return undecided(clocks_differ(clock), *evidence)
        rivals = claimants(entry, "giftcard_uuid")
        row = own_row(entry, rivals, rows, lambda each, row: fits(each, row) is not False)
        if row is None or not fits(entry, row):
            words = gettext("Compare what was found with what was asked: it may be another one.")
            return undecided(words, *evidence)
        return _found(row)


def _by_reference(entry: Entry, own: list[GiftcardTransaction]) -> Finding:
    """Judge what carries the entry's own reference; what reverses it may carry it too."""
    rows = [row for row in own if row.amount_in_cents == amount_in_cents(entry.data)]
    if len(rows) == 1:
        return _found(rows[0])
    words = gettext("What carries the console's reference is not what was asked for.")
    return undecided(words, *map(as_evidence, own))


def _found(row: GiftcardTransaction) -> Finding:
    return done(gettext("Piggy has this transaction."), as_evidence(row), result=row)


def _fits(
    entry: Entry, row: GiftcardTransaction, clock: Difference, reversals: set[str | None]
) -> bool | None:
    """Tell whether a transaction is what was asked: how much, where and when."""
    return compared(
        same(row.card and row.card.uuid, entry.data["giftcard_uuid"]),
        same(row.amount_in_cents, amount_in_cents(entry.data)),
        same(row.shop and row.shop.uuid, entry.data["shop_uuid"]),
        in_time(entry, row, clock),
        None if row.uuid in reversals else True,
    )


def _program_of(card: Giftcard, programs: list[GiftcardProgram]) -> GiftcardProgram | None:
    """Give the card's program as the list tells it, which tells more than the card does."""
    uuid = card.giftcard_program and card.giftcard_program.uuid
    return next((each for each in programs if each.uuid == uuid), card.giftcard_program)


def _refuse_what_cannot_be(card: Giftcard, program: GiftcardProgram | None, moves: int) -> None:
    """Say what the card cannot do, beside the field that has to change."""
    balance = card.amount_in_cents or 0
    most = program.max_amount_in_cents if program else None
    if card.active is False:
        raise Refused({"giftcard_uuid": gettext("This gift card is switched off.")})
    if card.is_expired:
        words = gettext("This gift card is past its date and can no longer be used.")
        raise Refused({"giftcard_uuid": words})
    if balance + moves < 0:
        words = gettext(
            "There is too little on this gift card: %(balance)s. Enter that or less, "
            "and have the rest paid in another way."
        )
        raise Refused({"amount": words % {"balance": cents(balance)}})
    if moves > 0 and most is not None and balance + moves > most:
        words = gettext("A card of this program holds %(most)s at most; %(balance)s is on it now.")
        raise Refused({"amount": words % {"most": cents(most), "balance": cents(balance)}})

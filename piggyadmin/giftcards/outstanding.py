"""What is still on the gift cards of a program: the sum over the cards that Piggy lists."""

from collections.abc import Iterable
from typing import NamedTuple

from piggyadmin.giftcards.services import list_giftcards
from piggyadmin.giftcards.types import Giftcard
from piggyadmin.ledger.reconciliation_evidence import same
from piggyadmin.piggy.client import PiggyClient

CARDS_PAGE = 100


class Outstanding(NamedTuple):
    """What is on a program's cards, in cents, and over how many of them it was counted.

    `cannot_be_spent` is the part that is on cards that are past their date or switched off.
    `listed` is how many cards there are, where Piggy tells.
    """

    amount: int
    cannot_be_spent: int
    counted: int
    listed: int | None
    is_all: bool


def outstanding(piggy: PiggyClient, program_uuid: str, *, most_pages: int) -> Outstanding:
    """Sum up what is on the cards of so many pages of a program's list, one call each."""
    cards: dict[str, Giftcard] = {}
    for number in range(1, most_pages + 1):
        page = list_giftcards(
            piggy, giftcard_program_uuid=program_uuid, page=number, limit=CARDS_PAGE
        )
        cards |= {card.uuid or "": card for card in page.items if _is_of(program_uuid, card)}
        if not page.has_more:
            break
    return _summed(cards.values(), page.total, is_all=not page.has_more)


def _is_of(program_uuid: str, card: Giftcard) -> bool:
    """Leave out what a list gives although it was not asked for."""
    return same(card.giftcard_program and card.giftcard_program.uuid, program_uuid) is not False


def _summed(cards: Iterable[Giftcard], listed: int | None, *, is_all: bool) -> Outstanding:
    amounts = [(card.amount_in_cents or 0, card.status == "ACTIVE") for card in cards]
    return Outstanding(
        amount=sum(amount for amount, _usable in amounts),
        cannot_be_spent=sum(amount for amount, usable in amounts if not usable),
        counted=len(amounts),
        listed=listed,
        is_all=is_all,
    )

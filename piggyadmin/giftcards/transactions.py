"""What was booked on a gift card, and what of it an entry of the ledger may have booked."""

from datetime import UTC, datetime
from itertools import islice, pairwise
from typing import NamedTuple

from django.utils.translation import gettext

from piggyadmin.custom_attributes.reference import reference_attribute
from piggyadmin.giftcards import services
from piggyadmin.giftcards.types import Giftcard, GiftcardTransaction
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import has_settled, not_done, same, undecided, window
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import Difference
from piggyadmin.piggy.types import Page, every_item
from piggyadmin.ui.templatetags.ui import cents

# How many transactions of a card are looked through for one whose answer was lost, and how many
# come with one call.
MOST_TRANSACTIONS = 1_000
TRANSACTIONS_PAGE = 100
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

REFERENCE_PLACE = reference_attribute("giftcard_transaction")


class Booked(NamedTuple):
    """The transactions of a card, oldest first, and whether these are all."""

    rows: list[GiftcardTransaction]
    is_all: bool


def transactions_page(
    piggy: PiggyClient, card: Giftcard, *, page: int = 1, limit: int = 30
) -> Page[GiftcardTransaction]:
    """List a card's transactions, the newest first; Piggy may give others' as well."""
    found = services.list_giftcard_transactions(
        piggy, giftcard_hash=card.hash, page=page, limit=limit
    )
    return found.model_copy(update={"items": [r for r in found.items if _is_of(card, r)]})


def _is_of(card: Giftcard, row: GiftcardTransaction) -> bool:
    return same(row.card and row.card.uuid, card.uuid) is not False


def all_transactions(piggy: PiggyClient, giftcard_uuid: str) -> Booked:
    """List what was booked on a card, as far as it can be looked through."""
    card = services.get_giftcard(piggy, giftcard_uuid=giftcard_uuid)
    everything = every_item(
        lambda page: services.list_giftcard_transactions(
            piggy, giftcard_hash=card.hash, page=page, limit=TRANSACTIONS_PAGE
        )
    )
    several = list(islice(everything, MOST_TRANSACTIONS + 1))
    # One that comes in between two pages pushes another one onto the next page once more.
    rows = {row.uuid or number: row for number, row in enumerate(several)}.values()
    own = [row for row in reversed(rows) if _is_of(card, row)]
    own.sort(key=lambda row: row.created_at or LONG_AGO)
    return Booked(own, is_all=len(several) <= MOST_TRANSACTIONS)


def last_transaction(piggy: PiggyClient, card: Giftcard) -> GiftcardTransaction | None:
    """Give what was booked on a card last; None where nothing was."""
    rows = transactions_page(piggy, card, limit=1).items
    return rows[0] if rows else None


def possible_reversals(rows: list[GiftcardTransaction]) -> set[str | None]:
    """Name those that may take back the one right before them."""
    return {
        later.uuid
        for before, later in pairwise(rows)
        if later.amount_in_cents == -(before.amount_in_cents or 0)
    }


def in_time(entry: Entry, row: GiftcardTransaction, clock: Difference) -> bool | None:
    """Tell whether a transaction was made while an entry was at it; None where unknown."""
    if row.created_at is None or not clock.is_trusted:
        return None
    begin, end = window(entry, clock)
    return begin <= row.created_at <= end


def nothing_found(entry: Entry, *evidence: Evidence, is_all: bool) -> Finding:
    """Judge that nothing at Piggy can be it."""
    if not is_all:
        return undecided(gettext("The card has more transactions than can be looked at."))
    if not has_settled(entry):
        words = gettext("Piggy has no such transaction yet. It may still be at it.")
        return undecided(words, *evidence)
    return not_done(gettext("Piggy has no such transaction."), *evidence)


def as_evidence(row: GiftcardTransaction) -> Evidence:
    """Show a transaction beside what was asked."""
    return Evidence(
        what=gettext("Transaction %(uuid)s") % {"uuid": row.uuid},
        value=cents(row.amount_in_cents),
        at=row.created_at,
        fits=True,
    )

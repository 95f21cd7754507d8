"""Finding out whether credits were booked when Piggy's answer was lost."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from django.utils.translation import gettext

from piggyadmin.credits import services
from piggyadmin.credits.types import CreditReception, LoyaltyTransaction
from piggyadmin.ledger.models import OPEN, Entry
from piggyadmin.ledger.operations import Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    accounted_for,
    compared,
    done,
    has_settled,
    not_done,
    same,
    sent_at,
    undecided,
    window,
)
from piggyadmin.ledger.row_search import RowSearch
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import Difference, difference
from piggyadmin.piggy.types import every_item
from piggyadmin.ui.templatetags.ui import credits as credits_words

# How many of a contact's transactions are looked through for one whose answer was lost, and how
# many come with one call.
MOST_TRANSACTIONS = 2_000
TRANSACTIONS_PAGE = 100
# They are listed from so long before on that no clock or time zone leaves out what is looked for.
LOOKED_BACK = timedelta(days=2)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
# Whatever books credits: what one of them made is not another one's.
BOOKING = (
    "create-credit-reception",
    "reverse-credit-reception",
    "reverse-reward-reception",
    "claim-loyalty-token",
)


def transactions(piggy: PiggyClient, entry: Entry) -> list[LoyaltyTransaction]:
    """List all of a contact's since then, oldest first; Piggy may give others' as well.

    Gives more than MOST_TRANSACTIONS where there are more.
    """
    everything = every_item(
        lambda page: services.list_loyalty_transactions(
            piggy,
            contact_uuid=entry.data["contact_uuid"],
            created_from=sent_at(entry) - LOOKED_BACK,
            page=page,
            limit=TRANSACTIONS_PAGE,
        )
    )
    several = islice(everything, MOST_TRANSACTIONS + 1)
    # One that comes in between two pages pushes another one onto the next page once more.
    rows = {each.uuid or number: each for number, each in enumerate(several)}.values()
    return sorted(rows, key=lambda row: row.created_at or LONG_AGO)


def find_reversal(
    piggy: PiggyClient, entry: Entry, *, may_be: Callable[[LoyaltyTransaction], bool]
) -> Finding:
    """Look for the opposite of a booking among those of a contact that may be it."""
    rows = transactions(piggy, entry)
    others = accounted_for(entry, also=BOOKING)
    return judge_among(
        entry,
        [row for row in rows if row.uuid not in others and may_be(row)],
        _is_reversal,
        clock=difference(piggy.account),
        is_all=len(rows) <= MOST_TRANSACTIONS,
        is_rivalled=is_rivalled(entry),
    )


def _is_reversal(entry: Entry, row: LoyaltyTransaction, clock: Difference) -> bool | None:
    """Tell whether a transaction is the opposite: whose, how many, where and when."""
    number, asked = credits_asked(entry), entry.preview or {}
    return compared(
        is_contacts(entry, row),
        None if number is None else same(row.credits, number),
        same(row.shop and row.shop.uuid, asked.get("shop_uuid") or None),
        in_time(entry, row, clock),
    )


def judge_among(
    entry: Entry,
    rows: list[LoyaltyTransaction],
    fits: Callable[[Entry, LoyaltyTransaction, Difference], bool | None],
    *,
    clock: Difference,
    is_all: bool,
    is_rivalled: bool = False,
) -> Finding:
    """Look for what an entry made among transactions that no other one is known to have made."""
    search = RowSearch(
        rows=rows,
        fits=lambda each, row: fits(each, row, clock),
        shown=as_evidence,
        result=lambda row: CreditReception.model_validate(row.model_dump()),
        clock=clock,
        is_all=is_all,
        is_rivalled=is_rivalled,
    )
    return search.judge(entry)


def fits(entry: Entry, row: LoyaltyTransaction, clock: Difference) -> bool | None:
    """Tell whether a transaction is what was given: whose, how much, where and when."""
    return compared(
        is_contacts(entry, row),
        fits_number(entry.data, row),
        same(row.shop and row.shop.uuid, entry.data["shop_uuid"]),
        in_time(entry, row, clock),
    )


def fits_number(asked: dict[str, Any], row: LoyaltyTransaction) -> bool | None:
    """Tell whether it is of as many credits as were asked for, or for the same amount."""
    if asked["credits"] is not None:
        return same(row.credits, asked["credits"])
    value = same(row.unit_value, float(asked["unit_value"]))
    if not asked["unit_name"]:
        return value
    return compared(value, same(row.unit and row.unit.name, asked["unit_name"]))


def found_to_be(row: LoyaltyTransaction) -> Finding:
    """Say that a transaction is what was asked for."""
    reception = CreditReception.model_validate(row.model_dump())
    return done(gettext("Piggy has this reception."), as_evidence(row), result=reception)


def nothing_found(entry: Entry, *, is_all: bool) -> Finding:
    """Say that it is not there, as far as that can be said."""
    if not is_all:
        return undecided(gettext("The customer has more transactions than can be looked at."))
    if not has_settled(entry):
        return undecided(gettext("Piggy has no such reception yet. It may still be at it."))
    return not_done(gettext("Piggy has no such reception."))


def in_time(entry: Entry, row: LoyaltyTransaction, clock: Difference) -> bool | None:
    """Tell whether a transaction was made when the entry's would have been."""
    if row.created_at is None or not clock.is_trusted:
        return None
    begin, end = window(entry, clock)
    return begin <= row.created_at <= end


def is_contacts(entry: Entry, row: LoyaltyTransaction) -> bool | None:
    """Tell whether a transaction is that of the entry's contact."""
    return same(row.contact and row.contact.uuid, entry.data["contact_uuid"])


def credits_asked(entry: Entry) -> int | None:
    """Give how many credits an entry books; None where rules of Piggy's decide, or nobody knows."""
    shown = entry.preview or {}
    if entry.action == "reverse-credit-reception":
        return -shown["credits"] if "credits" in shown else None
    asked: int | None = entry.data.get("credits", shown.get("gives"))
    return asked


def is_rivalled(entry: Entry) -> bool:
    """Tell whether another kind of booking that may be of as many credits is still open."""
    others = Entry.objects.filter(
        action__in=BOOKING, data__contact_uuid=entry.data["contact_uuid"], status__state__in=OPEN
    ).exclude(action=entry.action)
    asked = credits_asked(entry)
    return any(None in {asked, other} or asked == other for other in map(credits_asked, others))


def as_evidence(transaction: LoyaltyTransaction) -> Evidence:
    """Show a transaction to whoever decides."""
    return Evidence(
        what=gettext("Transaction %(uuid)s") % {"uuid": transaction.uuid},
        value=credits_words(transaction.credits),
        at=transaction.created_at,
        fits=True,
    )

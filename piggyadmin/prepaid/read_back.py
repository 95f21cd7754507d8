"""Finding out whether prepaid money was booked when Piggy's answer was lost.

Piggy keeps no reference of ours with it, so that amount, shop, contact and time are compared.
"""

from functools import partial
from itertools import islice

from django.utils.translation import gettext

from piggyadmin.ledger.models import OPEN, Entry
from piggyadmin.ledger.operations import Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import accounted_for, compared, same, window
from piggyadmin.ledger.row_search import RowSearch
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.clock import Difference, difference
from piggyadmin.piggy.types import every_item
from piggyadmin.prepaid import services
from piggyadmin.prepaid.types import PrepaidTransaction
from piggyadmin.ui.templatetags.ui import cents

# Whatever books prepaid money: what one of them made is not another one's.
BOOKING = ("top-up-prepaid", "pay-prepaid", "reverse-prepaid-transaction")
# The most that Piggy gives in one page, and how many are looked through.
PAGE = 30
MOST_TRANSACTIONS = 600


def transactions(piggy: PiggyClient, contact_uuid: str) -> list[PrepaidTransaction]:
    """List a contact's; Piggy may give others' as well. One too many tells that there are more."""
    everything = every_item(
        lambda page: services.list_prepaid_transactions(
            piggy, contact_uuid=contact_uuid, page=page, limit=PAGE
        )
    )
    return list(islice(everything, MOST_TRANSACTIONS + 1))


def amount_asked(entry: Entry) -> int | None:
    """Give by how many cents an entry changes the balance, as its preview said."""
    asked: int | None = (entry.preview or {}).get("adds_cents")
    return asked


def search(piggy: PiggyClient, entry: Entry) -> Finding:
    """Look for what an entry booked among the contact's transactions."""
    rows, clock = transactions(piggy, entry.data["contact_uuid"]), difference(piggy.account)
    others = accounted_for(entry, also=BOOKING)
    found = RowSearch(
        rows=[row for row in rows if row.uuid not in others],
        fits=partial(_fits, clock=clock),
        shown=as_evidence,
        result=lambda row: row,
        clock=clock,
        is_all=len(rows) <= MOST_TRANSACTIONS,
        is_rivalled=_is_rivalled(entry),
    )
    return found.judge(entry)


def _fits(entry: Entry, row: PrepaidTransaction, clock: Difference) -> bool | None:
    asked = entry.preview or {}
    is_in_time = None
    if row.created_at is not None and clock.is_trusted:
        begin, end = window(entry, clock)
        is_in_time = begin <= row.created_at <= end
    return compared(
        same(row.contact and row.contact.uuid, entry.data["contact_uuid"]),
        same(row.amount_in_cents, amount_asked(entry)),
        same(row.shop and row.shop.uuid, asked.get("shop_uuid") or None),
        is_in_time,
    )


def _is_rivalled(entry: Entry) -> bool:
    """Tell whether another kind of booking of the same amount is still open."""
    others = Entry.objects.filter(
        action__in=BOOKING, data__contact_uuid=entry.data["contact_uuid"], status__state__in=OPEN
    ).exclude(action=entry.action)
    return any(amount_asked(other) == amount_asked(entry) for other in others)


def as_evidence(row: PrepaidTransaction) -> Evidence:
    """Show a transaction to whoever decides."""
    return Evidence(
        what=gettext("Transaction %(uuid)s") % {"uuid": row.uuid},
        value=cents(row.amount_in_cents),
        at=row.created_at,
        fits=True,
    )

"""Calls about prepaid money, in cents."""

from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.types import Page, without_none
from piggyadmin.prepaid.types import PrepaidTransaction


def create_prepaid_transaction(
    piggy: PiggyClient,
    *,
    amount_in_cents: int,
    shop_uuid: str,
    contact_uuid: str | None = None,
    contact_identifier_value: str | None = None,
) -> PrepaidTransaction:
    """Put money in, or spend it with a negative amount, in cents.

    The contact or one of its identifiers must be given. Never repeated by itself: a repeat books
    again.

    Raises:
        NotFound: no such contact (55031), identifier (60003) or shop (1008).
        Rejected: the identifier is switched off (60004), or there is too little (1003, inferred).
    """
    body = without_none(
        amount_in_cents=amount_in_cents,
        shop_uuid=shop_uuid,
        contact_uuid=contact_uuid,
        contact_identifier_value=contact_identifier_value,
    )
    return piggy.post("prepaid-transactions", json=body).one(PrepaidTransaction)


def list_prepaid_transactions(
    piggy: PiggyClient,
    *,
    contact_uuid: str | None = None,
    shop_uuid: str | None = None,
    page: int = 1,
    limit: int = 30,
) -> Page[PrepaidTransaction]:
    """List transactions, at most 30 a page.

    Raises:
        NotFound: no such contact (55031) or shop (1008).
    """
    params = without_none(contact_uuid=contact_uuid, shop_uuid=shop_uuid, page=page, limit=limit)
    answer = piggy.get("prepaid-transactions", params=params)
    return answer.page(PrepaidTransaction, page=page, limit=limit)


def reverse_prepaid_transaction(
    piggy: PiggyClient, *, prepaid_transaction_uuid: str
) -> PrepaidTransaction:
    """Book the opposite of a transaction.

    Raises:
        Rejected: there is none, it was reversed before, or there is too little (1003, inferred).
    """
    path = f"prepaid-transactions/{path_value(prepaid_transaction_uuid)}/reverse"
    return piggy.post(path).one(PrepaidTransaction)

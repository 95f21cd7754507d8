"""Calls about gift cards: programs, cards, and money put on them and spent, in cents."""

from collections.abc import Mapping
from typing import Any

from piggyadmin.giftcards.types import (
    Giftcard,
    GiftcardProgram,
    GiftcardTransaction,
    NewGiftcardTransaction,
)
from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.errors import NotFound
from piggyadmin.piggy.types import UUID, Page, without_none
from piggyadmin.reference.cached import cached

DIGITAL = 1  # the only type of card that the API makes (docs)


# --- Cards -----------------------------------------------------------------------------------


def list_giftcard_programs(piggy: PiggyClient) -> list[GiftcardProgram]:
    """List the gift card programs."""
    return piggy.get("giftcard-programs").several(GiftcardProgram)


cached_giftcard_programs = cached(list_giftcard_programs)


def list_giftcards(
    piggy: PiggyClient,
    *,
    giftcard_program_uuid: str | None = None,
    page: int = 1,
    limit: int = 30,
) -> Page[Giftcard]:
    """List gift cards, at most 100 a page.

    Raises:
        NotFound: no such program (1100).
    """
    params = without_none(giftcard_program_uuid=giftcard_program_uuid, page=page, limit=limit)
    return piggy.get("giftcards", params=params).page(Giftcard, page=page, limit=limit)


def get_giftcard(piggy: PiggyClient, *, giftcard_uuid: str) -> Giftcard:
    """Get one gift card.

    Raises:
        NotFound: there is none (5001).
    """
    return piggy.get(f"giftcards/{path_value(giftcard_uuid)}").one(Giftcard)


def find_giftcard(piggy: PiggyClient, *, hash: str) -> Giftcard:  # noqa: A002
    """Find a gift card by exactly what stands on it.

    Raises:
        NotFound: there is none (5001).
    """
    return piggy.get("giftcards/find-one-by", params={"hash": hash}).one(Giftcard)


def resolve_giftcard(piggy: PiggyClient, *, query: str) -> Giftcard:
    """Find a gift card by its UUID, or by exactly what stands on it.

    Raises:
        NotFound: there is none (5001).
    """
    if UUID.fullmatch(query):
        try:
            return get_giftcard(piggy, giftcard_uuid=query)
        except NotFound:
            pass  # what stands on a card may look like a UUID
    return find_giftcard(piggy, hash=query)


def create_giftcard(piggy: PiggyClient, *, giftcard_program_uuid: str) -> Giftcard:
    """Make a digital gift card with nothing on it. Not repeated: a repeat makes another one.

    Raises:
        NotFound: no such program (1100).
    """
    body = {"type": DIGITAL, "giftcard_program_uuid": giftcard_program_uuid}
    return piggy.post("giftcards", json=body).one(Giftcard)


def send_giftcard(
    piggy: PiggyClient,
    *,
    giftcard_uuid: str,
    contact_uuid: str,
    email_uuid: str | None = None,
    merge_tags: Mapping[str, str] | None = None,
) -> None:
    """Mail a gift card to a contact, who must be subscribed; each call sends a mail.

    Keys of `merge_tags` begin with `custom.` (docs).

    Raises:
        NotFound: no such card (5001) or contact (55031, inferred).
        Rejected: the mail lacks the card's token (6007).
    """
    body = without_none(contact_uuid=contact_uuid, email_uuid=email_uuid, merge_tags=merge_tags)
    path = f"giftcards/{path_value(giftcard_uuid)}/send-by-email"
    piggy.post(path, json=body, any_body=True)


# --- Transactions ----------------------------------------------------------------------------


def list_giftcard_transactions(
    piggy: PiggyClient,
    *,
    giftcard_hash: str | None = None,
    giftcard_program_uuid: str | None = None,
    shop_uuid: str | None = None,
    page: int = 1,
    limit: int = 30,
) -> Page[GiftcardTransaction]:
    """List transactions of a card, a program or a shop, one of which must be given (docs).

    The docs call the limit `perPage`, the SDK `limit`: both are sent.
    """
    params = without_none(
        giftcard_hash=giftcard_hash,
        giftcard_program_uuid=giftcard_program_uuid,
        shop_uuid=shop_uuid,
        page=page,
        limit=limit,
        perPage=limit,
    )
    answer = piggy.get("giftcard-transactions", params=params)
    return answer.page(GiftcardTransaction, page=page, limit=limit)


def get_giftcard_transaction(
    piggy: PiggyClient, *, giftcard_transaction_uuid: str
) -> GiftcardTransaction:
    """Get one transaction.

    Raises:
        NotFound: there is none (5010).
    """
    path = f"giftcard-transactions/{path_value(giftcard_transaction_uuid)}"
    return piggy.get(path).one(NewGiftcardTransaction)


def create_giftcard_transaction(
    piggy: PiggyClient,
    *,
    giftcard_uuid: str,
    amount_in_cents: int,
    shop_uuid: str,
    custom_attributes: Mapping[str, Any] | None = None,
) -> GiftcardTransaction:
    """Put money on a card, or spend it with a negative amount, in cents.

    Never repeated by itself: a repeat books again.

    Raises:
        NotFound: no such card (5001) or shop (1008), inferred.
        Rejected: too little on it (5003), past its date (5002), it takes nothing more (5006), or
            not so much (5008).
    """
    body = without_none(
        giftcard_uuid=giftcard_uuid,
        amount_in_cents=amount_in_cents,
        shop_uuid=shop_uuid,
        custom_attributes=custom_attributes,
    )
    return piggy.post("giftcard-transactions", json=body).one(NewGiftcardTransaction)


def reverse_giftcard_transaction(
    piggy: PiggyClient, *, giftcard_transaction_uuid: str
) -> GiftcardTransaction:
    """Book the opposite of a card's last transaction.

    Raises:
        NotFound: there is none (5010).
        Rejected: it is not the last one (55025), or the card does not allow it (5003, 5006, 5008).
    """
    path = f"giftcard-transactions/{path_value(giftcard_transaction_uuid)}/reverse"
    return piggy.post(path).one(NewGiftcardTransaction)

"""Loyalty tokens: addresses, on receipts as QR codes, at which their credits are claimed."""

from datetime import datetime
from decimal import Decimal
from hashlib import sha1
from typing import Literal
from urllib.parse import urlencode

from piggyadmin.credits.types import CreditReception
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import without_none

# v1 gives a number of credits, v2 what an amount in a unit earns (SDK).
Version = Literal["v1", "v2"]
# A till makes those of version 3 by itself (docs of 2026); they name the shop by another key.
ClaimedVersion = Literal["v1", "v2", "v3"]


def create_loyalty_token(
    piggy: PiggyClient,
    *,
    version: Version,
    shop_id: str,
    unique_id: str,
    credits: int | None = None,  # noqa: A002
    unit_name: str | None = None,
    unit_value: Decimal | None = None,
) -> str:
    """Have the address for a receipt made; `unique_id` is the receipt's own (SDK).

    Nothing is kept at Piggy until it is claimed, so that it may be asked for again (inferred).

    Raises:
        Rejected: v1 needs credits (60018), v2 a unit and an amount (60019).
    """
    body = without_none(
        version=version,
        shop_id=shop_id,
        unique_id=unique_id,
        credits=credits,
        unit_name=unit_name,
        unit_value=unit_value,
    )
    answer = piggy.post("loyalty-tokens", json=body)
    return answer.data if isinstance(answer.data, str) and answer.data else answer.refuse()


def claim_loyalty_token(
    piggy: PiggyClient,
    *,
    version: ClaimedVersion,
    shop_id: str,
    unique_id: str,
    timestamp: int,
    hash: str,  # noqa: A002
    contact_uuid: str,
    credits: int | None = None,  # noqa: A002
    unit_name: str | None = None,
    unit_value: Decimal | None = None,
) -> CreditReception:
    """Give a contact the credits of a receipt, once (SDK); `timestamp` is in seconds since 1970.

    That one of version 3 is claimed in the same way is inferred. The amount goes along figure by
    figure as it was signed, 10.40 not being 10.4.

    Raises:
        NotFound: no such contact (55031).
        Rejected: the hash is wrong, or it was claimed before (1003, inferred).
    """
    body = without_none(
        version=version,
        **{"shop_uuid" if version == "v3" else "shop_id": shop_id},
        unique_id=unique_id,
        timestamp=timestamp,
        hash=hash,
        contact_uuid=contact_uuid,
        credits=credits,
        unit_name=unit_name,
        unit_value=None if unit_value is None else str(unit_value),
    )
    return piggy.post("loyalty-tokens/claim", json=body).one(CreditReception)


def offline_loyalty_address(
    portal: str,
    secret: str,
    *,
    shop_uuid: str,
    unique_id: str,
    at: datetime,
    credits: int | None = None,  # noqa: A002
    unit_name: str | None = None,
    unit_value: Decimal | None = None,
) -> str:
    """Make the address for a receipt without asking Piggy: version 3 (docs of 2026).

    Args:
        portal: the host of the account's portal.
        secret: the account's secret, with which the address is signed, and which is not in it.
        shop_uuid: where it was bought.
        unique_id: the receipt's own number.
        at: when it was bought.
        credits: what it gives; without it a unit and an amount of it say so.
        unit_name: the unit's name.
        unit_value: the amount in that unit.
    """
    amount = None if unit_value is None else str(unit_value)
    earned = without_none(credits=credits, unit_name=unit_name, unit_value=amount)
    receipt = {"shop_uuid": shop_uuid, "unique_id": unique_id, "timestamp": int(at.timestamp())}
    fields = {"version": "v3", **receipt, **earned}
    signed = urlencode({**fields, "secret": secret})
    digest = sha1(signed.encode()).hexdigest()  # noqa: S324  (the API's own choice)
    return f"https://{portal}/l?{urlencode({**fields, 'hash': digest})}"

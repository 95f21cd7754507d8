"""Calls about credits, units and the loyalty program."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from piggyadmin.contacts.types import ContactAttribute
from piggyadmin.credits.types import (
    CreditReception,
    Credits,
    LoyaltyProgram,
    LoyaltyTransaction,
    Unit,
)
from piggyadmin.piggy.client import Envelope, PiggyClient, path_value
from piggyadmin.piggy.types import Page, without_none
from piggyadmin.reference.cached import cached


def _certain(answer: Envelope, number: int | None) -> int:
    """Insist on a number: a balance that is missing is not a balance of zero."""
    return answer.refuse() if number is None else number


def create_credit_reception(
    piggy: PiggyClient,
    *,
    shop_uuid: str,
    contact_uuid: str,
    credits: int | None = None,  # noqa: A002
    unit_value: Decimal | None = None,
    unit_name: str | None = None,
    contact_identifier_value: str | None = None,
    pos_transaction_uuid: str | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> CreditReception:
    """Give credits: a fixed number (negative takes back), or for an amount in major units.

    `attributes` are those of loyalty transactions, which stand beside the other keys. Never
    repeated by itself: a repeat books again.

    Raises:
        Rejected: among others, too much at once (1015) or another one is under way (60001).
    """
    body = without_none(
        shop_uuid=shop_uuid,
        contact_uuid=contact_uuid,
        credits=credits,
        unit_value=unit_value,
        unit_name=unit_name,
        contact_identifier_value=contact_identifier_value,
        pos_transaction_uuid=pos_transaction_uuid,
        **(attributes or {}),
    )
    return piggy.post("credit-receptions", json=body).one(CreditReception)


def reverse_credit_reception(piggy: PiggyClient, *, credit_reception_uuid: str) -> CreditReception:
    """Take given credits back by booking the opposite."""
    path = f"credit-receptions/{path_value(credit_reception_uuid)}/reverse"
    return piggy.post(path).one(CreditReception)


def calculate_credits(
    piggy: PiggyClient,
    *,
    shop_uuid: str,
    unit_value: Decimal,
    contact_uuid: str | None = None,
    unit_name: str | None = None,
) -> int:
    """Calculate what an amount would give, in credits; rules by time may give something else."""
    params = without_none(
        shop_uuid=shop_uuid,
        unit_value=unit_value,
        contact_uuid=contact_uuid,
        unit_name=unit_name,
    )
    answer = piggy.get("credit-receptions/calculate", params=params)
    return _certain(answer, answer.one(Credits).credits)


def get_credit_balance(piggy: PiggyClient, *, contact_uuid: str) -> int:
    """Get a contact's balance, in credits.

    Raises:
        NotFound: no such contact (55031).
    """
    path = f"contacts/{path_value(contact_uuid)}/credit-balance"
    answer = piggy.get(path)
    return _certain(answer, answer.one(Credits).balance)


def list_loyalty_transactions(
    piggy: PiggyClient,
    *,
    contact_uuid: str | None = None,
    shop_uuid: str | None = None,
    type: str | None = None,  # noqa: A002
    created_from: datetime | None = None,
    page: int = 1,
    limit: int = 30,
) -> Page[LoyaltyTransaction]:
    """List transactions; `type` is credit_receptions or reward_receptions (docs).

    Not all docs have the contact and `created_from`, so that an account may ignore them.
    """
    params = without_none(
        contact_uuid=contact_uuid,
        shop_uuid=shop_uuid,
        type=type,
        page=page,
        limit=limit,
        **{"created_at[gte]": created_from},
    )
    answer = piggy.get("loyalty-transactions", params=params)
    return answer.page(LoyaltyTransaction, page=page, limit=limit)


def list_loyalty_transaction_attributes(piggy: PiggyClient) -> list[ContactAttribute]:
    """List the attributes that loyalty transactions have (docs)."""
    return piggy.get("loyalty-transaction-attributes").several(ContactAttribute)


def create_loyalty_transaction_attribute(
    piggy: PiggyClient,
    *,
    name: str,
    data_type: str,
    label: str,
    description: str | None = None,
    options: Sequence[Mapping[str, Any]] | None = None,
) -> ContactAttribute:
    """Create an attribute of loyalty transactions, for good; options are `{label, value}`.

    Raises:
        Rejected: the name is taken (60009).
    """
    body = without_none(
        name=name, data_type=data_type, label=label, description=description, options=options
    )
    return piggy.post("loyalty-transaction-attributes", json=body).one(ContactAttribute)


def get_loyalty_program(piggy: PiggyClient) -> LoyaltyProgram:
    """Get the account's loyalty program."""
    return piggy.get("loyalty-program").one(LoyaltyProgram)


def list_units(piggy: PiggyClient) -> list[Unit]:
    """List the units that amounts can be in."""
    return piggy.get("units").several(Unit)


cached_units = cached(list_units)


def create_unit(
    piggy: PiggyClient,
    *,
    name: str,
    label: str,
    prefix: str | None = None,
    is_default: bool = False,
) -> Unit:
    """Add a unit, whose name is final; without a prefix it is the name's first letter (docs).

    A new default counts for all credits that are given without a unit from then on.

    Raises:
        Rejected: there is one of this name (55045).
    """
    body = without_none(name=name, label=label, prefix=prefix, is_default=is_default)
    return piggy.post("units", json=body).one(Unit)

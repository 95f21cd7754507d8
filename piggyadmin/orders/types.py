"""Orders and what comes back of them, as Piggy takes and answers them.

Amounts are in the currency's smallest part, such as cents.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Any, ClassVar

from pydantic import AliasChoices, Field, model_validator

from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Answer, Lenient, Many, Moment, Text, Whole, without_none
from piggyadmin.shops.types import Shop

Parts = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class _Draft:
    """Something to be made, its fields named as in the API; what is None is not sent."""

    # Fields that hold the UUID of what the API wants as an object.
    references: ClassVar[tuple[str, ...]] = ()

    def body(self) -> dict[str, Any]:
        """Write it as the API wants it."""
        values = without_none(**{each.name: getattr(self, each.name) for each in fields(self)})
        return {
            name: {"uuid": value} if name in self.references else value
            for name, value in values.items()
        }


@dataclass(frozen=True, kw_only=True)
class NewOrder(_Draft):
    """An order to be made.

    `status` is CREATED, PENDING, COMPLETED or CANCELLED, `payment_status` UNPAID, PENDING or PAID.
    Each of the line items has external_identifier, name, quantity, price and total_amount (docs);
    products that are named in one and unknown are created (docs of 2026).
    """

    references = ("contact", "business_profile")

    external_identifier: str
    contact: str
    business_profile: str
    status: str
    payment_status: str
    total_order_amount: int
    line_items: Parts
    reference: str | None = None
    order_amount: int | None = None
    total_discount_amount: int | None = None
    currency: str | None = None  # ISO 4217
    paid_at: datetime | None = None
    completed_at: datetime | None = None
    applied_discounts: Parts | None = None
    charges: Parts | None = None
    payments: Parts | None = None


@dataclass(frozen=True, kw_only=True)
class NewOrderReturn(_Draft):
    """Something that came back of an order; each of the line items names a line and a quantity."""

    references = ("order",)

    external_identifier: str
    order: str
    status: str
    line_items: Parts | None = None
    sub_line_items: Parts | None = None


class OrderLine(Answer):
    """One line of an order."""

    uuid: Text = None
    external_identifier: Text = None
    name: Text = None
    quantity: Whole = None
    price: Whole = None
    total_amount: Whole = None
    discount_amount: Whole = None


class Order(Answer):
    """An order."""

    essential = ("uuid",)

    uuid: Text = None
    external_identifier: Annotated[
        Text, Field(validation_alias=AliasChoices("external_identifier", "external_id"))
    ] = None
    reference: Text = None
    currency: Text = None
    status: Text = None
    payment_status: Text = None
    order_amount: Whole = None
    total_charges_amount: Whole = None
    total_discount_amount: Whole = None
    total_order_amount: Whole = None
    paid_at: Moment = None
    completed_at: Moment = None
    contact: Annotated[Contact | None, Lenient] = None
    business_profile: Annotated[Shop | None, Lenient] = None
    line_items: Annotated[list[OrderLine], Many] = []
    created_at: Moment = None
    updated_at: Moment = None


class OrderResult(Answer):
    """What processing gave (or, negative, took), in credits, and the balance after it."""

    essential = ("type",)

    type: Text = None
    points: Whole = None
    new_balance: Whole = None

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, given: Any) -> Any:
        """Read it from where it stands: as it is, under `result`, the figures under `data`."""
        if isinstance(given, dict) and isinstance(given.get("result"), dict):
            given = given["result"]
        inner = given.get("data") if isinstance(given, dict) else None
        return {**inner, **given} if isinstance(inner, dict) else given


class ProcessedOrder(Answer):
    """An order that was made, and what it gave."""

    essential = ("order",)

    order: Annotated[Order | None, Lenient] = None
    result: Annotated[OrderResult | None, Lenient] = None


class OrderReturn(Answer):
    """What came back of an order."""

    essential = ("uuid",)

    uuid: Text = None
    status: Text = None
    order: Annotated[Order | None, Lenient] = None


class ProcessedReturn(Answer):
    """A return that was made, and what it took."""

    essential = ("returned",)

    returned: Annotated[OrderReturn | None, Lenient, Field(validation_alias="return")] = None
    result: Annotated[OrderResult | None, Lenient] = None

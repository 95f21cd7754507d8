"""Gift cards, as Piggy answers them; amounts are in cents.

Whoever has a card's hash can spend what is on it.
"""

from typing import Annotated, Any

from django.utils import timezone
from pydantic import Field, model_validator

from piggyadmin.piggy.types import Answer, Lenient, Moment, Text, Whole, YesNo
from piggyadmin.shops.types import Shop

# So many characters of a card's code are shown to tell cards apart.
SHOWN_OF_CODE = 4


class GiftcardProgram(Answer):
    """What gift cards belong to, and the least and most that one may hold."""

    essential = ("uuid",)

    uuid: Text = None
    name: Text = None
    active: YesNo = None
    card_count: Whole = None
    expiration_days: Whole = None
    min_amount_in_cents: Whole = None
    max_amount_in_cents: Whole = None


class Giftcard(Answer):
    """A gift card and what it holds; one that is not `upgradeable` is filled once (inferred).

    Its hash is written nowhere with it: the ledger keeps cards by their UUID.
    """

    essential = ("uuid",)

    uuid: Text = None
    type: Text = None
    hash: Annotated[Text, Field(repr=False, exclude=True)] = None
    expiration_date: Moment = None
    active: YesNo = None
    upgradeable: YesNo = None
    amount_in_cents: Whole = None
    giftcard_program: Annotated[GiftcardProgram | None, Lenient] = None

    @property
    def masked(self) -> str:
        """The end of its code, by which people tell cards apart and nobody can pay."""
        code = self.hash or ""
        return f"…{code[-SHOWN_OF_CODE:]}" if len(code) > SHOWN_OF_CODE else "…"

    @property
    def is_expired(self) -> bool:
        """Whether it is past its date."""
        return self.expiration_date is not None and self.expiration_date <= timezone.now()

    @property
    def status(self) -> str:
        """Whether it can be used, as vouchers say it."""
        if self.active is False:
            return "DEACTIVATED"
        return "EXPIRED" if self.is_expired else "ACTIVE"


class GiftcardTransaction(Answer):
    """Money put on a gift card, or (negative) spent from it; some have no UUID (docs).

    `console_reference` is an attribute of this console's own.
    """

    uuid: Text = None
    amount_in_cents: Whole = None
    type: Text = None
    settled: YesNo = None
    card: Annotated[Giftcard | None, Lenient] = None
    shop: Annotated[Shop | None, Lenient] = None
    created_at: Moment = None
    console_reference: Text = None

    @model_validator(mode="before")
    @classmethod
    def _find_reference(cls, given: Any) -> Any:
        inner = given.get("custom_attributes") if isinstance(given, dict) else None
        if not isinstance(inner, dict) or "console_reference" not in inner:
            return given
        return {"console_reference": inner["console_reference"], **given}


class NewGiftcardTransaction(GiftcardTransaction):
    """A gift card transaction just made, without whose UUID it could not be undone."""

    essential = ("uuid",)

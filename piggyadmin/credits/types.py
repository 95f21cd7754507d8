"""Credits, units and loyalty transactions, as Piggy answers them."""

from decimal import Decimal
from typing import Annotated

from django.utils.formats import number_format

from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.piggy.types import Answer, Decimalish, Lenient, Moment, Text, Whole, YesNo
from piggyadmin.shops.types import Shop


class Unit(Answer):
    """What amounts are counted in."""

    name: Text = None
    label: Text = None
    prefix: Text = None
    is_default: YesNo = None

    def amount(self, value: float | Decimal | str) -> str:
        """Write an amount as people read it: "Purchase amount: € 12.50"."""
        figure, label = Decimal(str(value)), self.label or self.name or ""
        sign = next((each for each in (self.prefix, label) if each and _is_sign(each)), "")
        figures = number_format(figure, 2 if sign or figure % 1 else 0, force_grouping=True)
        figures = f"{sign}\N{NO-BREAK SPACE}{figures}" if sign else figures
        return f"{label}: {figures}" if label not in {"", sign} else figures


def _is_sign(text: str) -> bool:
    """Tell whether it is written before a figure: a currency's sign, and no word."""
    return not any(map(str.isalnum, text))


class CreditReception(Answer):
    """Credits that were given (or, negative, taken); the contact's balance is the one after."""

    essential = ("uuid",)

    type: Text = None
    uuid: Text = None
    credits: Whole = None
    created_at: Moment = None
    contact: Annotated[Contact | None, Lenient] = None
    shop: Annotated[Shop | None, Lenient] = None
    contact_identifier: Annotated[ContactIdentifier | None, Lenient] = None
    unit: Annotated[Unit | None, Lenient] = None
    unit_value: Decimalish = None

    @property
    def amount(self) -> str:
        """For which amount it was given, as people read it; empty where it was for none."""
        return "" if self.unit_value is None else (self.unit or Unit()).amount(self.unit_value)


class LoyaltyTransaction(CreditReception):
    """Credits given, or spent on a reward, which then has a title.

    `console_reference` is an attribute of this console's own.
    """

    title: Text = None
    channel: Text = None
    console_reference: Text = None


class LoyaltyProgram(Answer):
    """The account's loyalty program; `max_amount` is the most credits at once."""

    id: Text = None
    name: Text = None
    max_amount: Whole = None
    custom_credit_name: Text = None
    unit: Annotated[Unit | None, Lenient] = None


class Credits(Answer):
    """A number of credits: calculated, or a balance."""

    credits: Whole = None
    balance: Whole = None

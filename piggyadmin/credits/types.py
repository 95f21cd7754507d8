"""Credits, units and loyalty transactions, as Piggy answers them."""

from typing import Annotated

from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.piggy.types import Answer, Decimalish, Lenient, Moment, Text, Whole, YesNo
from piggyadmin.shops.types import Shop


class Unit(Answer):
    """What amounts are counted in."""

    name: Text = None
    label: Text = None
    prefix: Text = None
    is_default: YesNo = None


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

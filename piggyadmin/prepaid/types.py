"""Prepaid money, as Piggy answers it, in cents."""

from typing import Annotated

from piggyadmin.contacts.types import Contact, ContactIdentifier, PrepaidBalance
from piggyadmin.piggy.types import Answer, Lenient, Moment, Text, Whole
from piggyadmin.shops.types import Shop


class PrepaidTransaction(Answer):
    """Money paid ahead, or (negative) spent; the balance is the one after it (inferred)."""

    essential = ("uuid",)

    uuid: Text = None
    amount_in_cents: Whole = None
    prepaid_balance: Annotated[PrepaidBalance | None, Lenient] = None
    created_at: Moment = None
    shop: Annotated[Shop | None, Lenient] = None
    contact: Annotated[Contact | None, Lenient] = None
    contact_identifier: Annotated[ContactIdentifier | None, Lenient] = None

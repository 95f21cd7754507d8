"""Visits, as Piggy answers them."""

from typing import Annotated

from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Answer, Lenient, Moment, Text


class Visit(Answer):
    """Somebody's stay at a shop; which shop is not told (docs)."""

    essential = ("uuid",)

    uuid: Text = None
    contact: Annotated[Contact | None, Lenient] = None
    external_id: Text = None
    source: Text = None
    starts_at: Moment = None
    ends_at: Moment = None
    created_at: Moment = None

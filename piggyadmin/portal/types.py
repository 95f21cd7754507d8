"""The Contacts Portal and its tokens, as Piggy answers them. What signs somebody in is secret."""

from typing import Annotated

from pydantic import Field

from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Answer, Lenient, Moment, Text
from piggyadmin.shops.types import Shop


class PortalSession(Answer):
    """A page at which a contact identifies at a shop; whoever has its address can use it."""

    essential = ("uuid",)

    uuid: Text = None
    url: Annotated[Text, Field(repr=False)] = None
    contact: Annotated[Contact | None, Lenient] = None
    shop: Annotated[Shop | None, Lenient] = None
    created_at: Moment = None


class PortalAddress(Answer):
    """An address at which a contact is signed in."""

    essential = ("url",)

    url: Annotated[Text, Field(repr=False)] = None


class SessionToken(Answer):
    """A token by which a contact's device says who is there; `status` is active or used (docs)."""

    essential = ("status",)

    contact: Annotated[Contact | None, Lenient] = None
    status: Text = None

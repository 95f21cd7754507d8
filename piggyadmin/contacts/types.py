"""Contacts, their identifiers and attributes, as Piggy answers them."""

from collections.abc import Iterable
from typing import Annotated, Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext
from pydantic import BeforeValidator, Field, model_validator

from piggyadmin.perks.types import Tier
from piggyadmin.piggy.types import (
    Answer,
    Lenient,
    Many,
    Moment,
    Options,
    PersonRecord,
    Text,
    Whole,
    YesNo,
)

# More of a name tells nobody who is meant, and pushes all else off the page.
LONGEST_NAME = 120
CARD_KEY_LENGTH = 20


class SubscriptionType(Answer):
    """A kind of messages; without a uuid it cannot be addressed (docs)."""

    id: Text = None
    uuid: Text = None
    name: Text = None
    description: Text = None
    strategy: Text = None
    active: YesNo = None

    @property
    def key(self) -> str:
        """What tells it from others, whether or not it can be addressed."""
        return self.uuid or self.id or self.name or ""


class Subscription(Answer):
    """Whether a contact gets a kind of messages; `status` may be a number (docs)."""

    is_subscribed: YesNo = None
    status: Text = None
    subscription_type: Annotated[SubscriptionType | None, Lenient] = None

    @property
    def is_wanted(self) -> bool | None:
        """Whether the contact gets it, or will once it has confirmed; None where nobody tells."""
        if self.status in {"SUBSCRIBED", "PENDING_CONFIRMATION"}:
            return True
        return False if self.status == "UNSUBSCRIBED" else self.is_subscribed


class Contact(PersonRecord):
    """A person with a loyalty account, in full or as it stands inside other answers.

    `current_values` also holds login secrets of the contact; only the keys below are ever read.
    """

    essential = ("uuid",)

    uuid: Text = None
    email: Text = None
    credits: Whole = None
    prepaid_cents: Whole = None
    firstname: Text = None
    lastname: Text = None
    phonenumber: Text = None
    birthdate: Text = None
    address: Text = None
    # The card or other identifier that Piggy takes for the usual one.
    identifier: Text = None
    is_anonymous: YesNo = None
    created_at: Moment = None
    last_transaction_at: Moment = None
    # Whether its name was looked for in what is known here, found or not.
    is_looked_up: bool = Field(default=False, exclude=True)
    # How many transactions there were in all.
    transactions: Whole = None
    tier: Annotated[Tier | None, Lenient] = None
    subscriptions: Annotated[list[Subscription], Many] = Field(default_factory=list)

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, given: Any) -> Any:
        """Take what matters out of the nested balances and computed values."""
        if not isinstance(given, dict) or not _NESTED & set(given):
            return given
        values = _inner(given, "current_values")
        named = {name: values.get(name) for name in _VALUES}
        return {
            **named,
            "identifier": values.get("default_contact_identifier"),
            "last_transaction_at": values.get("loyalty_last_transaction_date"),
            "transactions": values.get("loyalty_number_of_transactions"),
            "credits": _inner(given, "credit_balance").get("balance"),
            "prepaid_cents": _inner(given, "prepaid_balance").get("balance_in_cents"),
            **given,
        }

    @property
    def person_uuid(self) -> str:
        """Its UUID; empty where Piggy does not tell."""
        return self.uuid or ""

    def figures(self) -> dict[str, Any]:
        """Give what the ledger itself keeps of a contact."""
        names = ("uuid", "credits", "prepaid_cents", "is_anonymous")
        return {name: getattr(self, name) for name in names}

    @property
    def name(self) -> str:
        """First and last name, as far as they are known, and as far as anybody reads them."""
        name = " ".join(part for part in (self.firstname, self.lastname) if part)
        return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"

    @property
    def own_email(self) -> str:
        """Its e-mail address; empty for an anonymous one, whose address Piggy made up."""
        return "" if self.is_anonymous else self.email or ""

    @property
    def called(self) -> str:
        """What people call it."""
        if self.is_anonymous and not self.name:
            return gettext("Anonymous customer")
        return self.name or self.email or self.person_uuid


def _mapping(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


class FullContact(Contact):
    """A contact together with the values of its attributes.

    Login secrets are among the raw values, so that they are never shown, kept or logged: only those
    of attributes that are known to be writable are given.
    """

    current_values: Annotated[dict[str, Any], BeforeValidator(_mapping)] = Field(
        default_factory=dict, exclude=True, repr=False
    )

    def values_of(self, attributes: Iterable["ContactAttribute"]) -> dict[str, Any]:
        """Give what it has for these attributes by their names, leaving out what is empty."""
        named = ((each.name or "", each) for each in attributes if each.is_writable)
        values = {name: self.current_values.get(name) for name, _attribute in named}
        return {name: value for name, value in values.items() if value not in (None, "", [])}


_NESTED = {"current_values", "credit_balance", "prepaid_balance"}
_VALUES = (
    "firstname",
    "lastname",
    "phonenumber",
    "birthdate",
    "address",
    "is_anonymous",
    "created_at",
)


def _inner(outer: dict[str, Any], key: str) -> dict[str, Any]:
    inner = outer.get(key)
    return inner if isinstance(inner, dict) else {}


class PrepaidBalance(Answer):
    """Money paid ahead, in cents."""

    balance_in_cents: Whole = None


class ContactIdentifier(Answer):
    """A card or other identifier; its contact may be missing."""

    essential = ("value",)

    name: Text = None
    value: Text = None
    active: YesNo = None
    default: YesNo = None
    contact: Annotated[Contact | None, Lenient] = None

    @property
    def key(self) -> str:
        """What stands for it in addresses, where its number would tell of a person."""
        mac = salted_hmac("piggyadmin.contacts.cards", self.value or "", algorithm="sha256")
        return mac.hexdigest()[:CARD_KEY_LENGTH]


class ContactAttribute(Answer):
    """A field that contacts have; asked for as `data_type`, answered as `type` (SDK)."""

    essential = ("name",)

    name: Text = None
    label: Text = None
    type: Text = None
    description: Text = None
    options: Options = []
    is_piggy_defined: YesNo = None
    is_soft_read_only: YesNo = None
    is_hard_read_only: YesNo = None

    @property
    def is_writable(self) -> bool:
        """Whether its values are set by whoever works the account, not by Piggy itself."""
        return not (self.is_soft_read_only or self.is_hard_read_only)

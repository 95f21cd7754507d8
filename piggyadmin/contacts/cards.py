"""Cards: which one is meant by an address that does not name it, whose it is, what became of it.

Piggy calls them identifiers. The number of a card tells of a person, so that it stands in no
address: there a card is named by its customer's UUID and by a key that only this console can make.
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.crypto import constant_time_compare

from piggyadmin.contacts import services
from piggyadmin.contacts.types import ContactIdentifier
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.reconciliation_evidence import at_work_since
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import ErrorCode, NotFound

# What names a card in an address, and the field that has its number.
KEY, VALUE = "card", "contact_identifier_value"
# What changes cards, each of which names them under VALUE or REPLACEMENT.
REPLACEMENT = "replacement_value"
CHANGING_CARDS = (
    "create-contact-identifier",
    "delete-contact-identifier",
    "replace-lost-card",
    "unlink-contact-identifier",
    "update-contact-identifiers",
)


def with_card(piggy: PiggyClient, named: Mapping[str, Any] | None) -> Any:
    """Put the number of a card in place of the key by which an address names it.

    Raises:
        PiggyError: Piggy could not be asked which cards the customer has.
    """
    if not named or not named.get(KEY):
        return named
    key, contact = str(named[KEY]), str(named.get("contact_uuid") or "")
    return {**dict(named.items()), VALUE: _value_of(piggy, contact, key)}


def _value_of(piggy: PiggyClient, contact_uuid: str, key: str) -> str:
    """Find the card of a customer that has this key; empty where it has none, or not any more."""
    if not contact_uuid:
        return ""
    try:
        cards = services.list_contact_identifiers(piggy, contact_uuid=contact_uuid)
    except NotFound:
        return ""
    meant = (each.value for each in cards if constant_time_compare(each.key, key))
    return next((value for value in meant if value), "")


def find_card(piggy: PiggyClient, value: str) -> ContactIdentifier | None:
    """Find a card, on or off; None where Piggy knows none.

    Raises:
        PiggyError: any other kind of "not found" proves nothing.
    """
    try:
        return services.look_at_contact_identifier(piggy, contact_identifier_value=value)
    except NotFound as error:
        if error.code != ErrorCode.CONTACT_IDENTIFIER_NOT_FOUND:
            raise
        return None


def owner_of(card: ContactIdentifier) -> str:
    """Give the UUID of whose a card is; empty where it is nobody's, or Piggy does not tell."""
    return (card.contact and card.contact.uuid) or ""


def card_changed_since(entry: Entry, value: str) -> QuerySet[Entry]:
    """Give the other entries that may have changed a card since an entry was asked for."""
    about = Q(**{f"data__{VALUE}": value}) | Q(**{f"data__{REPLACEMENT}": value})
    return at_work_since(entry, Entry.objects.filter(about, action__in=CHANGING_CARDS))

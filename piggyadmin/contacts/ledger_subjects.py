"""What the ledger is told of contacts: who is meant, what became of them, how they were called."""

from collections import ChainMap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.forms import asked_in_words, others_meant
from piggyadmin.contacts.forms import may_be_name, nobody_like
from piggyadmin.contacts.services import resolve_contact
from piggyadmin.contacts.traces import (
    Departure,
    copies,
    departure_of,
    find_called,
    find_departed,
    find_known,
    keep_names,
)
from piggyadmin.contacts.types import Contact
from piggyadmin.contacts.values import WORDS
from piggyadmin.ledger.appending import appended
from piggyadmin.ledger.facts import LABELS
from piggyadmin.ledger.subjects import SubjectDirectory, set_directory
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import NotFound, PiggyError
from piggyadmin.piggy.types import UUID
from piggyadmin.reference.cached import known_names


class ContactDirectory(SubjectDirectory):
    """Contacts, by e-mail address, card or UUID, or by a name that only one has."""

    def resolve(self, query: str) -> str:
        """Ask Piggy; where it knows nobody, or cannot be asked, look at what is known here."""
        try:
            return resolve_contact(piggy_client(), query=query).uuid or query
        except PiggyError as error:
            was_asked = isinstance(error, NotFound)
            known = _known_here(query, was_asked=was_asked)
            if not known and may_be_name(query):
                known = find_called(query)
            if not known:
                raise ValidationError(_nobody(query, error)) from None
            return known

    def names(self, uuids: Iterable[str]) -> Mapping[str, str]:
        """Look into the copies that are kept of contacts."""
        wanted = set(uuids)
        return ChainMap(*(dict(copy.names(wanted)) for copy in copies))

    def name_in(self, kept: Any) -> str:
        """Give the name of a contact, or else its address or its card, as it was then."""
        if not isinstance(kept, dict):
            return ""
        contact = Contact.model_validate(kept.get("contact") or kept)
        return contact.name or contact.own_email or contact.identifier or ""

    def things(self) -> Mapping[str, str]:
        """Give what forms offered last is called."""
        return known_names(piggy_client())

    def departures(self, uuid: str) -> Sequence[Departure]:
        """Tell over which merges and claims it went."""
        departed = departure_of(uuid)
        return [departed] if departed and departed.hops else []


def _nobody(query: str, error: PiggyError) -> str:
    """Say that nobody is found by what was typed, and how to go on from there."""
    if not isinstance(error, NotFound):
        return error.message
    if may_be_name(query):
        return nobody_like(query)
    return f"{error.message} {_others_meant(query)}".rstrip()


def _others_meant(query: str) -> str:
    """Ask whether somebody else is meant by whom Piggy does not know like that."""
    piggy = piggy_client()
    return asked_in_words(others_meant(query, lambda text: resolve_contact(piggy, query=text)))


def _known_here(query: str, *, was_asked: bool) -> str:
    """Give whom somebody may mean whom Piggy does not know, or who it could not be asked about."""
    if not was_asked:
        return query.lower() if UUID.fullmatch(query) else find_known(query)
    departed = find_departed(query)
    return departed[0].contact_uuid if departed else ""


LABELS.update({**WORDS, "contact_uuid": _("Customer")})
set_directory(ContactDirectory())
appended.connect(keep_names)

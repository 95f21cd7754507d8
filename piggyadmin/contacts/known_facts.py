"""All that is known of a contact, on its page: each value by its label, and where it is changed."""

from functools import partial
from typing import Any, NamedTuple

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info

from piggyadmin.contacts import services, values
from piggyadmin.contacts.types import ContactAttribute, FullContact
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.concurrency import gather

DAYS = {"date", "birth_date", "date_time"}


class KnownFact(NamedTuple):
    """One attribute of a contact, with its value as people read it; empty where it has none."""

    name: str
    label: str
    shown: str
    is_day: bool
    # Whether a form can ask for it.
    is_typed: bool


def read_facts(piggy: PiggyClient, contact_uuid: str) -> dict[str, Any]:
    """Read the contact with its values, and what attributes there are."""
    contact, attributes = gather(
        partial(services.get_full_contact, piggy, contact_uuid=contact_uuid),
        partial(values.writable_attributes, piggy),
    )
    facts = [_fact(contact, attribute) for attribute in attributes]
    return {
        "known_facts": [fact for fact in facts if fact.shown],
        "unknown_facts": [fact for fact in facts if not fact.shown and fact.is_typed],
    }


def _fact(contact: FullContact, attribute: ContactAttribute) -> KnownFact:
    value = contact.values_of([attribute]).get(attribute.name or "")
    return KnownFact(
        name=attribute.name or "",
        label=values.label_of(attribute),
        shown="" if value is None else _shown(attribute, value),
        is_day=attribute.type in DAYS,
        is_typed=values.field_for(attribute) is not None,
    )


def _shown(attribute: ContactAttribute, value: Any) -> str:
    """Write a value for people: of a language its name."""
    shown = values.displayed(attribute, value)
    if attribute.name != "locale" or shown not in LANG_INFO:
        return shown
    return str(get_language_info(shown)["name_translated"]).capitalize()

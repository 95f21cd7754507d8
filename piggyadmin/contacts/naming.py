"""Who customers are in a list of something of theirs, where Piggy tells their addresses alone.

An anonymous one has a made-up address, which says so nowhere: only the copy of all contacts knows.
"""

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from piggyadmin.contacts.traces import copies
from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Answer, Page

# What says who somebody is, and stays out of most answers.
_NAMING = ("firstname", "lastname", "is_anonymous")

Row = TypeVar("Row", bound=Answer)


def page_with_names(page: Page[Row], *fields: str) -> Page[Row]:
    """Give a page of a list whose rows have customers in these fields, with their names."""
    return page.model_copy(update={"items": with_names(page.items, fields)})


def with_names(rows: Sequence[Row], fields: Collection[str] = ("contact",)) -> list[Row]:
    """Give rows with the names of their customers, as far as they are known here."""
    known = _known({each.person_uuid for row in rows for each in _customers(row, fields)})
    return [_with_names(row, fields, known) for row in rows]


def with_name(contact: Contact) -> Contact:
    """Give one customer with its name, as far as it is known here."""
    return _named(contact, _known({contact.person_uuid} if _is_unnamed(contact) else ()))


def _known(uuids: Collection[str]) -> Mapping[str, Contact]:
    return ChainMap(*(dict(copy.contacts(uuids)) for copy in copies)) if uuids else {}


def _is_unnamed(contact: Contact) -> bool:
    is_told = bool(contact.name) or contact.is_anonymous is not None
    return bool(contact.uuid) and not is_told and not contact.is_looked_up


def _customers(row: Answer, fields: Collection[str]) -> Iterator[Contact]:
    """Give those of whom Piggy does not say who they are."""
    contacts = (getattr(row, field) for field in fields)
    return (contact for contact in contacts if contact and _is_unnamed(contact))


def _with_names(row: Row, fields: Collection[str], known: Mapping[str, Contact]) -> Row:
    contacts = ((field, getattr(row, field)) for field in fields)
    named = {field: _named(contact, known) for field, contact in contacts if contact}
    return row.model_copy(update=named)


def _named(contact: Contact, known: Mapping[str, Contact]) -> Contact:
    found = known.get(contact.person_uuid)
    naming = {name: getattr(found, name) for name in _NAMING} if found else {}
    return contact.model_copy(update={"is_looked_up": True, **naming})

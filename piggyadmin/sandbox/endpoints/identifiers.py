"""Contact identifiers: cards and other values that stand for a contact."""

from typing import Any

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import (
    contact_by_uuid,
    contact_key,
    identifier_by_value,
    optional_contact,
)
from piggyadmin.sandbox.models import Contact, ContactIdentifier
from piggyadmin.sandbox.responses import Reply
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import Given


@route("GET", "contacts/{contact_uuid}/contact-identifiers")
def list_contact_identifiers(given: Given, contact_uuid: str) -> Reply:  # noqa: ARG001
    """List a contact's identifiers."""
    rows = ContactIdentifier.objects.filter(contact=contact_key(contact_uuid))
    return Reply([_listed(row, contact_uuid) for row in rows])


def _listed(row: ContactIdentifier, contact_uuid: str) -> dict[str, Any]:
    return {
        "name": row.name,
        "value": row.value,
        "active": row.active,
        "default": row.is_default,
        "contact": {"uuid": contact_uuid},
    }


@route("GET", "contact-identifiers/find")
def find_contact_identifier(given: Given) -> Reply:
    """Give the identifier with a value; one that is switched off is refused with 60004."""
    value = given.text("contact_identifier_value")
    given.check()
    return Reply(serializers.identifier(identifier_by_value(value, active_only=True)))


@route("POST", "contact-identifiers")
def create_contact_identifier(given: Given) -> Reply:
    """Add an identifier, to a contact where one is named."""
    value = given.text("contact_identifier_value")
    name = given.optional_text("contact_identifier_name")
    contact_uuid = given.optional_text("contact_uuid")
    given.check()
    contact = optional_contact(contact_uuid, for_update=True)
    if ContactIdentifier.objects.filter(value=value).exists():
        raise ApiError(errors.IDENTIFIER_EXISTS)
    row = ContactIdentifier(value=value, name=name or value)
    _give(row, contact)
    return Reply(serializers.identifier(row))


def _give(row: ContactIdentifier, contact: Contact | None) -> None:
    """Give an identifier to a contact; the first one becomes the contact's default."""
    row.contact = contact
    others = ContactIdentifier.objects.filter(contact=contact, is_default=True)
    row.is_default = contact is not None and not others.exists()
    row.save()


@route("PUT", "contact-identifiers")
def update_contact_identifier(given: Given) -> Reply:
    """Change an identifier's name or switch it off or on; its value is final."""
    value = given.text("contact_identifier_value")
    name = given.optional_text("contact_identifier_name")
    active = given.optional_boolean("contact_identifier_active")
    given.check()
    row = identifier_by_value(value, for_update=True)
    row.name = row.name if name is None else name
    row.active = row.active if active is None else active
    row.save(update_fields=["name", "active"])
    return Reply(serializers.identifier(row))


@route("PUT", "contact-identifiers/link")
def link_contact_identifier(given: Given) -> Reply:
    """Give a free identifier to a contact."""
    value, contact_uuid = given.text("contact_identifier_value"), given.text("contact_uuid")
    given.check()
    row = identifier_by_value(value, for_update=True, active_only=True)
    contact = contact_by_uuid(contact_uuid, for_update=True)
    if row.contact_id is not None:
        raise ApiError(errors.IDENTIFIER_LINKED)
    _give(row, contact)
    return Reply(serializers.identifier(row))


@route("PUT", "contact-identifiers/unlink")
def unlink_contact_identifier(given: Given) -> Reply:
    """Take an identifier from its contact; it can be given to another."""
    value = given.text("contact_identifier_value")
    given.check()
    row = identifier_by_value(value, for_update=True, active_only=True)
    _give(row, None)
    return Reply(serializers.identifier(row))


@route("DELETE", "contact-identifiers")
def delete_contact_identifier(given: Given) -> Reply:
    """Remove an identifier."""
    value = given.text("contact_identifier_value")
    given.check()
    identifier_by_value(value, for_update=True).delete()
    return Reply(None)

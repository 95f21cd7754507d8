"""Contacts: find, make, change, claim, merge and delete them."""

from collections.abc import Callable, Mapping

from django.db import IntegrityError, transaction
from django.utils import timezone

from piggyadmin.sandbox import errors, faults, jobs, serializers
from piggyadmin.sandbox.contact_serializer import full_contact, full_contacts
from piggyadmin.sandbox.endpoints import subscriptions
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import (
    by_creation,
    contact_by_email,
    contact_by_uuid,
    identifier_by_value,
)
from piggyadmin.sandbox.messages import Json
from piggyadmin.sandbox.models import (
    Attribute,
    Contact,
    ContactIdentifier,
    SubscriptionType,
    new_uuid,
)
from piggyadmin.sandbox.responses import Reply, Slice, meta_a
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.system_attributes import all_attributes
from piggyadmin.sandbox.validation import Given, is_email, to_boolean, to_day, to_moment, to_number

DELETIONS = ("DEFAULT", "GDPR")


# --- Reading ---------------------------------------------------------------------------------


@route("GET", "contacts")
def list_contacts(given: Given) -> Reply:
    """List contacts, a page at a time; there is no filter but the time of creation."""
    part = Slice.read(given, default=30)
    rows = by_creation(given, Contact.objects.all(), default="created_at")
    given.check()
    page = part.of(rows, Contact.objects.select_related("tier"))
    return Reply(full_contacts(page.rows), meta_a(page))


@route("GET", "contacts/find-one-by")
def find_contact(given: Given) -> Reply:
    """Give the contact with an e-mail address."""
    email = given.email()
    given.check()
    found = contact_by_email(email)
    if found is None:
        raise ApiError(errors.CONTACT_NOT_FOUND)
    return Reply(full_contact(found))


@route("GET", "contacts/{contact_uuid}")
def get_contact(given: Given, contact_uuid: str) -> Reply:  # noqa: ARG001
    """Give one contact."""
    return Reply(full_contact(contact_by_uuid(contact_uuid)))


@route("GET", "contacts/{contact_uuid}/credit-balance")
def get_credit_balance(given: Given, contact_uuid: str) -> Reply:  # noqa: ARG001
    """Give a contact's credits."""
    return Reply({"balance": contact_by_uuid(contact_uuid).credits})


@route("GET", "contacts/{contact_uuid}/prepaid-balance")
def get_prepaid_balance(given: Given, contact_uuid: str) -> Reply:  # noqa: ARG001
    """Give a contact's prepaid money."""
    return Reply(serializers.prepaid_balance(contact_by_uuid(contact_uuid).prepaid_cents))


# --- Making ----------------------------------------------------------------------------------


@route("POST", "contacts")
@route("POST", "contacts/async")
def create_contact(given: Given) -> Reply:
    """Add a contact; everything but the address follows by an update."""
    email = given.email()
    given.optional_text("referral_code")
    given.check()
    return Reply({"uuid": _create(email).uuid})


@route("POST", "contacts/batch")
def import_contacts(given: Given) -> Reply:
    """Add several contacts at once, or change those that are there; all or none (recorded)."""
    contacts = given.each("contacts", _imported)
    if not contacts:
        given.reject("contacts", "The contacts field is required.")
    given.check()
    return Reply([serializers.short_contact(each) for each in contacts])


def _imported(given: Given) -> Contact:
    email, attributes = given.email(), given.mapping("custom_attributes")
    wanted = given.each("subscription_types", _enrolment)
    given.check()
    contact = contact_by_email(email) or _create(email)
    set_attributes(given, contact, attributes)
    for kind, is_enrolled in wanted:
        subscriptions.choose(kind, contact, "SUBSCRIBED" if is_enrolled else "UNSUBSCRIBED")
    return contact


def _enrolment(given: Given) -> tuple[SubscriptionType, bool]:
    return subscriptions.kind_of(given, "uuid"), given.optional_boolean("enroll") or False


def _create(email: str) -> Contact:
    try:
        with transaction.atomic(using="sandbox"):
            return Contact.objects.create(email=email)
    except IntegrityError:
        raise ApiError(errors.CONTACT_EXISTS) from None


@route("GET", "contacts/find-or-create", writes=True)
def find_or_create_contact(given: Given) -> Reply:
    """Give the contact with an address, made if need be: although it is a GET."""
    email = given.email()
    given.check()
    return Reply(full_contact(contact_by_email(email) or _create(email)))


@route("GET", "contacts/find-or-create/async", writes=True)
def find_or_create_contact_async(given: Given) -> Reply:
    """The same, but only the UUID is answered."""
    email = given.email()
    given.check()
    return Reply({"uuid": (contact_by_email(email) or _create(email)).uuid})


@route("POST", "contacts/anonymous")
def create_anonymous_contact(given: Given) -> Reply:
    """Add a contact with a made-up address, with an existing or new identifier if wanted."""
    value = given.optional_text("contact_identifier_value")
    given.check()
    uuid = new_uuid()
    email = f"anonymous-{uuid}@anonymous.example.test"
    contact = Contact(uuid=uuid, email=email, is_anonymous=True)
    identifier = _free_identifier(value) if value else None
    contact.save()
    if identifier:
        identifier.contact, identifier.is_default = contact, True
        identifier.save()
    return Reply({"uuid": contact.uuid})


def _free_identifier(value: str) -> ContactIdentifier:
    if not ContactIdentifier.objects.filter(value=value).exists():
        return ContactIdentifier(value=value, name=value)
    row = identifier_by_value(value, for_update=True)
    if row.contact_id is not None:
        raise ApiError(errors.IDENTIFIER_LINKED)
    return row


# --- Changing --------------------------------------------------------------------------------


@route("PUT", "contacts/{contact_uuid}")
def update_contact(given: Given, contact_uuid: str) -> Reply:
    """Change the attributes that are given; null empties one (inferred)."""
    attributes = given.mapping("attributes")
    if not attributes:
        given.reject("attributes", "The attributes field is required.")
    contact = contact_by_uuid(contact_uuid, for_update=True)
    set_attributes(given, contact, attributes)
    return Reply(full_contact(contact))


def set_attributes(given: Given, contact: Contact, attributes: Mapping[str, Json]) -> None:
    """Give a contact other values, or refuse the call where one of them cannot be."""
    known = {each.name: each for each in all_attributes("contact")}
    for name, value in attributes.items():
        if problem := _problem(known.get(name), value):
            given.reject(f"attributes.{name}", problem)
    given.check()
    merged = {**contact.attributes, **attributes}
    contact.attributes = {name: value for name, value in merged.items() if value is not None}
    contact.updated_at = timezone.now()
    contact.save(update_fields=["attributes", "updated_at"])


_TYPE_CHECKS: dict[str, Callable[[Json], bool]] = {
    "number": lambda value: to_number(value) is not None,
    "float": lambda value: to_number(value) is not None,
    "boolean": lambda value: to_boolean(value) is not None,
    "date": lambda value: to_day(value) is not None,
    "birth_date": lambda value: to_day(value) is not None,
    "date_time": lambda value: to_moment(value) is not None,
    "email": is_email,
}


def _problem(attribute: Attribute | None, value: Json) -> str | None:
    """Say what is wrong with an attribute's new value."""
    if attribute is None:
        return "The attribute does not exist."
    if attribute.is_soft_read_only or attribute.is_hard_read_only:
        return "The attribute is read-only."
    if value is None:
        return None
    if attribute.type in serializers.SELECTS:
        return _choice_problem(attribute, value)
    check = _TYPE_CHECKS.get(attribute.type)
    return f"The value is not a valid {attribute.type}." if check and not check(value) else None


def _choice_problem(attribute: Attribute, value: Json) -> str | None:
    allowed = {str(option["value"]) for option in attribute.options}
    many = attribute.type == "multi_select"
    chosen = value if isinstance(value, list) and many else str(value).split(";" if many else None)
    return None if {str(each) for each in chosen} <= allowed else "The selected value is invalid."


@route("PUT", "contacts/{anonymous_contact_uuid}/claim")
def claim_anonymous_contact(given: Given, anonymous_contact_uuid: str) -> Reply:
    """Give an anonymous contact its person's address.

    Where a contact with that address exists, the anonymous one is merged into it at once, and
    that contact is answered (inferred).
    """
    email = given.email()
    given.check()
    contact = contact_by_uuid(anonymous_contact_uuid, for_update=True)
    if not contact.is_anonymous:
        raise ApiError(errors.CONTACT_NOT_ANONYMOUS)
    owner = Contact.objects.filter(email=email).exclude(pk=contact.pk).select_for_update()
    if (found := owner.order_by().first()) is not None:
        jobs.merge_into(contact, found)
        return Reply(full_contact(contact_by_uuid(found.uuid)))
    contact.email, contact.is_anonymous, contact.updated_at = email, False, timezone.now()
    contact.save(update_fields=["email", "is_anonymous", "updated_at"])
    return Reply(full_contact(contact))


@route("POST", "contacts/merge")
def merge_contacts(given: Given) -> Reply:
    """Promise to merge two contacts; it happens some seconds later."""
    source = given.text("source_contact_uuid")
    destination = given.text("destination_contact_uuid")
    if source and source == destination:
        given.reject("destination_contact_uuid", "A contact cannot be merged with itself.")
    given.check()
    for uuid in (source, destination):
        contact_by_uuid(uuid)
    seconds = faults.current().merge_seconds
    jobs.schedule("merge", seconds, source=source, destination=destination)
    return Reply(None)


@route("POST", "contacts/{contact_uuid}/delete")
def delete_contact(given: Given, contact_uuid: str) -> Reply:
    """Promise to delete a contact; it happens some seconds later."""
    kind = given.choice("type", DELETIONS)
    contact_by_uuid(contact_uuid)
    given.check()
    jobs.schedule("delete", faults.current().delete_seconds, contact=contact_uuid, type=kind)
    return Reply(None)

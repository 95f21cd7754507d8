"""Prepaid transactions: money put in and spent, in cents. A balance never falls below zero."""

from django.db.models import F

from piggyadmin.sandbox import errors, serializers
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.lookups import (
    contact_by_uuid,
    contact_key,
    identifier_by_value,
    identifier_of,
    one,
    shop_by_uuid,
)
from piggyadmin.sandbox.models import Contact, ContactIdentifier, PrepaidTransaction
from piggyadmin.sandbox.responses import Reply, Slice, meta_b
from piggyadmin.sandbox.routes import route
from piggyadmin.sandbox.validation import MAX_INTEGER, Given

MAX_LIMIT = 30


@route("POST", "prepaid-transactions")
def create_prepaid_transaction(given: Given) -> Reply:
    """Put money in, or spend it with a negative amount."""
    shop_uuid = given.text("shop_uuid")
    amount = given.integer("amount_in_cents")
    contact_uuid = given.optional_text("contact_uuid")
    value = given.optional_text("contact_identifier_value")
    if contact_uuid is None and value is None:
        given.reject("contact_uuid", "The contact_uuid field is required.")
    given.check()
    contact, identifier = _whose(contact_uuid, value)
    row = PrepaidTransaction(
        contact=contact,
        shop=shop_by_uuid(shop_uuid),
        amount_in_cents=amount,
        contact_identifier=identifier,
    )
    _book(row)
    return Reply(serializers.prepaid_transaction(row))


def _whose(contact_uuid: str | None, value: str | None) -> tuple[Contact, ContactIdentifier | None]:
    if contact_uuid is not None:
        contact = contact_by_uuid(contact_uuid)
        return contact, identifier_of(contact, value)
    identifier = identifier_by_value(value or "", active_only=True)
    if identifier.contact is None:
        raise ApiError(errors.CONTACT_NOT_FOUND)
    return identifier.contact, identifier


def _book(row: PrepaidTransaction) -> None:
    amount = row.amount_in_cents
    enough = Contact.objects.filter(pk=row.contact_id, prepaid_cents__gte=-amount)
    within = enough.filter(prepaid_cents__lte=MAX_INTEGER - max(amount, 0))
    if not within.update(prepaid_cents=F("prepaid_cents") + amount):
        raise errors.invalid("amount_in_cents", "The prepaid balance does not allow this.")
    row.contact.refresh_from_db(fields=["prepaid_cents"])
    row.save()


@route("POST", "prepaid-transactions/{prepaid_transaction_uuid}/reverse")
def reverse_prepaid_transaction(
    given: Given,  # noqa: ARG001
    prepaid_transaction_uuid: str,
) -> Reply:
    """Book the opposite of a prepaid transaction, once."""
    rows = PrepaidTransaction.objects.filter(uuid=prepaid_transaction_uuid).order_by()
    row = one(rows.select_for_update(), errors.INVALID_INPUT)
    if row.reverses_id or PrepaidTransaction.objects.filter(reverses=row).exists():
        raise errors.invalid("prepaid_transaction_uuid", "It has already been reversed.")
    opposite = PrepaidTransaction(
        contact=row.contact,
        shop=row.shop,
        amount_in_cents=-row.amount_in_cents,
        contact_identifier=row.contact_identifier,
        reverses=row,
    )
    _book(opposite)
    return Reply(serializers.prepaid_transaction(opposite))


@route("GET", "prepaid-transactions")
def list_prepaid_transactions(given: Given) -> Reply:
    """List prepaid transactions, the newest first."""
    part = Slice.read(given, default=10, most=MAX_LIMIT)
    contact_uuid = given.optional_text("contact_uuid")
    shop_uuid = given.optional_text("shop_uuid")
    given.check()
    rows = PrepaidTransaction.objects.order_by("-created_at", "-pk")
    if contact_uuid:
        rows = rows.filter(contact=contact_key(contact_uuid))
    if shop_uuid:
        rows = rows.filter(shop=shop_by_uuid(shop_uuid))
    shown = PrepaidTransaction.objects.select_related("contact", "shop", "contact_identifier")
    page = part.of(rows, shown)
    data = [
        {**serializers.prepaid_transaction(row), "contact": serializers.short_contact(row.contact)}
        for row in page.rows
    ]
    return Reply(data, meta_b(page, "/api/v3/oauth/clients/prepaid-transactions"))

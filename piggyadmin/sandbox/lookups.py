"""Finds the rows that calls name, and refuses with the API's code where there is none.

With `for_update` the row stays locked to the end of the call's transaction (PostgreSQL; on SQLite
the whole database is, since transactions begin IMMEDIATE).
"""

from typing import TypeVar

from django.db import connections
from django.db.models import Model, QuerySet

from piggyadmin.sandbox import errors
from piggyadmin.sandbox.errors import ApiError
from piggyadmin.sandbox.locks import ALIAS
from piggyadmin.sandbox.models import (
    Contact,
    ContactIdentifier,
    Promotion,
    Shop,
    Voucher,
    VoucherRedemption,
)
from piggyadmin.sandbox.validation import Given, to_moment

Row = TypeVar("Row", bound=Model)

SORTS = {"created_at": ("created_at", "pk"), "-created_at": ("-created_at", "-pk")}
COMPARISONS = ("gt", "gte", "lt", "lte")


def one(rows: QuerySet[Row], code: int) -> Row:
    """Give the only row, or refuse with `code`."""
    row = rows.first()
    if row is None:
        raise ApiError(code)
    return row


def by_creation(
    given: Given, rows: QuerySet[Row], *, default: str = "-created_at"
) -> QuerySet[Row]:
    """Sort as `sort` says, and keep those made within `created_at[gt|gte|lt|lte]`."""
    sort = given.optional_choice("sort", SORTS)
    rows = rows.order_by(*SORTS.get(sort or default, ()))
    for comparison, value in given.mapping("created_at").items():
        at = to_moment(value)
        if comparison not in COMPARISONS or at is None:
            given.reject(f"created_at.{comparison}", "The created_at filter is invalid.")
        else:
            rows = rows.filter(**{f"created_at__{comparison}": at})
    return rows


def contact_by_uuid(uuid: str, *, for_update: bool = False) -> Contact:
    """Find a contact by its UUID."""
    rows = Contact.objects.filter(uuid=uuid).order_by()
    rows = rows.select_for_update() if for_update else rows.select_related("tier")
    return one(rows, errors.CONTACT_NOT_FOUND)


def contact_key(uuid: str) -> int:
    """Find the key of a contact, of which lists want nothing else.

    It is written as SQL: a page of a customer asks for seven such lists, and Django would take ten
    times as long to put it together as a database does to answer it.
    """
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT id FROM sandbox_contact WHERE uuid = %s", [uuid])
        row = cursor.fetchone()
    if row is None:
        raise ApiError(errors.CONTACT_NOT_FOUND)
    return int(row[0])


def contact_by_email(email: str) -> Contact | None:
    """Find a contact by its exact e-mail address, in whatever case."""
    return Contact.objects.filter(email=email.lower()).order_by().first()


def optional_contact(uuid: str | None, *, for_update: bool = False) -> Contact | None:
    """Find a contact by its UUID where one was given."""
    return None if uuid is None else contact_by_uuid(uuid, for_update=for_update)


def shop_by_uuid(uuid: str) -> Shop:
    """Find a shop."""
    return one(Shop.objects.filter(uuid=uuid).order_by(), errors.SHOP_NOT_FOUND)


def promotion_by_uuid(uuid: str, *, for_update: bool = False) -> Promotion:
    """Find a promotion."""
    rows = Promotion.objects.filter(uuid=uuid).order_by()
    return one(rows.select_for_update() if for_update else rows, errors.PROMOTION_NOT_FOUND)


def voucher_for_update(**by: str) -> Voucher:
    """Find a voucher by code or UUID and hold it."""
    rows = Voucher.objects.filter(**by).order_by().select_for_update()
    return one(rows, errors.VOUCHER_NOT_FOUND)


def redemption_for_update(uuid: str) -> VoucherRedemption | None:
    """Find one use of a voucher and hold both."""
    rows = VoucherRedemption.objects.filter(uuid=uuid).select_related("voucher").order_by()
    return rows.select_for_update().first()


def identifier_by_value(
    value: str, *, for_update: bool = False, active_only: bool = False
) -> ContactIdentifier:
    """Find a contact identifier; where `active_only`, refuse one that is switched off."""
    rows = ContactIdentifier.objects.filter(value=value).order_by()
    rows = rows.select_for_update() if for_update else rows.select_related("contact")
    row = one(rows, errors.IDENTIFIER_NOT_FOUND)
    if active_only and not row.active:
        raise ApiError(errors.IDENTIFIER_INACTIVE)
    return row


def identifier_of(contact: Contact, value: str | None) -> ContactIdentifier | None:
    """Find the identifier that was shown at the till; it must be this contact's, and active."""
    if value is None:
        return None
    row = identifier_by_value(value, active_only=True)
    if row.contact_id != contact.pk:
        raise errors.invalid(
            "contact_identifier_value", "The contact identifier belongs to another contact."
        )
    return row

"""The well-known records, which every seed contains, and what has become of them."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from piggyadmin.sandbox import serializers
from piggyadmin.sandbox.models import Booking, Contact, Promotion, Shop, Voucher
from piggyadmin.sandbox.system_attributes import name_of

EMAILS = ("mira.jansen@example.test", "m.jansen@example.test")
ANONYMOUS_IDENTIFIER = "CARD-ANON"
PROMOTIONS = ("Welcome coffee", "Sold out")
SHOPS = ("Amsterdam", "Web shop")
VOUCHER_PREFIX = "WELCOME-"


@dataclass(frozen=True)
class Known:
    """The well-known records that are there now, as plain values."""

    contacts: list[dict[str, Any]]
    vouchers: list[dict[str, Any]]
    promotions: list[dict[str, Any]]
    shops: list[dict[str, Any]]
    bookings: list[dict[str, Any]]


def known_records() -> Known:
    """Look the well-known records up."""
    contacts = _contacts()
    return Known(
        contacts=[_contact(row) for row in contacts],
        vouchers=_vouchers(),
        promotions=[_promotion(row) for row in Promotion.objects.filter(name__in=PROMOTIONS)],
        shops=[serializers.shop(row) for row in Shop.objects.filter(name__in=SHOPS)],
        bookings=[
            booking_state(row)
            for row in Booking.objects.filter(contact__in=contacts).select_related("contact")
        ],
    )


def _contacts() -> list[Contact]:
    named = Contact.objects.filter(email__in=EMAILS)
    anonymous = Contact.objects.filter(identifiers__value=ANONYMOUS_IDENTIFIER)
    return [*named.order_by("pk"), *anonymous.exclude(pk__in=named.values("pk"))]


def _contact(row: Contact) -> dict[str, Any]:
    return {
        "uuid": row.uuid,
        "email": row.email,
        "name": name_of(row),
        "is_anonymous": row.is_anonymous,
        "credits": row.credits,
        "prepaid_cents": row.prepaid_cents,
        "identifiers": list(row.identifiers.values_list("value", flat=True)),
    }


def _vouchers() -> list[dict[str, Any]]:
    now = timezone.now()
    rows = Voucher.objects.with_lock(now).filter(code__startswith=VOUCHER_PREFIX)
    return [
        {
            "code": row.code,
            "uuid": row.uuid,
            "status": row.status_at(now, is_locked=bool(getattr(row, "is_locked", False))),
            "promotion": row.promotion.name,
        }
        for row in rows.select_related("promotion").order_by("pk")
    ]


def _promotion(row: Promotion) -> dict[str, Any]:
    issued = row.vouchers.count()
    return {
        "uuid": row.uuid,
        "name": row.name,
        "voucher_limit": row.voucher_limit,
        "issued": issued,
        "room": None if row.voucher_limit is None else max(0, row.voucher_limit - issued),
    }


def booking_state(row: Booking) -> dict[str, Any]:
    """Give all of a booking, also what the API does not echo."""
    return {
        **serializers.booking(row),
        "checked_in_at": serializers.moment(row.checked_in_at),
        "number_of_people": row.number_of_people,
        "company_name": row.company_name,
        "status": row.status,
        "prepaid_amount": row.prepaid_amount,
    }

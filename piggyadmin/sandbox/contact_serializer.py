"""The full contact, with everything the API derives; a page of them takes a handful of queries."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connections

from piggyadmin.sandbox.locks import ALIAS
from piggyadmin.sandbox.messages import Json
from piggyadmin.sandbox.models import (
    Attribute,
    Contact,
    ContactIdentifier,
    Subscription,
    SubscriptionType,
)
from piggyadmin.sandbox.serializers import Shape, field_type, moment, money, subscription, tier
from piggyadmin.sandbox.system_attributes import all_attributes


@dataclass
class Loyalty:
    """What a contact's transactions amount to."""

    count: int = 0
    received: int = 0
    first: datetime | None = None
    last: datetime | None = None
    shops: list[str] = field(default_factory=list)

    def add(self, shop: str, count: int, received: int, first: datetime, last: datetime) -> None:
        """Add the figures of one shop."""
        self.count += count
        self.received += received
        self.first = min(filter(None, (self.first, first)))
        self.last = max(filter(None, (self.last, last)))
        self.shops.append(shop)


# Written as SQL: Django would take a quarter of the time of a call to put it together.
_LOYALTY = """
    SELECT booked.contact_id, shop.uuid, COUNT(*),
           SUM(CASE WHEN booked.credits > 0 THEN booked.credits ELSE 0 END),
           MIN(booked.created_at), MAX(booked.created_at)
    FROM sandbox_loyaltytransaction AS booked JOIN sandbox_shop AS shop ON shop.id = booked.shop_id
    WHERE booked.contact_id IN ({keys})
    GROUP BY booked.contact_id, shop.uuid
"""


def _loyalty(keys: Sequence[int]) -> dict[int, Loyalty]:
    figures: dict[int, Loyalty] = defaultdict(Loyalty)
    if not keys:
        return figures
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(_LOYALTY.format(keys=", ".join(["%s"] * len(keys))), keys)
        for contact, shop, count, received, first, last in cursor.fetchall():
            figures[contact].add(shop, count, received, _moment(first), _moment(last))
    return figures


def _moment(stored: datetime | str) -> datetime:
    """Read a moment as a database stores it: SQLite has text for it, in UTC."""
    if isinstance(stored, str):
        return datetime.fromisoformat(stored).replace(tzinfo=UTC)
    return stored


class ContactWriter:
    """Writes contacts; made once for a page, so that nothing is asked for per contact."""

    def __init__(self, contacts: Sequence[Contact]) -> None:
        keys = [each.pk for each in contacts]
        self.attributes = {each.name: each for each in all_attributes("contact")}
        self.kinds = list(SubscriptionType.objects.all())
        self.choices = {
            (row.contact_id, row.subscription_type_id): row
            for row in Subscription.objects.filter(contact__in=keys)
        }
        self.identifiers = dict(
            ContactIdentifier.objects.filter(contact__in=keys, is_default=True).values_list(
                "contact_id", "value"
            )
        )
        self.loyalty = _loyalty(keys)

    def write(self, contact: Contact) -> Shape:
        """Give one contact in full."""
        subscriptions = [
            subscription(kind, self.choices.get((contact.pk, kind.pk))) for kind in self.kinds
        ]
        values = self._values(contact, subscriptions)
        return {
            "id": contact.pk,
            "uuid": contact.uuid,
            "email": contact.email,
            "attributes": self._old_attributes(contact),
            "tier": tier(contact.tier) if contact.tier else None,
            "subscriptions": subscriptions,
            "credit_balance": {"id": contact.pk, "balance": contact.credits},
            "prepaid_balance": {"balance_in_cents": contact.prepaid_cents},
            "current_values": values,
            "current_display_values": self._displayed(contact, values),
        }

    def _values(self, contact: Contact, subscriptions: list[Shape]) -> Shape:
        writable = {name: None for name, each in self.attributes.items() if _is_writable(each)}
        return {
            **writable,
            **contact.attributes,
            "uuid": contact.uuid,
            "email": contact.email,
            "status": contact.status,
            "channel": contact.channel,
            "is_anonymous": contact.is_anonymous,
            "tier": str(contact.tier.position) if contact.tier else None,
            "prepaid_balance": contact.prepaid_cents / 100,
            **self._loyalty_values(contact),
            "default_contact_identifier": self.identifiers.get(contact.pk),
            **{
                f"subscription_status_{kind.pk}": each["status"]
                for kind, each in zip(self.kinds, subscriptions, strict=True)
            },
            "created_at": moment(contact.created_at),
            "updated_at": moment(contact.updated_at),
            **login_values(contact),
        }

    def _loyalty_values(self, contact: Contact) -> Shape:
        loyalty = self.loyalty.get(contact.pk, Loyalty())
        return {
            "loyalty_balance": contact.credits,
            "previous_loyalty_balance": None,
            "loyalty_number_of_transactions": loyalty.count,
            "loyalty_total_credits_received": loyalty.received,
            "loyalty_first_transaction_date": moment(loyalty.first),
            "loyalty_last_transaction_date": moment(loyalty.last),
            "loyalty_associated_shops": ";".join(loyalty.shops),
        }

    def _old_attributes(self, contact: Contact) -> list[Shape]:
        known = ((self.attributes.get(name), value) for name, value in contact.attributes.items())
        return [_old_attribute(each, value) for each, value in known if each and value is not None]

    def _displayed(self, contact: Contact, values: Shape) -> Shape:
        shown = {name: _display(self.attributes.get(name), value) for name, value in values.items()}
        shown["prepaid_balance"] = money(contact.prepaid_cents)
        shown["tier"] = contact.tier.name if contact.tier else ""
        return shown


def login_values(contact: Contact) -> Shape:
    """Make the login secrets that the API gives away with every contact: steady, and fake."""
    digest = hashlib.sha256(f"login:{contact.uuid}".encode()).hexdigest()
    return {
        "custom_app_login_url": f"https://portal.example.test/login/{digest[:40]}",
        "custom_app_login_code": digest[40:48],
    }


def _is_writable(each: Attribute) -> bool:
    return not (each.is_soft_read_only or each.is_hard_read_only)


def _old_attribute(each: Attribute, value: Json) -> Shape:
    return {
        "value": str(value),
        "attribute": {
            "id": each.pk,
            "type": each.type,
            "field_type": field_type(each.type),
            "name": each.name,
            "label": each.label,
            "options": each.options,
            "is_piggy_defined": each.is_piggy_defined,
            "is_soft_read_only": each.is_soft_read_only,
            "is_hard_read_only": each.is_hard_read_only,
        },
    }


def _display(each: Attribute | None, value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if each and each.type == "date_time" and isinstance(value, str):
        return _local(value)
    if each and each.options:
        labels = {option["value"]: option["label"] for option in each.options}
        words = value if isinstance(value, list) else str(value).split(";")
        return ", ".join(str(labels.get(word, word)) for word in words)
    return str(value)


def _local(value: str) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%d, %H:%M")


def full_contact(contact: Contact) -> Shape:
    """Give one contact in full."""
    return ContactWriter([contact]).write(contact)


def full_contacts(contacts: Iterable[Contact]) -> list[Shape]:
    """Give a page of contacts in full."""
    rows = list(contacts)
    writer = ContactWriter(rows)
    return [writer.write(each) for each in rows]

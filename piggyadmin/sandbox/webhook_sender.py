"""Tells addresses on this machine of what happens, as Piggy tells those that subscribed.

Each is told once, over HTTP, beside the answer to whoever caused it. Anywhere else nobody is told:
records that were made up are nobody's business. Of bookings Piggy's automations tell; here each
address does that subscribed to anything hears of them, signed with the account's secret.
"""

import hmac
import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache, partial
from hashlib import sha256
from typing import Any

import requests
from django.db import transaction
from django.utils import timezone

from piggyadmin.environment import is_loopback
from piggyadmin.sandbox import serializers
from piggyadmin.sandbox.locks import ALIAS
from piggyadmin.sandbox.models import Booking, WebhookSubscription
from piggyadmin.sandbox.routes import Route

# What calls are signed with that have no secret of their own.
ACCOUNT_SECRET = "sandbox-account-secret"  # noqa: S105  (of made-up records)
TIMEOUT = 5  # seconds
# What is told after which call.
EVENTS = {
    ("POST", "contacts"): "contact_created",
    ("POST", "contacts/async"): "contact_created",
    ("POST", "contacts/anonymous"): "contact_created",
    ("PUT", "contacts/{contact_uuid}"): "contact_updated",
    ("POST", "contact-identifiers"): "contact_identifier_created",
    ("POST", "credit-receptions"): "credit_reception_created",
    ("POST", "prepaid-transactions"): "prepaid_transaction_created",
    ("POST", "giftcard-transactions"): "giftcard_transaction_created",
    ("POST", "vouchers"): "voucher_created",
    ("PUT", "vouchers/{voucher_uuid}"): "voucher_updated",
    ("POST", "vouchers/redeem"): "voucher_redeemed",
    ("PUT", "rewards/{reward_uuid}"): "reward_updated",
    ("POST", "bookings"): "booking_created",
    ("PUT", "bookings/{booking_uuid}"): "booking_updated",
}

logger = logging.getLogger(__name__)


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=2, thread_name_prefix="webhooks")


def tell(route: Route, given: dict[str, Any], answered: Any) -> None:
    """Tell of what a call has just done, once it is certain; `answered` is its `data`."""
    event = EVENTS.get((route.method, "/".join(route.parts)))
    hearers = _hearers(event) if event and isinstance(answered, dict) else []
    if event and hearers:
        body = json.dumps(_body(event, given, answered)).encode()
        for url, secret in hearers:
            send = partial(_pool().submit, _send, url, body, secret)
            transaction.on_commit(send, using=ALIAS)


def _hearers(event: str) -> list[tuple[str, str]]:
    """Give the addresses that are told of an event, each with what that is signed with."""
    active = WebhookSubscription.objects.filter(status="ACTIVE")
    if event.startswith("booking_"):
        urls = {each.url for each in active if _is_here(each.url)}
        return [(url, ACCOUNT_SECRET) for url in sorted(urls)]
    found = active.filter(event_type=event)
    return [(each.url, each.secret or ACCOUNT_SECRET) for each in found if _is_here(each.url)]


def _is_here(url: str) -> bool:
    try:
        return is_loopback(url)
    except ValueError:
        return False


def _body(event: str, given: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    subject = event.rpartition("_")[0]
    at = _to_the_microsecond(timezone.now())
    if subject == "booking":
        return {"type": event, "data": {"booking": {**_booking(answered), "updated_at": at}}}
    contact = answered.get("contact") or {"uuid": given.get("contact_uuid")}
    if subject == "contact":
        contact = {"uuid": answered.get("uuid"), "email": answered.get("email")}
    return {"type": event, "data": {subject: answered, "contact": contact, "updated_at": at}}


def _booking(answered: dict[str, Any]) -> dict[str, Any]:
    """Give a booking with what answers do not echo (inferred: automations can tell all of it)."""
    row = Booking.objects.select_related("contact", "shop").get(uuid=answered["uuid"])
    return {
        **serializers.booking(row),
        "shop": {"uuid": row.shop.uuid, "name": row.shop.name},
        "checked_in_at": serializers.moment(row.checked_in_at),
        "number_of_people": row.number_of_people,
        "company_name": row.company_name or None,
        "status": row.status or None,
        "prepaid_amount": row.prepaid_amount,
    }


def _to_the_microsecond(moment: datetime) -> str:
    """Write a moment so that two changes within a second can be told apart (inferred)."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _send(url: str, body: bytes, secret: str) -> None:
    """Post it; whoever does not listen has missed it."""
    signature = hmac.new(secret.encode(), body, sha256).hexdigest()
    headers = {"Content-Type": "application/json", "Signature": signature}
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy is needed to this machine
            session.post(url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        logger.warning("Nobody listens at %s: %s", url, type(error).__name__)

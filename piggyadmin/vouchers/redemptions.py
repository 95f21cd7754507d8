"""The uses of a voucher that this console made, by whose UUIDs they can be taken back."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from piggyadmin.ledger.models import HAPPENED, NOT_HAPPENED, Entry, EntryStatus
from piggyadmin.ledger.rows import sentence_of

REDEEMING, REVERSING = "redeem-voucher", "reverse-voucher-redemption"


class KnownRedemption(NamedTuple):
    """One use, as the ledger has it."""

    uuid: str
    words: str
    at: datetime


def known_redemptions(voucher_uuid: str) -> list[KnownRedemption]:
    """List the uses of a voucher that were made here and not taken back here, the latest first."""
    entries = Entry.objects.filter(
        action=REDEEMING, data__voucher_uuid=voucher_uuid, status__state__in=HAPPENED
    )
    found = [use for entry in entries.order_by("-pk") for use in _made_by(entry)]
    reversed_before = _reversed(voucher_uuid)
    return [use for use in found if use.uuid not in reversed_before]


def _made_by(entry: Entry) -> Iterator[KnownRedemption]:
    event = entry.last_event
    result = (event.detail.get("result") if event else None) or {}
    for use in reversed(result.get("redemptions") or []):
        if use.get("uuid"):
            yield KnownRedemption(use["uuid"], sentence_of(entry), entry.created_at)


def _reversed(voucher_uuid: str) -> set[str]:
    asked = Entry.objects.filter(action=REVERSING, data__voucher_uuid=voucher_uuid)
    may_be = asked.exclude(status__state__in=NOT_HAPPENED)
    return set(may_be.values_list("data__redemption_uuid", flat=True))


def reversed_since(promotion_uuid: str, since: datetime) -> list[datetime]:
    """Tell when uses of a promotion's vouchers were taken back here, from this moment on."""
    statuses = EntryStatus.objects.filter(
        action=REVERSING, state__in=HAPPENED, asked_at__gte=since
    ).select_related("entry")
    return [each.asked_at for each in statuses if _promotion_of(each.entry) == promotion_uuid]


def _promotion_of(entry: Entry) -> str:
    voucher = (entry.preview or {}).get("voucher") or {}
    return str((voucher.get("promotion") or {}).get("uuid") or "")


def reversal_of(redemption_uuid: str) -> Entry | None:
    """Find what took a use back from here, or may have; None where nothing did."""
    asked = Entry.objects.filter(action=REVERSING, data__redemption_uuid=redemption_uuid)
    return asked.exclude(status__state__in=NOT_HAPPENED).order_by("-pk").first()

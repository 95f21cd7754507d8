"""What auditors find on their desk: what is open, declined or final, and how the chain is."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from piggyadmin.ledger.filters import leading, newest
from piggyadmin.ledger.models import Approval, ApprovalStatus, EntryState, EntryStatus
from piggyadmin.ledger.operations import Effect, operations
from piggyadmin.ledger.rows import LedgerRow, described, requests_described
from piggyadmin.ledger.verification import newest_links

# A week and ten of each are read at a glance; the ledger has all.
WEEK = timedelta(days=7)
MOST_SHOWN = 10


def audit() -> dict[str, Any]:
    """Gather all of it, by what is kept here alone."""
    since = timezone.now() - WEEK
    declined = Approval.objects.filter(status=ApprovalStatus.DECLINED, decided_at__gte=since)
    return {
        "open_entries": _open_entries(),
        "declined": requests_described(declined[:MOST_SHOWN]),
        "irreversible": _irreversible(since),
        "chain": newest_links(),
    }


def _open_entries() -> list[LedgerRow]:
    """List what is unknown or ended with a surprise, the newest first."""
    is_open = Q(state=EntryState.UNKNOWN) | Q(is_flagged=True)
    rows = newest(EntryStatus.objects.filter(is_open)).select_related("entry")
    return described(list(rows[:MOST_SHOWN]))


def _irreversible(since: datetime) -> list[LedgerRow]:
    """List what cannot be undone of what was asked lately, the newest first."""
    slugs = [each.slug for each in operations() if each.effect == Effect.IRREVERSIBLE]
    rows = leading(lambda rows: rows.filter(action__in=slugs, asked_at__gte=since))
    return described(list(rows.select_related("entry")[:MOST_SHOWN]))

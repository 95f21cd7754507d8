"""Recovery: what nobody is at work on any more is settled, and what was settled wrongly is mended.

What was only intended was certainly not sent, what was sent has an unknown outcome. Nothing is ever
sent again by itself.
"""

import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.ledger import hash_chain
from piggyadmin.ledger.appending import append_inside
from piggyadmin.ledger.entries import reread
from piggyadmin.ledger.leases import is_at_work
from piggyadmin.ledger.models import FLAGGED, Entry, EntryState, EntryStatus, Head, Snapshot

UNDER_WAY = frozenset({EntryState.INTENDED, EntryState.SENT})
# How long, in seconds, the second press of a button waits for the outcome of the first.
WAIT_FOR_FIRST_SECONDS = 35.0
LOOK_AGAIN_SECONDS = 0.05
LOOK_AGAIN_SECONDS_AT_MOST = 0.5


def wait_for_outcome(entry: Entry) -> Entry:
    """Wait until the one who came first has an outcome, is dead, or takes too long."""
    give_up_at = time.monotonic() + WAIT_FOR_FIRST_SECONDS
    pause = LOOK_AGAIN_SECONDS
    while time.monotonic() < give_up_at:
        status = EntryStatus.objects.get(entry=entry)
        if status.state not in UNDER_WAY or recover_one(status, timezone.now()):
            break
        time.sleep(pause)
        pause = min(pause * 1.5, LOOK_AGAIN_SECONDS_AT_MOST)
    return reread(entry)


def recover(now: datetime | None = None) -> list[Entry]:
    """Settle what nobody is at work on any more, and give those entries. Nothing is sent."""
    now = now or timezone.now()
    under_way = EntryStatus.objects.filter(state__in=UNDER_WAY).select_related("entry")
    return [status.entry for status in under_way if recover_one(status, now)]


def recover_one(status: EntryStatus, now: datetime) -> bool:
    """Settle one entry if nobody is at work on it; tells whether that was so."""
    if is_at_work(status.owner, status.lease_until, now):
        return False
    with hash_chain.locked_head() as head:
        current = EntryStatus.objects.select_related("entry").get(pk=status.pk)
        if current.state not in UNDER_WAY or is_at_work(current.owner, current.lease_until, now):
            return False
        if current.state == EntryState.SENT:
            detail = {"by": "recovery", "error": "Interrupted"}
            append_inside(head, current.entry, EntryState.UNKNOWN, detail)
        else:
            append_inside(head, current.entry, EntryState.SETTLED_NOT_DONE, {"by": "never sent"})
    return True


def mend(
    head: Head, entry: Entry, kind: str, detail: dict[str, Any], *, kept: Iterable[Snapshot]
) -> None:
    """Correct inside a turn what was found not to be done, and was done late; that is told.

    Raises:
        Superseded: nobody has found it not to be done; the turn must be undone.
    """
    append_inside(head, entry, kind, detail, only_after=[EntryState.SETTLED_NOT_DONE], kept=kept)
    words = gettext(
        "It was found not to be done, and then Piggy did it all the same, late. If it was asked "
        "for once more meanwhile, it was done twice: compare, and take one of them back."
    )
    append_inside(head, entry, FLAGGED, {"words": words})

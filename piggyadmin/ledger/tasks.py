"""What workers do for the ledger: recover, settle and follow, and forget what was kept enough."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.ledger import (
    entries,
    following,
    head_seals,
    reconciliation,
    recovery,
    retention,
    seal_delivery,
    verification_runs,
)
from piggyadmin.ledger.models import Entry, EntryState, EntryStatus
from piggyadmin.ledger.operations import Progress, find_operation
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PiggyError
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.resumables import resumable
from piggyadmin.tasks.runs import RetryLater, start
from piggyadmin.tasks.schedule import every

# Pauses in seconds between two looks at Piggy, after which the last one is repeated.
SETTLE_PAUSES = (5, 30, 60, 300, 900)
# Between two looks for what was found not to be done and may come late.
LATE_PAUSES = (30, 60, 300, 900, 3600)
FOLLOW_PAUSES = (2, 5, 10, 30, 60, 300)


def _entry(run: Run) -> Entry:
    return Entry.objects.get(pk=run.payload["entry"])


def pause_after(pauses: tuple[int, ...], entry: Entry) -> float:
    """Wait the longer the older an entry is; gives seconds."""
    age = (timezone.now() - entry.created_at).total_seconds()
    return float(next((pause for pause in pauses if age < pause * 4), pauses[-1]))


@resumable("settle-entry", label=_("Finding out what became of something"))
def settle_entry(run: Run) -> None:
    """Ask Piggy what became of an entry, until that is known and nothing can come late."""
    entry = _entry(run)
    if not reconciliation.is_searched(entry):
        return
    reconciliation.settle(piggy_client(), entry)
    entry = entries.reread(entry)
    if reconciliation.is_searched(entry) and _is_young(entry):
        pauses = SETTLE_PAUSES if entry.state == EntryState.UNKNOWN else LATE_PAUSES
        raise RetryLater(pause_after(pauses, entry))


def _is_young(entry: Entry) -> bool:
    age = timezone.now() - entry.created_at
    return bool(age.total_seconds() < settings.LEDGER_FOLLOW_SECONDS)


@resumable("follow-entry", label=_("Following what Piggy is still at"))
def follow_entry(run: Run) -> None:
    """See how far Piggy is, until it is done; flag what takes too long."""
    entry = _entry(run)
    status = EntryStatus.objects.get(entry=entry)
    if not status.is_followed:
        return
    action = find_operation(entry.action)
    if action is None:
        words = gettext("The console can no longer do this, so it cannot follow it either.")
        following.follow_up(entry, Progress(finished=True, as_expected=False, words=words))
        return
    try:
        progress = action.watch(piggy_client(), entry)
    except PiggyError as error:
        if _is_young(entry):
            raise
        progress = Progress(finished=False, words=str(error.message))
    if progress.finished:
        following.follow_up(entry, progress)
    elif _is_young(entry):
        raise RetryLater(pause_after(FOLLOW_PAUSES, entry))
    else:
        following.follow_up(entry, progress, as_expected=False)


@every(10, "recover-entries")
def recover_entries() -> None:
    """Settle what nobody is at work on any more, and have the rest found out and followed."""
    recovery.recover()
    for status in _searched():
        _start("settle-entry", status.entry_id)
    for status in EntryStatus.objects.filter(is_followed=True):
        _start("follow-entry", status.entry_id)


def _searched() -> list[EntryStatus]:
    """List what is looked for, as far as it is young enough."""
    since = timezone.now() - timedelta(seconds=settings.LEDGER_FOLLOW_SECONDS)
    states = [EntryState.UNKNOWN, EntryState.SETTLED_NOT_DONE]
    young = EntryStatus.objects.filter(state__in=states, asked_at__gt=since)
    rows = young.select_related("entry").prefetch_related("entry__events")
    return [row for row in rows if reconciliation.is_searched(row.entry)]


@every(3600, "seal-ledger")
def seal_ledger() -> None:
    """Seal the ledger's end once a day; looked at every hour, so that none is left out."""
    if head_seals.is_due():
        seal_delivery.seal_and_send()


@resumable("verify-ledger", label=_("Verifying the ledger"))
def verify_ledger(run: Run) -> None:
    """Go through the whole ledger, and keep what does not fit with the run."""
    verification_runs.carry(run)


@every(3600, "forget-snapshots")
def forget_snapshots() -> None:
    """Remove the snapshots and the look-ups that were kept long enough."""
    retention.forget_old(timezone.now())
    retention.forget_look_ups(timezone.now())


def _start(name: str, entry_id: int) -> None:
    start(name, key=str(entry_id), payload={"entry": entry_id})

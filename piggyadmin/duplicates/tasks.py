"""What workers do for duplicates: sweep the contacts, keep the mirror fresh, carry merges."""

import logging
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.duplicates.certain import daily
from piggyadmin.duplicates.certain import running as certain
from piggyadmin.duplicates.merging import runs
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.mirror.sweep import sweep
from piggyadmin.duplicates.models import ChangedContact, MirroredContact, Pair
from piggyadmin.duplicates.review import finder
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.errors import PiggyError, Rejected
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.resumables import resumable
from piggyadmin.tasks.runs import start
from piggyadmin.tasks.schedule import every

# Changed contacts that are read again in one go.
BATCH = 100

logger = logging.getLogger(__name__)


@resumable(store.SWEEP, label=_("Reading all customers, and looking for duplicates"))
def sweep_and_search(run: Run) -> None:
    """Bring the mirror up to date, then compare what has changed."""
    if settings.DUPLICATES:
        sweep(run, piggy_client())
        finder.search(run)


def start_sweep(by: User | None = None) -> Run:
    """Have all contacts read again; where that is under way, the run that does it is given."""
    return start(store.SWEEP, key="contacts", payload={}, by=by)


def next_sweep_at(last: Run | None) -> datetime | None:
    """Tell when a sweep starts by itself: a while after the last one was asked for, or never."""
    if settings.DUPLICATES_SWEEP_HOURS <= 0:
        return None
    wait = timedelta(hours=settings.DUPLICATES_SWEEP_HOURS)
    return last.created_at + wait if last else timezone.now()


@every(30, "sweep-when-due")
def sweep_when_due() -> None:
    """Start a sweep when its time has come; the first one at once."""
    due_at = next_sweep_at(store.newest_sweep_run())
    if settings.DUPLICATES and due_at and due_at <= timezone.now():
        start_sweep()


@every(5, "keep-mirror")
def keep_mirror() -> None:
    """Read again what this console has changed; where duplicates are switched off, keep nothing."""
    store.let_gone_contacts_rest()
    if not settings.DUPLICATES:
        if MirroredContact.objects.exists() or Pair.objects.undecided().exists():
            store.empty()
        return
    piggy = piggy_client()
    for changed in ChangedContact.objects.order_by("at")[:BATCH]:
        try:
            _read_again(piggy, changed)
        except PiggyError as error:
            logger.warning("Changed contacts could not be read again: %s", error)
            return


def _read_again(piggy: PiggyClient, changed: ChangedContact) -> None:
    """Read a contact again and compare it; one that Piggy does not let be read stays as it is."""
    row = None
    with suppress(Rejected):
        row = store.refresh(piggy, changed.uuid)
    # It may have been changed once more meanwhile: then there is another time.
    ChangedContact.objects.filter(pk=changed.pk, at=changed.at).delete()
    if row and not row.is_compared:
        finder.check(row.uuid)


@resumable(runs.CARRIER, label=_("Merging duplicates"))
def carry_merge(run: Run) -> None:
    """Carry a merge run."""
    runs.carry(run)


@resumable(certain.CHECKER, label=_("Looking at certain pairs"))
def check_certain_run(run: Run) -> None:
    """Check the pairs of a run."""
    certain.carry_check(run)


@resumable(certain.CARRIER, label=_("Merging certain pairs"))
def carry_certain_run(run: Run) -> None:
    """Carry a run of certain pairs."""
    certain.carry(run)


@every(15, "keep-certain-runs")
def keep_certain_runs() -> None:
    """Have runs go on whose background work ended at the moment they were taken up."""
    certain.keep_going()


@every(60, "merge-certain-daily")
def merge_certain_daily() -> None:
    """Merge certain pairs by themselves, where two people had that done."""
    if settings.DUPLICATES:
        daily.keep()

"""What workers do for bulk runs: check them, carry them, and forget their rows in the end."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from piggyadmin.bulk import running
from piggyadmin.bulk.models import BulkPiece, BulkRow, BulkRun, BulkRunStatus
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.resumables import resumable
from piggyadmin.tasks.schedule import every

Status = BulkRunStatus
# What nobody has confirmed is forgotten with what is over.
_OVER = (Status.DRAFT, Status.CHECKED, Status.CANCELLED, Status.DONE)


@resumable(running.CHECKER, label=_("Checking the rows of a list"))
def check_bulk_run(run: Run) -> None:
    """Check the rows of a run."""
    running.carry_check(run)


@resumable(running.CARRIER, label=_("Doing the rows of a list"))
def carry_bulk_run(run: Run) -> None:
    """Carry a run."""
    running.carry(run)


@every(15, "keep-bulk-runs")
def keep_runs() -> None:
    """Have runs go on whose background work ended at the moment they were resumed."""
    running.keep_going()


@every(3600, "forget-bulk-rows")
def forget_rows() -> None:
    """Remove files and rows that were kept long enough; what was done stands in the ledger."""
    before = timezone.now() - timedelta(days=settings.BULK_KEEP_DAYS)
    is_old = Q(finished_at__lt=before) | Q(finished_at=None, created_at__lt=before)
    old = BulkRun.objects.filter(is_old, status__in=_OVER).values("pk")
    for model in (BulkRow, BulkPiece):
        model._default_manager.filter(run__in=old).delete()

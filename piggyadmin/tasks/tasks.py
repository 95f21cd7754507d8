"""What the workers do for themselves: forget what is long over."""

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from piggyadmin.tasks import backend
from piggyadmin.tasks.models import UNFINISHED, Run, Worker
from piggyadmin.tasks.schedule import every

HOUR = 60 * 60  # seconds


@every(HOUR, "forget-old-tasks")
def forget_old_tasks() -> None:
    """Drop finished runs after a while, and the rows of workers that were killed."""
    old = Now() - timedelta(days=settings.TASKS_KEEP_DAYS)
    Run.objects.exclude(state__in=UNFINISHED).filter(finished_at__lt=old).delete()
    Worker.objects.filter(last_seen__lt=Now() - timedelta(days=1)).delete()
    backend.forget_old()

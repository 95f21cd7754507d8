"""What carries a run's id to a worker: django-tasks, over the database or over Redis.

Nothing depends on it but speed: what it loses, the workers find by themselves. `django_tasks` is
`django.tasks` in Django 6, so that this module is the only one that knows it.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django_tasks import task

from piggyadmin.redis_pool import redis_client

QUEUE = "piggyadmin"
# Notes that tell of a run are of no use any more after this time.
KEEP = timedelta(days=1)

logger = logging.getLogger(__name__)

# Takes a run's id and does the rest: in a worker one of its threads, elsewhere whoever executes it.
take_over: Callable[[int], None] | None = None


@task(queue_name=QUEUE)
def wake(pk: int) -> None:
    """Tell the worker that executes this of a run."""
    if take_over is not None:
        take_over(pk)


def hand_over(pk: int) -> None:
    """Tell a worker, any of them, of a run that is due."""
    try:
        if settings.TASKS_BACKEND == "rq":
            redis_client(settings.REDIS_URL).ping()  # which does not wait while Redis is away
        wake.enqueue(pk)
    except (DatabaseError, redis.RedisError) as error:
        logger.warning("Could not call a worker: %s", type(error).__name__)


def pump() -> bool:
    """Execute one waiting task in this process, and tell whether there was one."""
    return _pump_redis() if settings.TASKS_BACKEND == "rq" else _pump_database()


def _pump_database() -> bool:
    # Looked at first, as taking one locks all of an SQLite database.
    from django_tasks_db.management.commands.db_worker import Worker  # noqa: PLC0415
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415

    if not DBTaskResult.objects.ready().filter(queue_name=QUEUE).exists():
        return False
    Worker(
        queue_names=[QUEUE],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=1,
        worker_id="piggyadmin",
        excluded_queue_names=[],
    ).run()
    return True


def _pump_redis() -> bool:
    from piggyadmin.tasks.rq import pump  # noqa: PLC0415  (needs RQ's settings)

    return pump(QUEUE)


def forget_old() -> None:
    """Drop old tasks, those of killed workers among them."""
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415

    DBTaskResult.objects.filter(enqueued_at__lt=timezone.now() - KEEP).delete()

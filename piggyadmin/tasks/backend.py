"""What carries a run's id to a worker: django-tasks, over the database or over Redis.

Nothing depends on it but speed: what it loses, the workers find by themselves. `django_tasks` is
`django.tasks` in Django 6, so that this module is the only one that knows it.
"""

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError
from django_tasks import task

from piggyadmin.redis_pool import redis_client

QUEUE = "piggyadmin"
# Notes that tell of a run are of no use any more after this time.
KEEP_DAYS = 1

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


def execute(on_signal: Callable[[], object]) -> None:
    """Execute what is handed over in the main thread, until a signal comes or its store goes.

    Both engines take SIGTERM and SIGINT as theirs. `on_signal` is told of one whatever becomes of
    what they raise then: a database that is interrupted may raise something of its own instead.
    """
    if settings.TASKS_BACKEND == "rq":
        from piggyadmin.tasks.rq import execute_jobs  # noqa: PLC0415  (needs RQ's settings)

        execute_jobs(QUEUE, on_signal)
    else:
        from piggyadmin.tasks.database import execute_tasks  # noqa: PLC0415  (needs its models)

        execute_tasks(QUEUE, on_signal)


def forget_old() -> None:
    """Drop notes that were executed long ago; RQ does so by itself."""
    if settings.TASKS_BACKEND == "database":
        call_command("prune_db_task_results", queue_name=QUEUE, min_age_days=KEEP_DAYS, verbosity=0)

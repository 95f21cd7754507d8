"""RQ inside a worker of ours: one job at a time, in this very thread."""

from functools import lru_cache

import django_rq
from django_tasks_rq import Job
from rq import Queue, SimpleWorker
from rq.timeouts import TimerDeathPenalty


class ThreadWorker(SimpleWorker):
    """RQ's simple worker, without the signals that only a main thread can handle."""

    death_penalty_class = TimerDeathPenalty

    def _install_signal_handlers(self) -> None:
        """Leave signals to the worker around it."""


@lru_cache(maxsize=1)
def _queue(name: str) -> Queue:
    return django_rq.get_queue(name, job_class=Job)


def pump(name: str) -> bool:
    """Execute one waiting job of this queue, and tell whether there was one."""
    queue = _queue(name)
    if queue.is_empty():
        return False
    worker = ThreadWorker(
        [queue], connection=queue.connection, job_class=Job, serializer=queue.serializer
    )
    worker.work(burst=True, max_jobs=1, logging_level="WARNING")
    return True

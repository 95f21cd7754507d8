"""RQ inside a worker of ours: one job at a time, in the main thread."""

from collections.abc import Callable

import django_rq
from django_tasks_rq import Job
from rq import SimpleWorker


class MainThreadWorker(SimpleWorker):
    """RQ's simple worker, which tells of a signal."""

    on_signal: Callable[[], object]

    def handle_warm_shutdown_request(self) -> None:
        """Tell of it first: what is raised then may get lost in whatever it interrupts."""
        self.on_signal()


def execute_jobs(name: str, on_signal: Callable[[], object]) -> None:
    """Execute the jobs of this queue until Redis goes, or a signal comes that `on_signal` hears of.

    Raises:
        RedisError: Redis went while RQ took its leave of it.
    """
    queue = django_rq.get_queue(name, job_class=Job)
    worker = MainThreadWorker(
        [queue], connection=queue.connection, job_class=Job, serializer=queue.serializer
    )
    worker.on_signal = on_signal
    worker.work(logging_level="WARNING")

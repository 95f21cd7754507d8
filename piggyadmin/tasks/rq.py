"""RQ inside a worker of ours: one job at a time, in the main thread."""

import django_rq
from django_tasks_rq import Job
from rq import SimpleWorker


class MainThreadWorker(SimpleWorker):
    """RQ's simple worker, which tells whether it was asked to stop or gave up."""

    is_asked_to_stop = False

    def handle_warm_shutdown_request(self) -> None:
        """Keep in mind that a signal came."""
        self.is_asked_to_stop = True


def execute_jobs(name: str) -> bool:
    """Execute the jobs of this queue until a signal comes or Redis goes; tell whether one came."""
    queue = django_rq.get_queue(name, job_class=Job)
    worker = MainThreadWorker(
        [queue], connection=queue.connection, job_class=Job, serializer=queue.serializer
    )
    worker.work(logging_level="WARNING")
    return worker.is_asked_to_stop

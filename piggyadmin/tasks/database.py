"""The database's engine inside a worker of ours: one task at a time, in the main thread."""

import logging
from collections.abc import Callable
from types import FrameType

from django.conf import settings
from django.utils.crypto import get_random_string
from django_tasks_db.compat import DEFAULT_TASK_BACKEND_ALIAS
from django_tasks_db.management.commands.db_worker import Worker

# What the engine says is said by the worker around it.
LOGGERS = ("django_tasks", "django_tasks_db")


class DatabaseWorker(Worker):
    """The engine's own worker, which tells of a signal."""

    def __init__(self, queue_name: str, on_signal: Callable[[], object]) -> None:
        super().__init__(
            queue_names=[queue_name],
            interval=settings.TASKS_POLL_SECONDS,
            batch=False,
            backend_name=DEFAULT_TASK_BACKEND_ALIAS,
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self.on_signal = on_signal

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """Tell of it first: what is raised then may get lost in whatever it interrupts."""
        self.on_signal()
        super().shutdown(signum, frame)


def execute_tasks(queue_name: str, on_signal: Callable[[], object]) -> None:
    """Execute the tasks of this queue until a signal comes, which `on_signal` hears of.

    Raises:
        SystemExit: a signal came while there was nothing to execute.
        DatabaseError: the database could not be asked, or was interrupted by the signal.
    """
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    worker = DatabaseWorker(queue_name, on_signal)
    worker.configure_signals()
    worker.run()

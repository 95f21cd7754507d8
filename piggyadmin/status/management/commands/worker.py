"""`manage.py worker`: does what takes long; any number of them, on any machine."""

import logging
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from piggyadmin.status.startup import ensure_safe_start
from piggyadmin.tasks.workers import WorkerProcess


class Command(BaseCommand):
    """Do the console's work in the background until SIGTERM or Ctrl+C."""

    help = "Do the console's work in the background; stops gracefully on SIGTERM or Ctrl+C."
    # Databases may come up later than a worker.
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer `--parent`."""
        parser.add_argument(
            "--parent", type=int, default=0, help="stop when this process is no longer the parent"
        )

    def handle(self, *, parent: int, **_options: Any) -> None:
        """Work, and leave without waiting for threads that have had their time."""
        ensure_safe_start()
        WorkerProcess(parent=parent).run()
        logging.shutdown()
        sys.stdout.flush()
        os._exit(0)

"""`manage.py duplicates_sweep`: reads all contacts into the mirror now, and says how far it is."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from piggyadmin.duplicates.models import Sweep
from piggyadmin.duplicates.tasks import start_sweep
from piggyadmin.status.startup import ensure_safe_start
from piggyadmin.tasks import runs
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.workers import close_connections

LOOK_SECONDS = 0.5
TELL_SECONDS = 1.0


class Command(BaseCommand):
    """Carry a sweep in this process, or follow the worker that is at it already.

    After Ctrl+C it is handed back, and a worker goes on where it was.
    """

    help = "Read all contacts into the mirror and look for duplicates; says how far it is."

    def handle(self, **_options: Any) -> None:
        """Start it, and stay until it has ended."""
        ensure_safe_start()
        if not settings.DUPLICATES:
            raise CommandError("Duplicates are switched off (DUPLICATES=false).")
        self.stopping = threading.Event()
        self.told, self.told_at = "", float("-inf")
        before = signal.signal(signal.SIGINT, lambda *_: self.stopping.set())
        try:
            run = self._see_through(start_sweep())
        finally:
            signal.signal(signal.SIGINT, before)
        if not run.is_finished:
            self.stdout.write("Handed back: a worker goes on where it was.")
        elif run.state != RunState.DONE:
            raise CommandError(f"The reading is {run.get_state_display()}. {run.last_error}")
        else:
            self._tell_figures(run)

    def _see_through(self, run: Run) -> Run:
        """Carry the run whenever nobody else does, until it has ended or Ctrl+C was pressed."""
        while True:
            owner = f"duplicates_sweep/{uuid4()}"
            if claimed := runs.claim(owner, only=run.pk):
                with _staying_owner(owner):
                    runs.carry(claimed, should_stop=lambda: self._tell(claimed))
            run.refresh_from_db()
            self._tell(run)
            if run.is_finished or self.stopping.is_set():
                return run
            self.stopping.wait(LOOK_SECONDS)

    def _tell(self, run: Run) -> bool:
        """Say how far it is, at most once a second; tells whether it has to stop."""
        so_far = f"{run.progress:,}" if run.progress else ""
        of = f" of {run.of:,}" if so_far and run.of else ""
        words = f"{so_far}{of} {run.last_error}".strip()
        if words and words != self.told and time.monotonic() - self.told_at >= TELL_SECONDS:
            self.stdout.write(words)
            self.told, self.told_at = words, time.monotonic()
        return self.stopping.is_set()

    def _tell_figures(self, run: Run) -> None:
        this = Sweep.objects.get(run_id=run.pk)
        self.stdout.write(
            f"{this.contacts:,} contacts in {this.seconds:,.1f} seconds: "
            f"{this.added:,} new, {this.changed:,} changed, {this.gone:,} gone."
        )


@contextmanager
def _staying_owner(owner: str) -> Iterator[None]:
    """Renew the lease meanwhile, as a worker does for its runs."""
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(settings.TASKS_LEASE_SECONDS / 3):
            runs.renew([owner])
        close_connections()

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()

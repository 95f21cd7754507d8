"""Consoles with a database of their own, whose workers are real processes."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0  # seconds, on a machine where everything else runs too
# Stands for the web server: starts runs, and tells how they are.
_WEB_SERVER = """
import json, sys, django
django.setup()
from collections import Counter
from piggyadmin.tasks.models import Run
from piggyadmin.tasks.runs import start
for line in sys.stdin:
    for wanted in json.loads(line):
        start(**wanted)
    print(json.dumps(Counter(Run.objects.values_list("state", flat=True))), flush=True)
"""


def wait_until(what: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """Wait for something to become true, and give it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if found := what():
            return found
        time.sleep(0.02)
    raise AssertionError("It took too long.")


class Console:
    """A console in a directory of its own, or on a given database."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self.directory = directory
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIGGY_", "SANDBOX_", "TASKS_", "WORKER", "DUPLICATES"))
            and name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "tests.tasks.worker_settings",
            "DATA_DIR": str(directory),
            "PIGGY_API_TOKEN": "sandbox",
            "PIGGY_SANDBOX": "true",
            "SECRET_KEY": settings.SECRET_KEY,  # what tests have sealed, workers open
            "PIGGY_API_URL": "http://127.0.0.1:9",
            # On a busy machine a process may get no turn for a second or two.
            "TASKS_LEASE_SECONDS": "4",
            "TASKS_POLL_SECONDS": "0.1",
            "TASKS_BACKOFF_SECONDS": "0.1",
            # Nothing that workers begin by themselves is wanted where no Piggy is.
            "DUPLICATES_SWEEP_HOURS": "0",
            **environment,
        }
        self.log = directory / "workers.log"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.web_server: subprocess.Popen[str] | None = None

    def prepare(self) -> None:
        """Make its tables."""
        command = [sys.executable, "manage.py", "migrate", "-v0"]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True)

    def worker(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a worker."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *(command or ("manage.py", "worker"))],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def start(self, *runs: dict[str, Any]) -> dict[str, int]:
        """Start runs, in another process than any worker; count the runs by state."""
        if self.web_server is None:
            self.web_server = subprocess.Popen(
                [sys.executable, "-c", _WEB_SERVER],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self.web_server.stdin
        assert self.web_server.stdout
        self.web_server.stdin.write(json.dumps(runs) + "\n")
        self.web_server.stdin.flush()
        return dict(json.loads(self.web_server.stdout.readline()))

    def end(self) -> None:
        """End what still runs."""
        if self.web_server:
            self.web_server.communicate()
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()


@contextmanager
def console(directory: Path, **environment: str) -> Iterator[Console]:
    """Give a console, and end its processes afterwards."""
    made = Console(directory, **environment)
    try:
        yield made
    finally:
        made.end()


def end_gracefully(process: subprocess.Popen[bytes]) -> int:
    """Ask a process to end, and give its exit status."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE)

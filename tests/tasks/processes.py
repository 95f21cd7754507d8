"""Consoles with a database of their own, whose workers are real processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds
_START = """
import json, sys, django
django.setup()
from piggyadmin.tasks.runs import start
print(start(sys.argv[1], key=sys.argv[2], payload=json.loads(sys.argv[3])).pk)
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
            if not name.startswith(("PIGGY_", "SANDBOX_", "TASKS_", "WORKER"))
            and name not in {"DATABASE_URL", "REDIS_URL"}
        }
        self.environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "tests.tasks.worker_settings",
            "DATA_DIR": str(directory),
            "PIGGY_API_TOKEN": "sandbox",
            "PIGGY_API_URL": "http://127.0.0.1:9",
            "TASKS_LEASE_SECONDS": "1",
            "TASKS_POLL_SECONDS": "0.1",
            "TASKS_BACKOFF_SECONDS": "0.1",
            **environment,
        }
        self.log = directory / "workers.log"
        self.processes: list[subprocess.Popen[bytes]] = []

    def python(self, *arguments: str) -> str:
        """Run Python with this console's settings, and give what it prints."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout.decode()

    def prepare(self) -> None:
        """Make its tables."""
        self.python("manage.py", "migrate", "-v0")

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

    def start(self, name: str, key: str, payload: str) -> int:
        """Start a run, as another process than any worker."""
        return int(self.python("-c", _START, name, key, payload))

    def end(self) -> None:
        """End what still runs."""
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()


@contextmanager
def console(directory: Path, **environment: str) -> Iterator[Console]:
    """Give a console, and end its processes afterwards."""
    made = Console(directory, **environment)
    try:
        made.prepare()
        yield made
    finally:
        made.end()


def end_gracefully(process: subprocess.Popen[bytes]) -> int:
    """Ask a process to end, and give its exit status."""
    process.send_signal(signal.SIGTERM)
    return process.wait(PATIENCE)

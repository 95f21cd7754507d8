"""The console as a process of its own, served as in production."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import requests
from playwright.sync_api import Browser

from tests.prepared import DATABASE, copy_console, migrated_database
from tests.sandbox.server import SandboxServer, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60


class ConsoleServer:
    """gunicorn in front of the console, pointed at a sandbox over its socket."""

    def __init__(self, directory: Path, sandbox: SandboxServer, **environment: str) -> None:
        self.directory = directory
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._states: dict[str, Any] = {}
        self._queue_worker: subprocess.Popen[str] | None = None
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("DJANGO_")},
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "DATA_DIR": str(directory),
            "PIGGY_API_URL": sandbox.url,
            "PIGGY_API_TOKEN": sandbox.token,
            "PIGGY_SANDBOX": "true",
            "PIGGY_REFERENCE_SECONDS": "0",
            "PORT": str(self.port),
            **environment,
        }

    def __enter__(self) -> Self:
        self._prepare()
        self.start()
        return self

    def _prepare(self) -> None:
        """Bring it to where `manage.py prepare` would; by copying as much of that as can be."""
        has_sqlite = "DATABASE_URL" not in self.environment
        if has_sqlite and self.environment["PIGGY_SANDBOX"] == "true":
            copy_console(self.directory)
            return
        if has_sqlite:
            shutil.copy(migrated_database(), self.directory / DATABASE)
        self.manage("prepare")

    def start(self) -> None:
        """Start it, and wait until it can be used."""
        with (self.directory / "console.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "piggyadmin.wsgi", "-c", "gunicorn.conf.py"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait()

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)
        if self._queue_worker:
            self._queue_worker.communicate(timeout=30)

    def manage(self, *arguments: str) -> None:
        """Run a command of manage.py for this console."""
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
        )

    def change_queue(self, *command: str) -> None:
        """Do something to the queue of duplicates, as `tests/duplicates/queue_worker.py` has it.

        One process does all that is asked for: to start one takes longer than any of it.

        Raises:
            RuntimeError: it could not be done; why is on the standard error.
        """
        worker = self._queue_worker = self._queue_worker or subprocess.Popen(
            [sys.executable, "-m", "tests.duplicates.queue_worker"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert worker.stdin
        assert worker.stdout
        print(json.dumps(command), file=worker.stdin, flush=True)
        if not worker.stdout.readline():
            raise RuntimeError(f"The queue could not be changed: {command}")

    def _wait(self) -> None:
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at:
            try:
                if requests.get(f"{self.url}/readyz", timeout=5).ok:
                    return
            except requests.RequestException:  # not there yet, or still busy starting
                time.sleep(0.1)
        raise RuntimeError((self.directory / "console.log").read_text())

    def signed_in(self, browser: Browser, role: str) -> Any:
        """Sign a demo person in once, as a person would, and give the cookies of it."""
        if role not in self._states:
            context = browser.new_context(base_url=self.url, locale="en-GB")
            page = context.new_page()
            page.goto("/accounts/login/")
            page.get_by_label("Username").fill(role)
            page.get_by_label("Password").fill("piggy-demo")
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"{self.url}/")
            self._states[role] = context.storage_state()
            context.close()
        return self._states[role]

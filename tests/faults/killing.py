"""Starts writes in processes of their own, and kills them."""

import base64
import json
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.conf import settings
from django.db import connection

from tests.sandbox.server import ROOT, TOKEN


def database_url() -> str:
    """Give the address of the database that this test uses."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}?timeout=20&transaction_mode=IMMEDIATE"
    who = f"{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT'] or 5432}"
    return f"postgres://{who}/{values['NAME']}"


class Nursery:
    """A process that has the console loaded and forks for each write."""

    def __init__(self, directory: Path, api_url: str) -> None:
        self.log = directory / "nursery.log"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIGGY_", "SANDBOX_", "DJANGO_"))
        }
        self.environment = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "DATA_DIR": str(directory),
            "DATABASE_URL": database_url(),
            "SECRET_KEY": settings.SECRET_KEY,  # what one process has sealed, the other opens
            "PIGGY_API_URL": api_url,
            "PIGGY_API_TOKEN": TOKEN,
            "PIGGY_SANDBOX": "true",
            "PIGGY_CIRCUIT_BREAKER": "0",
            "REQUEST_LOG_DAYS": "0",
        }

    def __enter__(self) -> Self:
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.nursery"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._read() == {"ready": True}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.process.communicate(timeout=30)

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, self.log.read_text()
        return dict(json.loads(line))

    def _write(self, **words: Any) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()

    def start(self, point: str, **job: Any) -> int:
        """Have a write carried out as far as the point, and give the process that stands there."""
        self._write(point=point, job=base64.b64encode(pickle.dumps(job)).decode())
        # Two processes say something, in any order.
        said = self._read() | self._read()
        assert said["reached"], self.log.read_text()
        return int(said["pid"])

    def kill(self, pid: int) -> None:
        """Kill a process that was started, and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        self._write(reap=pid)
        assert self._read() == {"signal": signal.SIGKILL}

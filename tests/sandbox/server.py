"""A sandbox behind a real socket, for tests that want to reach it as any client would."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import requests

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
TOKEN = "sandbox"


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children_of(pid: int) -> list[int]:
    """List the processes that one has started and that live."""
    return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


class SandboxServer:
    """Serves a small sandbox from a database of its own while the `with` lasts.

    `url` goes into PIGGY_API_URL and `token` into PIGGY_API_TOKEN.
    """

    def __init__(
        self,
        contacts: int = 40,
        seed: int = 1,
        port: int | None = None,
        threads: int = 8,
        workers: int = 1,
        **environment: str,
    ) -> None:
        self.contacts = contacts
        self.seed = seed
        self.threads = threads
        self.workers = workers
        self.environment = environment
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = TOKEN
        self.session = requests.Session()
        self.session.trust_env = False

    def __enter__(self) -> "SandboxServer":
        self.directory = tempfile.TemporaryDirectory(prefix="piggyadmin-sandbox-")
        self.log = Path(self.directory.name) / "log"
        try:
            self._start()
        except RuntimeError:
            self.stop()
            raise
        return self

    def _start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command(), cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )
        self._wait()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the server and throw its database away."""
        self.session.close()
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.directory.cleanup()

    def kill_and_start_again(self) -> None:
        """End it in the midst of what it is at, as a power cut would, and serve what it has kept.

        Raises:
            RuntimeError: it did not start again.
        """
        for pid in (self.process.pid, *children_of(self.process.pid)):
            os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self._start()

    def _command(self) -> list[str]:
        gunicorn = [sys.executable, "-m", "gunicorn", "piggyadmin.sandbox.server:application"]
        size = ["--workers", str(self.workers), "--threads", str(self.threads)]
        return [*gunicorn, *size, "--graceful-timeout", "2"]

    def _environment(self) -> dict[str, str]:
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PIGGY_", "SANDBOX_", "DJANGO_"))
            and name not in {"DATABASE_URL", "DATA_DIR"}
        }
        return {
            **kept,
            "DATA_DIR": self.directory.name,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "PIGGY_API_TOKEN": "",
            "PIGGY_SANDBOX_TOKEN": self.token,
            "SANDBOX_CONTACTS": str(self.contacts),
            "SANDBOX_SEED": str(self.seed),
            **self.environment,
        }

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            try:
                self.session.get(f"{self.url}/sandbox/faults", timeout=5)
            except requests.RequestException:
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"The sandbox did not start:\n{self.log.read_text()}")

    # --- Control ---

    def reset(self, **figures: int) -> None:
        """Go back to the seeded state, with no faults, an empty mailbox and no calls noted."""
        body = {"contacts": self.contacts, "seed": self.seed, **figures}
        self._control("POST", "reset", json=body)

    def faults(self, *faults: dict[str, Any], **settings: Any) -> None:
        """Misbehave: `faults({"kind": "drop_after", "path": "^vouchers/batch$"}, latency_ms=100)`.

        What is not given is as it was at the beginning; nothing at all makes it behave.
        """
        values = {"faults": list(faults), **settings}
        self._control("PUT", "faults", json=values)

    def mailbox(self) -> list[dict[str, Any]]:
        """Give the mails that were sent, the newest first."""
        return list(self._control("GET", "mailbox.json")["mails"])

    def calls(self, method: str = "", path: str = "") -> list[dict[str, Any]]:
        """Give the calls that arrived, the newest first; only those whose path ends so."""
        return [
            call
            for call in self._control("GET", "calls.json")["calls"]
            if method in {"", call["method"]} and call["path"].endswith(path)
        ]

    def known(self) -> dict[str, Any]:
        """Give the well-known records as they are now: contacts, vouchers, promotions and so on."""
        return self._control("GET", "known.json")

    def bookings(self) -> list[dict[str, Any]]:
        """Give all bookings, with what the API does not echo."""
        return list(self._control("GET", "bookings.json")["bookings"])

    def _control(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        response = self.session.request(method, f"{self.url}/sandbox/{path}", timeout=60, **options)
        assert response.ok, response.text[:500]
        return dict(response.json())

    # --- The API ---

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """Call the API and give the whole response."""
        url = f"{self.url}/api/v3/oauth/clients/{path}"
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        return self.session.request(
            method, url, headers=headers, timeout=60, allow_redirects=False, **options
        )

    def api(self, method: str, path: str, **options: Any) -> Any:
        """Call the API and give `data`; refusals fail the test."""
        response = self.request(method, path, **options)
        assert response.ok, response.text[:500]
        return response.json()["data"]

    @contextmanager
    def misbehaving(self, *faults: dict[str, Any], **settings: Any) -> Iterator[None]:
        """Misbehave as long as the `with` lasts."""
        self.faults(*faults, **settings)
        try:
            yield
        finally:
            self.faults()

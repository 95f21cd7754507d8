"""Keeps one worker alive beside the web server, for as long as that lives.

A worker that dies is replaced. When the web server goes, be it by `kill -9`, so does the worker:
`python -m piggyadmin.tasks.supervisor --parent PID`. Small on purpose: it loads nothing of the
console.
"""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LOOK_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# A worker that lived for so long did not die of a wrong setting.
GOOD_LIFE_SECONDS = 60.0
# Longer than a worker gives its threads; one that hangs is killed, which loses nothing.
PATIENCE_SECONDS = 90.0


class Supervisor:
    """Starts a worker, again and again if need be."""

    def __init__(self, parent: int) -> None:
        self.parent = parent
        self._stopping = threading.Event()

    def keep(self) -> None:
        """Keep a worker until somebody wants it to end, or the parent has gone."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        pause = FIRST_PAUSE_SECONDS
        while self._is_wanted:
            begun = time.monotonic()
            worker = self._start()
            while self._is_wanted and worker.poll() is None:
                self._stopping.wait(LOOK_SECONDS)
            if not self._is_wanted:
                end(worker)
                return
            if time.monotonic() - begun > GOOD_LIFE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    @property
    def _is_wanted(self) -> bool:
        return not self._stopping.is_set() and os.getppid() == self.parent

    def _stop(self, *_signal: Any) -> None:
        self._stopping.set()

    def _start(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "manage.py", "worker", "--parent", str(os.getpid())]
        return subprocess.Popen(command, cwd=ROOT)  # noqa: S603  (nothing in it is given)


def start_supervisor() -> "subprocess.Popen[bytes]":
    """Start a keeper as a child of this process."""
    command = [sys.executable, "-m", "piggyadmin.tasks.supervisor", "--parent", str(os.getpid())]
    return subprocess.Popen(command, cwd=ROOT)  # noqa: S603  (nothing in it is given)


def end(process: "subprocess.Popen[bytes]", patience: float = PATIENCE_SECONDS) -> None:
    """End a process gracefully, or after a while without grace."""
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Keep a worker alive beside its parent.")
    parser.add_argument("--parent", type=int, default=os.getppid())
    Supervisor(parser.parse_args().parent).keep()

"""Runs for the tests: each step leaves one mark in a directory, and is not repeated."""

import os
import threading
import time
from pathlib import Path

from piggyadmin.tasks.models import Run
from piggyadmin.tasks.resumables import resumable
from piggyadmin.tasks.runs import RetryLater
from piggyadmin.tasks.schedule import every


@resumable("sample-steps")
def steps(run: Run) -> None:
    """Do `steps` steps, each of which takes `pause` seconds."""
    directory, number_of_steps = Path(run.payload["directory"]), run.payload["steps"]
    _note(directory / "begun", f"{time.time()}")
    for number in range(1, number_of_steps + 1):
        mark = directory / f"step-{number}"
        if not mark.exists():
            time.sleep(run.payload.get("pause", 0))
            _note(mark, f"{os.getpid()}-{threading.get_ident()}")
        run.heartbeat(progress=number, of=number_of_steps)


@resumable("sample-later")
def later(run: Run) -> None:
    """Come back once."""
    run.heartbeat(progress=run.progress + 1)
    if run.progress < 2:
        raise RetryLater(0.1)


@every(0.5, "sample-tick")
def tick() -> None:
    """Leave a line about every half second."""
    if directory := os.environ.get("SAMPLE_TICKS"):
        _note(Path(directory) / "ticks", f"{os.getpid()} {time.time()}")


def _note(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text + "\n")

"""The console under load: `make load`, or `python -m tests.bench.load`.

50 people for ten minutes on PostgreSQL and Redis, two web processes and a worker of their own,
Piggy answering after 100 ms. Nothing may fail, and of each page 95 % must come within twice what
one person alone waits for the console, and what it waits for Piggy. LOAD_PEOPLE and LOAD_MINUTES
say how many and for how long. Locust plays the people; it is not installed with the other tools.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests import postgresql
from tests.bench.document import machine, write_section
from tests.bench.ledger_timing import MISSED
from tests.bench.look_ups import LATENCY_MS
from tests.bench.pages import wanted
from tests.browser.console import ROOT, ConsoleServer
from tests.redis_server import RedisServer
from tests.sandbox.server import SandboxServer

PEOPLE = int(os.environ.get("LOAD_PEOPLE", "50"))
MINUTES = float(os.environ.get("LOAD_MINUTES", "10"))
ALONE_SECONDS = 60
CUSTOMERS = 2000
# One of each role, in no hurry.
ALONE = {"LOAD_ALONE": "1", "LOAD_PAUSES": "0.3-0.3"}
PEOPLE_FILE = "tests/bench/locustfile.py"
# Rarer pages have no 95 % to speak of.
FEWEST = 20

HEAD = """{people} people for {minutes:g} minutes, {machine}, on PostgreSQL and Redis with two web
processes and a worker, Piggy answering after 100 ms: `make load`. Nothing failed. Milliseconds; at
most is twice what one person alone waits for the console, and what it waits for Piggy. A figure in
bold is more than that.

| page | answers | alone | median | 95 % | at most |
|---|---:|---:|---:|---:|---:|"""

# By page: how long it took, in milliseconds, and how often.
Times = dict[int, int]
Statistics = dict[str, Times]


def played(url: str, people: int, seconds: float, **environment: str) -> Statistics:
    """Have people work in the console; gives how long each kind of page took.

    Raises:
        RuntimeError: something failed.
    """
    command = [sys.executable, "-m", "locust", "-f", PEOPLE_FILE, "--host", url, "--headless"]
    command += ["--users", str(people), "--spawn-rate", "2", "--run-time", f"{seconds:.0f}s"]
    command += ["--json", "--skip-log-setup", "--reset-stats"]
    settings = {**os.environ, **environment}
    done = subprocess.run(
        command, cwd=ROOT, env=settings, check=False, stdout=subprocess.PIPE, text=True
    )
    statistics: list[dict[str, Any]] = json.loads(done.stdout)
    failed = [each["name"] for each in statistics if each["num_failures"]]
    if done.returncode or failed or not statistics:
        raise RuntimeError(f"Failed: {', '.join(failed)}")
    return {each["name"]: _times(each["response_times"]) for each in statistics}


def _times(counted: Mapping[str, int]) -> Times:
    return {int(float(time)): number for time, number in counted.items()}


def percentile(times: Times, share: float) -> int:
    """Give the time within which so large a share was answered."""
    wanted, so_far = share * sum(times.values()), 0
    for time in sorted(times):
        so_far += times[time]
        if so_far >= wanted:
            return time
    return max(times)


def judged(loaded: Statistics, alone: Statistics, at_once: Statistics) -> bool:
    """Print and write down what each page took, and tell whether all were fast enough.

    Args:
        loaded: with everybody at work.
        alone: with one person at work.
        at_once: with one, and a Piggy that answers at once.
    """
    rows = [
        _row(name, loaded[name], percentile(alone[name], 0.5), percentile(at_once[name], 0.5))
        for name in sorted(set(loaded) & set(alone) & set(at_once))
        if sum(loaded[name].values()) >= FEWEST
    ]
    table = "\n".join([HEAD.format(people=PEOPLE, minutes=MINUTES, machine=machine()), *rows])
    print(table, flush=True)
    write_section("Under load", table)
    return "**" not in table


def _row(name: str, times: Times, alone: int, at_once: int) -> str:
    most = 2 * at_once + max(alone - at_once, 0)
    last = wanted(percentile(times, 0.95), most, "d")
    cells = [name, f"{sum(times.values()):,}", alone, percentile(times, 0.5), last, most]
    return f"| {' | '.join(map(str, cells))} |"


def measure() -> bool:
    """Measure and print; tells whether the target is met."""
    with (
        postgresql.database() as database,
        RedisServer() as redis,
        tempfile.TemporaryDirectory() as directory,
        SandboxServer(CUSTOMERS, threads=32, workers=2) as sandbox,
        ConsoleServer(
            Path(directory),
            sandbox,
            DATABASE_URL=str(database),
            REDIS_URL=redis.url,
            WEB_CONCURRENCY="2",
            PIGGY_REFERENCE_SECONDS="300",
        ) as console,
    ):
        at_once = played(console.url, 3, ALONE_SECONDS, **ALONE)
        sandbox.faults(latency_ms=LATENCY_MS)
        alone = played(console.url, 3, ALONE_SECONDS, **ALONE)
        print(f"{PEOPLE} people for {MINUTES:g} minutes, Piggy answering after {LATENCY_MS} ms")
        loaded = played(console.url, PEOPLE, MINUTES * 60)
        return judged(loaded, alone, at_once)


if __name__ == "__main__":
    sys.exit(0 if measure() else MISSED)

"""How fast customers are found by name: `python -m tests.bench finding`.

On SQLite, and on PostgreSQL where one is to be reached. BENCH_FOUND_CONTACTS says among how many.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.databases import databases
from tests.bench.ledger_timing import MISSED

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ("-m", "tests.bench.finding_inside")
CONTACTS = os.environ.get("BENCH_FOUND_CONTACTS", "1000000")


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    results = [on_database(name, **environment) for name, environment in databases()]
    return all(results)


def on_database(name: str, **environment: str) -> bool:
    """Measure with one database, in a process of its own; tells whether all of it is quick enough.

    Raises:
        RuntimeError: it broke down.
    """
    print(f"\nFinding customers on {name}, among {int(CONTACTS):,}", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "DATA_DIR": directory,
            "LOG_LEVEL": "ERROR",
            **environment,
        }
        migrate, inside = ["manage.py", "migrate", "-v0"], [*INSIDE, CONTACTS]
        subprocess.run([sys.executable, *migrate], cwd=ROOT, env=settings, check=True)
        done = subprocess.run([sys.executable, *inside], cwd=ROOT, env=settings, check=False)
    if done.returncode not in {0, MISSED}:
        raise RuntimeError(f"{name} failed")
    return done.returncode == 0

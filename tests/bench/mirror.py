"""What the mirror costs per contact, without Piggy: `python -m tests.bench.mirror`.

Filled, read again with nothing new, and with one contact in a hundred changed; on SQLite, and on
PostgreSQL where one is to be reached. BENCH_MIRROR_CONTACTS says with how many.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.databases import databases
from tests.bench.ledger_timing import MISSED

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ("-m", "tests.bench.mirror_inside")
CONTACTS = os.environ.get("BENCH_MIRROR_CONTACTS", "200000")


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    results = [on_database(name, **environment) for name, environment in databases()]
    return all(results)


def on_database(name: str, **environment: str) -> bool:
    """Measure with one database, in a process of its own; tells whether all of it is quick enough.

    Raises:
        RuntimeError: it broke down.
    """
    print(f"\nThe mirror on {name}, {int(CONTACTS):,} contacts", flush=True)
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


if __name__ == "__main__":
    measure()

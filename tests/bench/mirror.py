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

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ("-m", "tests.bench.mirror_inside")
CONTACTS = os.environ.get("BENCH_MIRROR_CONTACTS", "200000")


def measure() -> None:
    """Measure and print."""
    for name, environment in databases():
        on_database(name, **environment)


def on_database(name: str, **environment: str) -> None:
    """Measure with one database, in a process of its own."""
    print(f"\nThe mirror on {name}, {int(CONTACTS):,} contacts", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "DATA_DIR": directory,
            "LOG_LEVEL": "ERROR",
            **environment,
        }
        for command in (["manage.py", "migrate", "-v0"], [*INSIDE, CONTACTS]):
            subprocess.run([sys.executable, *command], cwd=ROOT, env=settings, check=True)


if __name__ == "__main__":
    measure()

"""The search for duplicates against splink 5, on the same contacts: `python -m tests.bench.search`.

Ours is measured whole, from the filled mirror to stored pairs and clusters; splink's from
normalised fields in memory to a table of pairs. Each runs in a process of its own, so that its
memory can be told. BENCH_SEARCH_CONTACTS says with how many contacts; both also say how good they
are.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import postgresql

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ("-m", "tests.bench.search_inside")
CONTACTS = [int(each) for each in os.environ.get("BENCH_SEARCH_CONTACTS", "10000 100000").split()]
# From so many on splink may be faster: it then has this many times as long.
LARGE = 1_000_000
TIMES_WHEN_LARGE = 3.0
MOST_MB = 1536


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    met = True
    for contacts in CONTACTS:
        print(f"\nSearching {contacts:,} contacts (habits crowded)", flush=True)
        splink, _megabytes = run("splink", contacts)
        ours, megabytes = on_sqlite(contacts)
        allowed = TIMES_WHEN_LARGE if contacts >= LARGE else 1.0
        is_met = ours <= allowed * splink and megabytes <= MOST_MB
        met &= is_met
        verdict = "" if is_met else "   TOO MUCH"
        print(f"  ours in splink's time: {ours / splink:.2f} (at most {allowed:.0f}){verdict}")
    with postgresql.database() as address:
        if address:
            print(f"\nSearching {CONTACTS[0]:,} contacts on PostgreSQL", flush=True)
            on_database(CONTACTS[0], DATABASE_URL=address)
    return met


def on_sqlite(contacts: int) -> tuple[float, int]:
    """Measure ours on SQLite; gives seconds and MB."""
    with tempfile.TemporaryDirectory() as directory:
        return on_database(contacts, DATA_DIR=directory)


def on_database(contacts: int, **environment: str) -> tuple[float, int]:
    """Fill a mirror, then search it in a fresh process, then once more with little changed."""
    manage = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(manage, cwd=ROOT, env=settings(environment), check=True)
    run("fill", contacts, **environment)
    figures = run("search", contacts, **environment)
    run("again", contacts, **environment)
    return figures


def run(what: str, contacts: int, **environment: str) -> tuple[float, int]:
    """Run one part in a process of its own, which prints figures; gives seconds and MB."""
    command = [sys.executable, *INSIDE, what, str(contacts)]
    done = subprocess.run(
        command, cwd=ROOT, env=settings(environment), check=True, stdout=subprocess.PIPE, text=True
    )
    *lines, last = done.stdout.splitlines()
    print("\n".join(lines), flush=True)
    seconds, megabytes = last.split()
    return float(seconds), int(megabytes)


def settings(environment: dict[str, str]) -> dict[str, str]:
    """Give the environment of a console of its own."""
    ours = {"DJANGO_SETTINGS_MODULE": "piggyadmin.settings", "LOG_LEVEL": "ERROR"}
    return {**os.environ, **ours, **environment}


if __name__ == "__main__":
    measure()

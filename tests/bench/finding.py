"""How fast customers are found by name: `python -m tests.bench finding`.

On SQLite, and on PostgreSQL where one is to be reached. BENCH_FOUND_CONTACTS says among how many.
"""

import os

from tests.bench.databases import in_a_process_of_its_own

CONTACTS = os.environ.get("BENCH_FOUND_CONTACTS", "1000000")


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    return in_a_process_of_its_own("tests.bench.finding_inside", CONTACTS)

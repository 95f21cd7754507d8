"""What the mirror costs per contact, without Piggy: `python -m tests.bench mirror`.

Filled, read again with nothing new, and with one contact in a hundred changed; on SQLite, and on
PostgreSQL where one is to be reached. BENCH_MIRROR_CONTACTS says with how many.
"""

import os

from tests.bench.databases import in_a_process_of_its_own

CONTACTS = os.environ.get("BENCH_MIRROR_CONTACTS", "200000")


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    return in_a_process_of_its_own("tests.bench.mirror_inside", CONTACTS)

"""How long the first reading of all contacts takes: `python -m tests.bench first-read`.

Compared with paging alone, which reads the same list and keeps nothing; Piggy answers after 100 ms.
On SQLite, and on PostgreSQL where one is to be reached. BENCH_READ_CONTACTS says how many.
"""

import os

from tests.bench.databases import databases, inside, of_sandbox
from tests.bench.look_ups import LATENCY_MS
from tests.sandbox.server import SandboxServer

CONTACTS = os.environ.get("BENCH_READ_CONTACTS", "100000")


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    with SandboxServer(contacts=int(CONTACTS)) as sandbox:
        sandbox.faults(latency_ms=LATENCY_MS)
        results = [
            inside(
                f"{name}, {int(CONTACTS):,} contacts",
                "tests.bench.first_read_inside",
                CONTACTS,
                of_sandbox(sandbox) | more,
            )
            for name, more in databases()
        ]
    return all(results)

"""What many rows cost: 2,000 credit receptions in bulk, Piggy answering after 100 ms.

Compared with the loop that everybody writes, one call after the other, and with the rate that the
throttle allows; on SQLite, and on PostgreSQL where one is to be reached.
"""

import os

from tests.bench.databases import databases, inside, of_sandbox
from tests.sandbox.server import SandboxServer

ROWS = os.environ.get("BENCH_BULK_ROWS", "2000")
CALLS_PER_SECOND = "40"
LATENCY_MS = 100


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    with SandboxServer(threads=32, workers=2) as sandbox:
        sandbox.faults(latency_ms=LATENCY_MS)
        results = [
            inside(name, "tests.bench.bulk_inside", ROWS, of_sandbox(sandbox) | more | throttle)
            for name, more in databases()
            for throttle in ({}, {"PIGGY_CALLS_PER_SECOND": CALLS_PER_SECOND})
        ]
    return all(results)

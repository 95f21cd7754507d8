"""What many rows cost: 2,000 credit receptions in bulk, Piggy answering after 100 ms.

Compared with the loop that everybody writes, one call after the other, and with the rate that the
throttle allows; on SQLite, and on PostgreSQL where one is to be reached.
"""

import os
import subprocess
import sys
import tempfile

from tests.bench.databases import databases
from tests.bench.ledger_timing import MISSED
from tests.sandbox.server import ROOT, SandboxServer

ROWS = os.environ.get("BENCH_BULK_ROWS", "2000")
CALLS_PER_SECOND = "40"
LATENCY_MS = 100


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    with SandboxServer(threads=32, workers=2) as sandbox:
        sandbox.faults(latency_ms=LATENCY_MS)
        results = [
            _inside(name, sandbox, {**more, **throttle})
            for name, more in databases()
            for throttle in ({}, {"PIGGY_CALLS_PER_SECOND": CALLS_PER_SECOND})
        ]
    return all(results)


def _inside(name: str, sandbox: SandboxServer, more: dict[str, str]) -> bool:
    print(f"\n{name}", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "DATA_DIR": directory,
            "LOG_LEVEL": "ERROR",
            "PIGGY_API_URL": sandbox.url,
            "PIGGY_API_TOKEN": sandbox.token,
            "PIGGY_SANDBOX": "true",
            **more,
        }
        migrate, inside = ["manage.py", "migrate", "-v0"], ["-m", "tests.bench.bulk_inside", ROWS]
        subprocess.run([sys.executable, *migrate], cwd=ROOT, env=settings, check=True)
        done = subprocess.run([sys.executable, *inside], cwd=ROOT, env=settings, check=False)
    if done.returncode not in {0, MISSED}:
        raise RuntimeError(f"bulk failed on {name}")
    return done.returncode == 0

"""What every page takes: the server's time, queries, calls to Piggy and bytes, in one table.

A page is asked for again and again in one process, with no network before it, and a sandbox that
answers at once behind it. `WRITE_PERFORMANCE=1` writes the table to `docs/performance.md`;
BENCH_PAGES_LOOKS says how often each is asked for.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser.console import ROOT, ConsoleServer
from tests.sandbox.server import SandboxServer

INSIDE = [sys.executable, "-m", "tests.bench.pages_inside"]
DOCUMENT = ROOT / "docs" / "performance.md"
CONTACTS = 200


def measure() -> bool:
    """Measure and print, and write it down where that is wanted."""
    with tempfile.TemporaryDirectory() as directory, SandboxServer(contacts=CONTACTS) as sandbox:
        console = ConsoleServer(
            Path(directory), sandbox, PIGGY_REFERENCE_SECONDS="300", LOG_LEVEL="CRITICAL"
        )
        console.manage("prepare")
        done = subprocess.run(
            INSIDE, cwd=ROOT, env=console.environment, check=True, stdout=subprocess.PIPE, text=True
        )
    print(done.stdout, flush=True)
    if os.environ.get("WRITE_PERFORMANCE"):
        DOCUMENT.write_text(done.stdout)
    return True

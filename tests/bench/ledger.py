"""What the ledger and the throttle cost: on SQLite, and on PostgreSQL where one is to be reached.

What needs Django runs in processes of its own (`ledger_inside.py`), one for each database.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psycopg
import requests

from tests import postgresql
from tests.bench import ledger_timing as timing
from tests.browser.console import ROOT, ConsoleServer
from tests.sandbox.server import SandboxServer

ROWS = int(os.environ.get("BENCH_LEDGER_ROWS", "1000000"))
LOOKS = 15
MOST_MS = 100


def measure() -> None:
    """Measure and print."""
    with SandboxServer() as sandbox:
        on_database("SQLite", sandbox, {})
        try:
            with postgresql.database() as address:
                on_database("PostgreSQL", sandbox, {"DATABASE_URL": address})
        except psycopg.OperationalError as error:
            print(f"\nNo PostgreSQL at {postgresql.SERVER}, not measured there: {error}")


def on_database(name: str, sandbox: SandboxServer, environment: dict[str, str]) -> None:
    """Measure everything with one database."""
    with (
        tempfile.TemporaryDirectory() as directory,
        ConsoleServer(Path(directory), sandbox, **environment) as console,
    ):
        inside(console, "writes", name)
        inside(console, "throttles", name)
        inside(console, "fill", str(ROWS))
        pages(console, name)


def inside(console: ConsoleServer, *arguments: str) -> None:
    """Run a part that needs Django, with the settings of a console."""
    subprocess.run(
        [sys.executable, "-m", "tests.bench.ledger_inside", *arguments],
        cwd=ROOT,
        env={**console.environment, "LOG_LEVEL": "ERROR"},
        check=True,
    )


def pages(console: ConsoleServer, database: str) -> None:
    """Look at the ledger as an auditor does, with one filter after the other."""
    session = timing.signed_in(console, "auditor")
    print(f"\n/ledger/ at {ROWS:,} rows, {database}, {LOOKS} looks each, at most {MOST_MS} ms")
    for name, query in filters().items():

        def look(query: str = query) -> requests.Response:
            return session.get(f"{console.url}/ledger/?{query}", timeout=120)

        look().raise_for_status()
        times = [timing.seconds(look) for _ in range(LOOKS)]
        verdict = "" if median(times) * 1000 <= MOST_MS else "   TOO SLOW"
        print(timing.line(name, times) + verdict)


def filters() -> dict[str, str]:
    """Give addresses of typical looks, and of some that are hard to answer."""
    now = datetime.now(UTC)
    deep = (now - timedelta(minutes=ROWS // 2)).isoformat().replace("+", "%2B")
    since = (now - timedelta(minutes=ROWS // 3)).date()
    return {
        "everything": "",
        "one person": "person=2",
        "one contact": "contact_uuid=contact-77",
        "a contact that is not there": "contact_uuid=nobody",
        "one action and state": "action=merge-contacts&state=rejected",
        "an action and a rare state": "action=create-credit-reception&state=unknown",
        "an action never in that state": "action=merge-contacts&state=unknown",
        "person, reason and entity": "person=3&reason=Goodwill&entity=credits",
        "some days": f"since={since}&until={since + timedelta(days=3)}",
        "a person's old days": f"person=2&until={since}",
        "a page in the middle": f"after={deep}~{ROWS // 2}",
        "in the middle of one state": f"state=done&after={deep}~{ROWS // 2}",
    }

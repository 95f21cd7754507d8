"""What the ledger and the throttle cost: on SQLite, and on PostgreSQL where one is to be reached.

What needs Django runs in processes of its own (`ledger_inside.py`), one for each database.
`BENCH_LEDGER_ROWS` says with how many rows the pages are measured, `BENCH_VERIFIED_ROWS` with how
many entries the verification.
"""

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

import requests

from tests.bench import ledger_timing as timing
from tests.bench.databases import on_each
from tests.browser.console import ROOT, ConsoleServer
from tests.sandbox.server import SandboxServer

ROWS = int(os.environ.get("BENCH_LEDGER_ROWS", "1000000"))
VERIFIED_ROWS = int(os.environ.get("BENCH_VERIFIED_ROWS", "200000"))
LEAST_VERIFIED_A_SECOND = 20_000
LOOKS = 15
MOST_MS = 100
LEAST_CSV_A_SECOND = 50_000
# A tenth of all rows.
CSV_QUERY = "action=create-booking"


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    return on_each(on_database)


def on_database(name: str, sandbox: SandboxServer, environment: dict[str, str]) -> bool:
    """Measure everything with one database."""
    with (
        tempfile.TemporaryDirectory() as directory,
        ConsoleServer(Path(directory), sandbox, **environment) as console,
    ):
        is_met = inside(console, "writes", name)
        inside(console, "throttles", name)
        is_met &= verification(console, name)
        inside(console, "fill", str(ROWS))
        return pages(console, name) & is_met


def verification(console: ConsoleServer, database: str) -> bool:
    """Verify a ledger whose entries have a chain of three events each: how fast, in what memory."""
    inside(console, "chain", str(VERIFIED_ROWS))
    command = [sys.executable, "manage.py", "ledger_verify"]
    environment = {**console.environment, "LOG_LEVEL": "ERROR"}
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    # Of it and of those that it started; not of a server's.
    _pid, status, usage = os.wait4(process.pid, 0)
    rate = VERIFIED_ROWS / (time.perf_counter() - begun)
    if status:
        raise RuntimeError("The ledger does not verify.")
    print(f"\nledger_verify, {database}, {VERIFIED_ROWS:,} entries: {rate:,.0f} entries a second")
    print(f"  {usage.ru_utime + usage.ru_stime:.1f} seconds of processors, on {os.cpu_count()}")
    print(f"  the largest process had {usage.ru_maxrss // 1024} MB")
    is_fast = rate >= LEAST_VERIFIED_A_SECOND
    if not is_fast:
        print(f"  TOO SLOW: less than {LEAST_VERIFIED_A_SECOND:,} a second")
    return is_fast


def inside(console: ConsoleServer, *arguments: str) -> bool:
    """Run a part that needs Django with the settings of a console; tells whether a target was met.

    Raises:
        RuntimeError: it broke down.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.ledger_inside", *arguments],
        cwd=ROOT,
        env={**console.environment, "LOG_LEVEL": "ERROR"},
        check=False,
    )
    if done.returncode not in {0, timing.MISSED}:
        raise RuntimeError(f"{arguments[0]} failed")
    return done.returncode == 0


def pages(console: ConsoleServer, database: str) -> bool:
    """Look at the ledger as an auditor does, with one filter after the other."""
    session = timing.signed_in(console, "auditor")
    print(f"\n/ledger/ at {ROWS:,} rows, {database}, {LOOKS} looks each, at most {MOST_MS} ms")
    is_met = True
    for name, query in filters().items():
        # What is typed leaves the address first.
        first = session.get(f"{console.url}/ledger/?{query}", timeout=120)
        first.raise_for_status()
        look = partial(session.get, first.url, timeout=120)
        times = [timing.seconds(look) for _ in range(LOOKS)]
        is_fast = median(times) * 1000 <= MOST_MS
        print(timing.line(name, times) + ("" if is_fast else "   TOO SLOW"), flush=True)
        is_met &= is_fast
    return csv(console, session) and is_met


def csv(console: ConsoleServer, session: requests.Session) -> bool:
    """Read a file as it is sent: how soon it begins, and how fast it goes on."""
    begun = time.perf_counter()
    url = f"{console.url}/ledger/csv/?{CSV_QUERY}"
    with session.get(url, stream=True, timeout=600) as answer:
        answer.raise_for_status()
        parts = answer.iter_content(chunk_size=None)
        next(parts)  # the names of the columns
        first = time.perf_counter() - begun
        # No data of this benchmark holds a line's end.
        number: int = sum(part.count(b"\r\n") for part in parts)
    taken = time.perf_counter() - begun
    rate = number / taken
    is_fast = rate >= LEAST_CSV_A_SECOND
    words = "" if is_fast else f"   TOO SLOW: less than {LEAST_CSV_A_SECOND:,}"
    print(f"  CSV begins after {first * 1000:.0f} ms, {rate:,.0f} rows a second{words}")
    return is_fast


def filters() -> dict[str, str]:
    """Give addresses of typical looks, and of some that are hard to answer."""
    now = datetime.now(UTC)
    deep = (now - timedelta(minutes=ROWS // 2)).isoformat().replace("+", "%2B")
    last = (now - timedelta(minutes=ROWS - 100)).isoformat().replace("+", "%2B")
    since = (now - timedelta(minutes=ROWS // 3)).date()
    middle = f"after={deep}~{ROWS // 2}"
    return {
        "everything": "",
        "one person": "person=2",
        "one action": "action=create-booking",
        "one entity": "entity=vouchers",
        "one state": "state=done",
        "one reason": "reason=Goodwill",
        "one contact": "contact_uuid=contact-77",
        "a contact that is not there": "contact_uuid=nobody",
        "some days": f"since={since}&until={since + timedelta(days=3)}",
        "one action and state": "action=merge-contacts&state=rejected",
        "an action and a rare state": "action=create-credit-reception&state=unknown",
        "an action never in that state": "action=merge-contacts&state=unknown",
        "an action that was never asked for": "action=delete-contact",
        "an entity without that action": "entity=credits&action=merge-contacts",
        "person, reason and entity": "person=3&reason=Goodwill&entity=credits",
        "everything at once": (
            f"person=3&action=merge-contacts&entity=contacts&state=done&reason=Goodwill&since={since}"
        ),
        "a contact, a person and a state": "contact_uuid=contact-77&person=3&state=done",
        "a person's old days": f"person=2&until={since}",
        "a page in the middle": middle,
        "the last page": f"after={last}~100000",
        "in the middle of one state": f"state=done&{middle}",
        "in the middle of a combination": f"person=3&action=merge-contacts&state=done&{middle}",
    }

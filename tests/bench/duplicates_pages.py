"""How long the pages of the queue of duplicates take: `python -m tests.bench.duplicates_pages`.

With a full mirror and a full queue, on SQLite, and on PostgreSQL where one is to be reached.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

import requests

from tests.bench import ledger_timing as timing
from tests.bench import pair_page
from tests.bench.databases import on_each
from tests.browser.console import ROOT, ConsoleServer
from tests.sandbox.server import SandboxServer

PAIRS = int(os.environ.get("BENCH_PAIRS", "100000"))
LOOKS = 25
WARM_UP = 3
MOST_MS = 60
# One of the least sure pairs: what comes after it is the end of the queue.
LAST = PAIRS // 5 + 1
# Typical looks, and some that are hard to answer.
QUEUES = {
    "the queue": "",
    "all, also less sure ones": "show=all",
    "the surest first": "sort=certainty",
    "the most credits first": "sort=credits",
    "the latest purchase first": "sort=activity",
    "at least 99 %": "certainty=99",
    "with one anonymous, with credits": "kind=anonymous&has_credits=on",
    "anonymous, 99 %, by purchase": "kind=anonymous&certainty=99&sort=activity",
    "clusters of five": "cluster=5",
    "a last name": "q=naam7750&show=all",
    "a first and a last name": "q=voor12 naam77&show=all",
    "the beginning of an e-mail": "q=voor12.naam1&show=all",
    "a name that too many have": "q=voor1",
    "nobody's name": "q=nobody",
    "dismissed": "status=dismissed",
    "put off": "status=later",
}


def measure() -> bool:
    """Measure and print; tells whether all targets are met."""
    return on_each(on_database)


def on_database(name: str, sandbox: SandboxServer, environment: dict[str, str]) -> bool:
    """Measure everything with one database; tells whether it is quick enough."""
    with (
        tempfile.TemporaryDirectory() as directory,
        ConsoleServer(
            Path(directory),
            sandbox,
            WORKER_BESIDE_WEB="false",
            # As in production, where the list of attributes is remembered for a minute.
            PIGGY_REFERENCE_SECONDS="60",
            **environment,
        ) as console,
    ):
        subprocess.run(
            [sys.executable, "-m", "tests.bench.duplicates_inside"],
            cwd=ROOT,
            env={**console.environment, "LOG_LEVEL": "ERROR"},
            check=True,
        )
        return all([pages(console, name), pair_page.measure(console, sandbox, name)])


def pages(console: ConsoleServer, database: str) -> bool:
    """Work the queue as an admin does; tells whether all of it is quick enough."""
    session = timing.signed_in(console, "admin")

    def look(path: str) -> requests.Response:
        # The page of a pair is another measurement: it waits for Piggy.
        return session.get(f"{console.url}{path}", timeout=120, allow_redirects=False)

    def filtered(query: str) -> str:
        # What is typed leaves the address first.
        return session.get(f"{console.url}/duplicates/?{query}", timeout=120).url[
            len(console.url) :
        ]

    looks = {name: filtered(query) for name, query in QUEUES.items()}
    looks["a page far behind"] = f"/duplicates/?show=all&after={LAST}"
    looks["the next pair"] = f"/duplicates/next/?after={LAST}"
    looks["the desk"] = "/"
    looks["another page, to compare"] = "/actions/"
    print(f"\n/duplicates/ on {database}, {LOOKS} looks each, at most {MOST_MS} ms")
    results = [show(console, name, partial(look, path)) for name, path in looks.items()]
    return all(results)


def show(console: ConsoleServer, name: str, look: Callable[[], requests.Response]) -> bool:
    """Time a look, after some that are not counted; beside it what the console itself worked."""
    for _ in range(WARM_UP):
        look().raise_for_status()
    before = work(console)
    times = [timing.seconds(look) for _ in range(LOOKS)]
    worked = (work(console) - before) / LOOKS * 1000
    is_met = median(times) * 1000 <= MOST_MS
    verdict = "" if is_met else "   TOO SLOW"
    print(f"{timing.line(name, times)}   worked {worked:5.1f} ms{verdict}")
    return is_met


def work(console: ConsoleServer) -> float:
    """Tell for how many seconds the processes of a console have worked, not waited."""
    master = console.process.pid
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    ticks = 0
    for pid in (str(master), *children):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # for itself, and in the kernel
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    measure()

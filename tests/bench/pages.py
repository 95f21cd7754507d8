"""What every page takes, in one table: the server's time, queries, calls, bytes, and paints.

A page is asked for again and again in one process, with no network before it, and a sandbox that
answers at once behind it; then it is looked at in Chromium, with a sandbox that answers after
100 ms. `WRITE_PERFORMANCE=1` writes the table to `docs/performance.md`; BENCH_PAGES_LOOKS says how
often each is asked for, BENCH_PAGES how the addresses begin of those that are.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.document import machine, write_section
from tests.bench.paints import Paint, paints
from tests.browser.console import ROOT, ConsoleServer
from tests.sandbox.server import SandboxServer

INSIDE = [sys.executable, "-m", "tests.bench.pages_inside"]
CONTACTS = 200

MOST_MS = 40.0
MOST_QUERIES = 10
MOST_PAINT_MS = 300.0
MOST_SHIFT = 0.005  # it says 0.00
MOST_SENT = 45_000
HEAD = """Every page that an admin can open, {machine}: `make bench ARGS=pages`.

- **Server**: milliseconds without the network, the sandbox answering at once: median and 95 % of
  {looks}; at most {most_ms:.0f} is wanted. Queries, at most {most_queries}, and calls to Piggy are
  those of a page that is opened again; bytes are not compressed.
- **Chromium**, Piggy answering after 100 ms: the largest paint in milliseconds, at most
  {most_paint:.0f}; the layout's shift, at most 0.00; the next paint after a key in milliseconds,
  where it took more than 16; scripts and styles as they are sent, in bytes, at most {most_sent:,}.
- A figure in bold is more than is wanted.

Measured in the same way, one call to Piggy by `requests` alone takes {bare:.1f} ms. The change list
of Django's admin over the ledger's entries, of which `/ledger/` is the console's own list, takes
{changes[median]:.1f} ms (95 %: {changes[most]:.1f} ms), {changes[queries]} queries and
{changes[size]:,} bytes.

| page | median | 95 % | queries | calls | bytes | paint | shift | key | scripts, styles |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


class Page(NamedTuple):
    """A page, what it takes in the server, and what in a browser."""

    server: dict[str, Any]
    paint: Paint

    @property
    def is_quick(self) -> bool:
        """Whether nothing of it is more than is wanted."""
        return "**" not in str(self)

    def __str__(self) -> str:
        server, paint = self.server, self.paint
        cells = [
            f"`{server['address']}`",
            wanted(server["median"], MOST_MS, ".1f"),
            f"{server['most']:.1f}",
            wanted(server["queries"], MOST_QUERIES, "d"),
            str(server["calls"]),
            f"{server['size']:,}",
            wanted(paint.largest, MOST_PAINT_MS, ".0f"),
            wanted(paint.shift, MOST_SHIFT, ".2f"),
            f"{paint.key:.0f}" if paint.key else "",
            wanted(paint.scripts_and_styles, MOST_SENT, ",d"),
        ]
        return f"| {' | '.join(cells)} |"


def wanted(figure: float, most: float, form: str) -> str:
    """Write a figure, in bold where it is more than is wanted."""
    return f"{figure:{form}}" if figure <= most else f"**{figure:{form}}**"


def measure() -> bool:
    """Measure and print, write it down where that is wanted; tells whether targets are met."""
    with tempfile.TemporaryDirectory() as directory, SandboxServer(contacts=CONTACTS) as sandbox:
        console = ConsoleServer(
            Path(directory), sandbox, PIGGY_REFERENCE_SECONDS="300", LOG_LEVEL="CRITICAL"
        )
        with console:
            compared, *served = inside(console)
            found = dict(paints(console, sandbox, [each["address"] for each in served]))
    pages = [Page(each, found[each["address"]]) for each in served]
    lines = [head(compared, served), *map(str, pages)]
    print("\n".join(lines), flush=True)
    write_section("Pages", "\n".join(lines))
    return all(page.is_quick for page in pages)


def inside(console: ConsoleServer) -> Iterator[dict[str, Any]]:
    """Measure what runs in Django: first what is compared, then each page."""
    done = subprocess.run(
        INSIDE, cwd=ROOT, env=console.environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return map(json.loads, done.stdout.splitlines())


def head(compared: dict[str, Any], served: list[dict[str, Any]]) -> str:
    """Say above the table what was measured on, and what it is compared with."""
    return HEAD.format(
        machine=machine(),
        looks=served[0]["looks"],
        most_ms=MOST_MS,
        most_queries=MOST_QUERIES,
        most_paint=MOST_PAINT_MS,
        most_sent=MOST_SENT,
        bare=compared["bare"],
        changes=compared["changes"],
    )

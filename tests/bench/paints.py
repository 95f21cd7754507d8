"""What a reader waits for in Chromium, page by page, while Piggy answers after 100 ms.

The largest paint, how far the page shifts, the next paint after a key was pressed, and the bytes of
scripts and styles. Each page is opened once with nothing kept, then some more times.
"""

import os
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.look_ups import LATENCY_MS
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.console import ConsoleServer
from tests.sandbox.server import SandboxServer

LOOKS = int(os.environ.get("BENCH_PAINTS_LOOKS", "3"))
# How long nothing has to happen before a page is taken for drawn, in milliseconds.
QUIET_MS = 150
WATCH = """
    window.seen = {paint: 0, shift: 0, key: 0};
    const watch = (type, note, more) =>
        new PerformanceObserver(list => list.getEntries().forEach(note))
            .observe({type, buffered: true, ...more});
    watch("largest-contentful-paint", entry => { seen.paint = entry.startTime });
    watch("layout-shift", entry => { if (!entry.hadRecentInput) seen.shift += entry.value });
    watch("event", entry => {
        if (entry.interactionId) seen.key = Math.max(seen.key, entry.duration);
    }, {durationThreshold: 16});
"""
SENT = """
    () => performance.getEntriesByType("resource")
        .filter(each => /\\.(js|css)(\\?|$)/.test(each.name))
        .reduce((sum, each) => sum + each.encodedBodySize, 0)
"""


class Paint(NamedTuple):
    """What a page takes in a browser: in milliseconds, but for the shift and the bytes."""

    largest: float
    shift: float
    # None where it came within 16 ms, which is the least that Chromium tells of.
    key: float | None
    scripts_and_styles: int


def paints(
    console: ConsoleServer, sandbox: SandboxServer, addresses: Sequence[str]
) -> Iterator[tuple[str, Paint]]:
    """Look at each page as an admin."""
    sandbox.faults(latency_ms=LATENCY_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for address in addresses:
            yield address, _paint(console, browser, address)
        browser.close()


def _paint(console: ConsoleServer, browser: Browser, address: str) -> Paint:
    state = console.signed_in(browser, "admin")
    context = browser.new_context(base_url=console.url, storage_state=state, locale="en-GB")
    context.add_init_script(WATCH)
    page = context.new_page()
    _look(page, address)
    sent = int(page.evaluate(SENT))
    looks = [_look(page, address) for _ in range(LOOKS)]
    context.close()
    return Paint(
        median(look["paint"] for look in looks),
        max(look["shift"] for look in looks),
        median(look["key"] for look in looks) or None,
        sent,
    )


def _look(page: Page, address: str) -> dict[str, Any]:
    """Open a page, wait until it is quiet, and go to its search box by the key for that."""
    page.goto(address, wait_until="networkidle")
    page.wait_for_timeout(QUIET_MS)
    # A key ends what counts as the largest paint.
    seen: dict[str, Any] = page.evaluate("seen")
    page.keyboard.press("/")
    page.wait_for_timeout(QUIET_MS)
    return seen | {"key": page.evaluate("seen.key")}

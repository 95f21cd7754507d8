"""What of the table of pages runs in Django: `python -m tests.bench.pages_inside`."""

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from statistics import median, quantiles
from typing import NamedTuple
from unittest import mock

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from piggyadmin.accounts.models import User  # noqa: E402
from piggyadmin.piggy import concurrency  # noqa: E402
from tests import test_page_costs  # noqa: E402
from tests.conftest import forget_everything, signed_in  # noqa: E402
from tests.test_urls import make_colleague  # noqa: E402

LOOKS = int(os.environ.get("BENCH_PAGES_LOOKS", "20"))
# The first time what forms offer is read, and what nothing is made of twice is made.
WARM_UP = 2
HEAD = """# How long pages take

Every page that an admin can open, with the sandbox answering at once, as `make bench ARGS=pages`
measured it on {day}, {looks} times each (Python {python}, {cores} processors, load {load}). Time is
the server's, without the network; calls are those of a page that is opened again.
`WRITE_PERFORMANCE=1` makes the table anew.

| page | median ms | 95 % ms | queries | calls | bytes |
|---|---:|---:|---:|---:|---:|"""


class Row(NamedTuple):
    """A page, and what it takes."""

    address: str
    times: list[float]  # milliseconds
    queries: int
    calls: int
    size: int  # bytes, not compressed

    def __str__(self) -> str:
        most = quantiles(self.times, n=20)[-1]
        figures = f"{median(self.times):.1f} | {most:.1f} | {self.queries} | {self.calls}"
        return f"| `{self.address}` | {figures} | {self.size:,} |"


@contextmanager
def counted() -> Iterator[None]:
    """Have calls noted instead of kept, and one thread do everything, so that all is counted."""
    usual = settings.PIGGY_OBSERVER
    settings.PIGGY_OBSERVER = f"{test_page_costs.__name__}.make_observer"
    forget_everything()
    with mock.patch.object(concurrency, "_pool", test_page_costs.NoThreads):
        yield
    settings.PIGGY_OBSERVER = usual
    forget_everything()


def rows(browser: Client) -> Iterator[Row]:
    """Measure one page after the other; those that only lead on are left out."""
    for address in test_page_costs.ADDRESSES:
        if _size(browser, address):
            yield _measured(browser, address)


def _measured(browser: Client, address: str) -> Row:
    with counted():
        _size(browser, address)
        test_page_costs.calls.clear()
        with CaptureQueriesContext(connection) as queries:
            size = _size(browser, address)
        # Counted at once: the next request forgets them.
        costs = len(queries), len(test_page_costs.calls)
    times = [_milliseconds(browser, address) for _ in range(WARM_UP + LOOKS)][WARM_UP:]
    return Row(address, times, *costs, size)


def _size(browser: Client, address: str) -> int:
    answer = browser.get(address)
    return 0 if answer.status_code != 200 or answer.streaming else len(answer.content)


def _milliseconds(browser: Client, address: str) -> float:
    begun = time.perf_counter()
    browser.get(address)
    return (time.perf_counter() - begun) * 1000


def main() -> None:
    """Print the table."""
    make_colleague()
    browser = signed_in(User.objects.get(username="admin"))
    browser.defaults["SERVER_NAME"] = "127.0.0.1"
    load, cores = os.getloadavg()[0], os.cpu_count()
    day = date.today().isoformat()  # noqa: DTZ011  (that of whoever measures)
    print(
        HEAD.format(
            day=day, looks=LOOKS, python=platform.python_version(), cores=cores, load=f"{load:.0f}"
        )
    )
    for row in rows(browser):
        print(row, flush=True)


if __name__ == "__main__":
    main()

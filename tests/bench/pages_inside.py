"""What of the table of pages runs in Django: `python -m tests.bench.pages_inside`."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from statistics import median, quantiles
from typing import Any, NamedTuple
from unittest import mock

import django
import requests

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from piggyadmin.accounts.models import User  # noqa: E402
from piggyadmin.piggy import concurrency  # noqa: E402
from tests import test_page_costs  # noqa: E402
from tests.bench import ledger_inside  # noqa: E402
from tests.conftest import forget_everything, signed_in  # noqa: E402
from tests.test_urls import make_colleague  # noqa: E402

LOOKS = int(os.environ.get("BENCH_PAGES_LOOKS", "20"))
# The first time what forms offer is read, and what nothing is made of twice is made.
WARM_UP = 2
# Addresses that begin so.
BEGINNING = os.environ.get("BENCH_PAGES", "/")
# What the ledger's list and Django's have to choose from.
ENTRIES = "10000"
FIND = "/api/v3/oauth/clients/vouchers/find"


class Row(NamedTuple):
    """A page, and what it takes."""

    address: str
    times: list[float]  # milliseconds
    queries: int
    calls: int
    size: int  # bytes, not compressed

    def as_json(self) -> str:
        """Write it as a line."""
        return json.dumps(self.figures())

    def figures(self) -> dict[str, Any]:
        """Give what is told of it."""
        return {
            "address": self.address,
            "median": median(self.times),
            "most": quantiles(self.times, n=20)[-1],
            "queries": self.queries,
            "calls": self.calls,
            "size": self.size,
            "looks": len(self.times),
        }


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
        if address.startswith(BEGINNING) and _size(browser, address):
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
    is_page = answer.status_code == HTTPStatus.OK and answer["Content-Type"].startswith("text/html")
    return len(answer.content) if is_page else 0


def _milliseconds(browser: Client, address: str) -> float:
    begun = time.perf_counter()
    browser.get(address)
    return (time.perf_counter() - begun) * 1000


def bare_call() -> float:
    """Time a call to Piggy by `requests` alone, in milliseconds."""
    session, times = requests.Session(), []
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {settings.PIGGY_API_TOKEN}"
    for _ in range(WARM_UP + LOOKS):
        begun = time.perf_counter()
        session.get(
            settings.PIGGY_API_URL + FIND, params={"code": "WELCOME-ACTIVE"}, timeout=30
        ).raise_for_status()
        times.append((time.perf_counter() - begun) * 1000)
    return median(times[WARM_UP:])


def main() -> None:
    """Print what is compared, then each page, as lines of JSON."""
    make_colleague()
    ledger_inside.fill(ENTRIES)
    boss = User.objects.create_superuser("boss")
    browser, owner = signed_in(User.objects.get(username="admin")), signed_in(boss)
    browser.defaults["SERVER_NAME"] = owner.defaults["SERVER_NAME"] = "127.0.0.1"
    changes = _measured(owner, reverse("admin:actions_entry_changelist"))
    print(json.dumps({"bare": bare_call(), "changes": changes.figures()}), flush=True)
    for row in rows(browser):
        print(row.as_json(), flush=True)


if __name__ == "__main__":
    main()

"""What of the table of pages runs in Django: `python -m tests.bench.pages_inside`."""

import json
import os
import runpy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from statistics import median, quantiles
from typing import Any
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
from tests.bench.ledger_timing import seconds  # noqa: E402
from tests.browser.console import ROOT  # noqa: E402
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


def rows(browser: Client) -> Iterator[dict[str, Any]]:
    """Measure one page after the other; those that only lead on are left out."""
    for address in test_page_costs.ADDRESSES:
        if address.startswith(BEGINNING) and _size(browser, address):
            yield _measured(browser, address)


def _measured(browser: Client, address: str) -> dict[str, Any]:
    """Give what a page takes: times in milliseconds, its size in bytes that are not compressed."""
    with counted():
        _size(browser, address)
        test_page_costs.calls.clear()
        with CaptureQueriesContext(connection) as queries:
            size = _size(browser, address)
        # Counted at once: the next request forgets them.
        costs = {"queries": len(queries), "calls": len(test_page_costs.calls)}
    times = milliseconds(partial(browser.get, address))
    return {
        "address": address,
        "median": median(times),
        "most": quantiles(times, n=20)[-1],
        "size": size,
        "looks": len(times),
        **costs,
    }


def _size(browser: Client, address: str) -> int:
    answer = browser.get(address)
    is_page = answer.status_code == HTTPStatus.OK and answer["Content-Type"].startswith("text/html")
    return len(answer.content) if is_page else 0


def milliseconds(call: Callable[[], Any]) -> list[float]:
    """Time a call again and again, after some times that are not counted."""
    return [seconds(call) * 1000 for _ in range(WARM_UP + LOOKS)][WARM_UP:]


def bare_call() -> float:
    """Time a call to Piggy by `requests` alone, in milliseconds."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {settings.PIGGY_API_TOKEN}"
    find, code = settings.PIGGY_API_URL + FIND, {"code": "WELCOME-ACTIVE"}
    return median(milliseconds(partial(session.get, find, params=code, timeout=30)))


def main() -> None:
    """Print what is compared, then each page, as lines of JSON."""
    # Threads take turns, and garbage is looked for, as where pages are served.
    served = runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    make_colleague()
    ledger_inside.fill(ENTRIES)
    boss = User.objects.create_superuser("boss")
    browser, owner = signed_in(User.objects.get(username="admin")), signed_in(boss)
    browser.defaults["SERVER_NAME"] = owner.defaults["SERVER_NAME"] = "127.0.0.1"
    served["look_less_for_garbage"]()
    changes = _measured(owner, reverse("admin:actions_entry_changelist"))
    print(json.dumps({"bare": bare_call(), "changes": changes}), flush=True)
    for row in rows(browser):
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()

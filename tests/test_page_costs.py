"""What each page costs: queries of the database and calls to Piggy, pinned in `page_costs.toml`.

A page that costs more than before fails here, and so does one that costs less, so that the file
stays true. `WRITE_PAGE_COSTS=1 pytest tests/test_page_costs.py` writes it anew: look what changed.
"""

import os
import tomllib
from concurrent.futures import Future
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from piggyadmin.piggy import concurrency
from tests.conftest import forget_everything, person, signed_in
from tests.test_urls import PAGES, filled, make_colleague

FILE = Path(__file__).with_name("page_costs.toml")
KNOWN = tomllib.loads(FILE.read_text()) if FILE.exists() else {}
# One contact stands for all; files and pages that only lead on cost nothing.
CONTACT = "/contacts/c0ffee00-0000-4000-8000-000000000001/"
ADDRESSES = sorted(
    {address for address in map(filled, PAGES) if "csv" not in address}
    | {action.url for action in actions()}
    | {CONTACT}
)
calls: list[str] = []
measured: dict[str, dict[str, int]] = {}


def make_observer():
    """Note each attempt of a call instead of keeping it in the request log."""
    return lambda exchange: calls.append(exchange.path)


@pytest.fixture(scope="module", autouse=True)
def written():
    """Write what was measured, where that is wanted."""
    yield
    if os.environ.get("WRITE_PAGE_COSTS"):
        rows = (
            f'"{address}" = {{ queries = {costs["queries"]}, calls = {costs["calls"]} }}\n'
            for address, costs in sorted(measured.items())
        )
        FILE.write_text("# Of a page that is opened a second time, by an admin.\n" + "".join(rows))


class NoThreads:
    """Begins nothing, so that what would be done side by side is done here, and counted."""

    def submit(self, *_call: object) -> Future[None]:
        """Give what whoever waits for it takes back, and does."""
        return Future()


@pytest.fixture(autouse=True)
def one_after_the_other(monkeypatch):
    """Have one thread ask the database: it counts what it asks itself."""
    monkeypatch.setattr(concurrency, "_pool", NoThreads)


@pytest.mark.django_db(databases=["default", "sandbox"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_costs_what_it_did(address, sandbox, settings):
    settings.PIGGY_OBSERVER = f"{__name__}.make_observer"
    forget_everything()
    browser = signed_in(person(Role.ADMIN))
    make_colleague()
    # The first time what forms offer is read, and what nothing is made of twice is made.
    if browser.get(address).status_code != 200:
        assert address not in KNOWN
        return
    calls.clear()
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(address).status_code == 200
    costs = {"queries": len(queries), "calls": len(calls)}
    measured[address] = costs
    if not os.environ.get("WRITE_PAGE_COSTS"):
        assert costs == KNOWN.get(address), [query["sql"][:150] for query in queries]

"""How long the page of a pair takes beyond Piggy's slowest answer, with a full mirror and queue.

Page and bare calls are made in turn: the same calls as the page's, all at once, by a bare client.
What the page takes longer than the slowest of them is the console's own.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median

import requests

from tests.bench import ledger_timing as timing
from tests.browser.console import ConsoleServer
from tests.browser.screenshots import KNOWN
from tests.sandbox.server import SandboxServer

LOOKS = 40
WARM_UP = 5
LATENCY_MS = 100
MOST_MS = 60
UUIDS = (f"{KNOWN}1", f"{KNOWN}2")
PAGE = f"/duplicates/pair/{UUIDS[0]}/{UUIDS[1]}/"


def calls(sandbox: SandboxServer) -> list[str]:
    """Give what the page asks Piggy for, at addresses of the API."""
    api = f"{sandbox.url}/api/v3/oauth/clients"
    return [
        address
        for uuid in UUIDS
        for address in (
            f"{api}/contacts/{uuid}",
            f"{api}/contacts/{uuid}/contact-identifiers",
            f"{api}/vouchers?contact_uuid={uuid}&limit=500",
        )
    ]


def measure(console: ConsoleServer, sandbox: SandboxServer, name: str) -> bool:
    """Measure and print; tells whether it is quick enough."""
    session = timing.signed_in(console, "admin")
    for uuid in UUIDS:  # so that both are in the mirror, and there is evidence to weigh
        _check(console, session, uuid)
    sandbox.faults(latency_ms=LATENCY_MS)
    with ThreadPoolExecutor(len(calls(sandbox))) as pool:
        look = partial(session.get, f"{console.url}{PAGE}", timeout=60)
        pairs = [(timing.seconds(look), _slowest(pool, sandbox)) for _ in range(WARM_UP + LOOKS)][
            WARM_UP:
        ]
    sandbox.faults()
    added = [page - slowest for page, slowest in pairs]
    print(f"\n{PAGE[:16]}… on {name}, Piggy at {LATENCY_MS} ms, at most {MOST_MS} ms more")
    print(timing.line("the page", [page for page, _slowest in pairs]))
    print(timing.line("Piggy's slowest answer", [slowest for _page, slowest in pairs]))
    is_met = median(added) * 1000 <= MOST_MS
    print(timing.line("the console's own", added) + ("" if is_met else "   TOO SLOW"))
    return is_met


def _check(console: ConsoleServer, session: requests.Session, uuid: str) -> None:
    sent = {"csrfmiddlewaretoken": session.cookies["csrftoken"]}
    address = f"{console.url}/duplicates/contacts/{uuid}/check/"
    session.post(address, data=sent, headers={"Referer": console.url}, timeout=60)


def _slowest(pool: ThreadPoolExecutor, sandbox: SandboxServer) -> float:
    headers = {"Authorization": f"Bearer {sandbox.token}"}
    asked = [partial(requests.get, each, headers=headers, timeout=60) for each in calls(sandbox)]
    return max(pool.map(timing.seconds, asked))

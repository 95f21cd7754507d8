"""How long 500 pasted codes take, from the paste to the end of the page: `/vouchers/codes/`.

Everything runs as it does in production, over real sockets. BENCH_CODES says with how many codes.
"""

import os
import tempfile
from pathlib import Path
from statistics import median

import requests

from tests.bench.ledger_timing import line, seconds, signed_in
from tests.bench.look_ups import LATENCY_MS, is_met
from tests.browser.console import ConsoleServer
from tests.sandbox.server import SandboxServer

CODES = int(os.environ.get("BENCH_CODES", "500"))
RUNS = 5
WARM_UP = 1
PAGE = "/vouchers/codes/"

MOST_SECONDS = 4.0


def make_codes(sandbox: SandboxServer, number: int) -> list[str]:
    """Make vouchers, and give their codes."""
    asked = {"name": "Benched", "description": "To be looked up"}
    promotion = sandbox.api("POST", "promotions", json=asked)["uuid"]
    codes = [f"BENCH-{each:04}" for each in range(number)]
    for code in codes:
        sandbox.api("POST", "vouchers", json={"promotion_uuid": promotion, "code": code})
    return codes


def measure() -> bool:
    """Measure and print; tells whether the target is met."""
    with (
        tempfile.TemporaryDirectory() as directory,
        # Piggy answers more than eight at a time, and has more than one process.
        SandboxServer(threads=32, workers=2) as sandbox,
        ConsoleServer(Path(directory), sandbox) as console,
    ):
        codes = make_codes(sandbox, CODES)
        person = signed_in(console, "support")
        person.get(console.url + PAGE, timeout=30).raise_for_status()
        form = {"codes": "\n".join(codes), "csrfmiddlewaretoken": person.cookies["csrftoken"]}

        def paste() -> requests.Response:
            answer = person.post(console.url + PAGE, data=form, timeout=300)
            assert answer.text.count("Can be used</span>") >= len(codes), "not all were found"
            return answer

        sandbox.faults(latency_ms=LATENCY_MS)
        times = [seconds(paste) for _run in range(WARM_UP + RUNS)][WARM_UP:]
        print(f"\n{len(codes)} codes, Piggy answering after {LATENCY_MS} ms")
        print(line("console page, to its end", times))
        return is_met("seconds", median(times), MOST_SECONDS)

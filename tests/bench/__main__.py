"""`python -m tests.bench`: what the console adds to Piggy's answers, on this machine, in one run.

Everything runs as it does in production, over real sockets: sandbox, console and a bare Django view
each in a gunicorn of their own. What is compared is measured in turn, pair by pair.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import requests

from tests.bench import ledger, mirror
from tests.browser.console import ConsoleServer
from tests.sandbox.server import SandboxServer, free_port

PAIRS = 60
WARM_UP = 5
LATENCY_MS = 100
CODE = "WELCOME-ACTIVE"
PAGE = f"/actions/find-voucher-by-code/?code={CODE}"


def seconds(call: Callable[[], requests.Response]) -> float:
    """Time one call, which must succeed."""
    start = time.perf_counter()
    answer = call()
    taken = time.perf_counter() - start
    answer.raise_for_status()
    return taken


def in_turn(
    one: Callable[[], requests.Response], other: Callable[[], requests.Response]
) -> tuple[list[float], list[float]]:
    """Time two calls pair by pair, after a warm-up."""
    pairs = [(seconds(one), seconds(other)) for _ in range(WARM_UP + PAIRS)][WARM_UP:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def report(title: str, one: tuple[str, list[float]], other: tuple[str, list[float]]) -> None:
    """Print medians, the ratio of each pair and what the first adds to the second."""
    print(f"\n{title}")
    for name, times in (one, other):
        low, mid, high = min(times) * 1000, median(times) * 1000, max(times) * 1000
        print(f"  {name:<28} median {mid:7.2f} ms   (min {low:.2f}, max {high:.2f})")
    pairs = list(zip(one[1], other[1], strict=True))
    added = median(a - b for a, b in pairs) * 1000
    print(f"  added: median {added:.2f} ms, ratio: median {median(a / b for a, b in pairs):.3f}")


def signed_in(console: ConsoleServer) -> requests.Session:
    """Sign in as the demo support agent."""
    session = requests.Session()
    session.trust_env = False
    session.get(f"{console.url}/accounts/login/", timeout=30)
    session.post(
        f"{console.url}/accounts/login/",
        data={
            "login": "support",
            "password": "piggy-demo",
            "csrfmiddlewaretoken": session.cookies["csrftoken"],
        },
        timeout=30,
    ).raise_for_status()
    return session


@contextmanager
def bare_view(sandbox: SandboxServer) -> Iterator[str]:
    """Serve the bare view."""
    port = free_port()
    environment = {**os.environ, "PIGGY_API_URL": sandbox.url, "PIGGY_API_TOKEN": sandbox.token}
    environment["PORT"] = str(port)
    command = [sys.executable, "-m", "gunicorn", "tests.bench.bare", "-c", "gunicorn.conf.py"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(300):
            try:
                requests.get(url, params={"code": CODE}, timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)


def main() -> None:
    """Measure and print."""
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {PAIRS} pairs each")
    with (
        tempfile.TemporaryDirectory() as directory,
        SandboxServer() as sandbox,
        ConsoleServer(Path(directory), sandbox) as console,
        bare_view(sandbox) as bare,
    ):
        page, view, direct = signed_in(console), requests.Session(), requests.Session()
        direct.trust_env = view.trust_env = False
        direct.headers["Authorization"] = f"Bearer {sandbox.token}"
        find = f"{sandbox.url}/api/v3/oauth/clients/vouchers/find"

        def look_up() -> requests.Response:
            return page.get(console.url + PAGE, timeout=30)

        sandbox.faults(latency_ms=LATENCY_MS)
        pages, calls = in_turn(look_up, lambda: direct.get(find, params={"code": CODE}, timeout=30))
        report(
            f"find-voucher-by-code, Piggy answering after {LATENCY_MS} ms",
            ("console page", pages),
            ("the call alone", calls),
        )
        sandbox.faults(latency_ms=0)
        pages, views = in_turn(look_up, lambda: view.get(bare, params={"code": CODE}, timeout=30))
        report(
            "find-voucher-by-code, Piggy answering at once",
            ("console page", pages),
            ("bare Django view", views),
        )
    ledger.measure()
    mirror.measure()


if __name__ == "__main__":
    main()

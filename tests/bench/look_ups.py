"""What the console adds to a look-up, beside the call alone and beside a bare Django view.

Everything runs as it does in production, over real sockets: sandbox, console and bare view each in
a gunicorn of their own. What is compared is asked in turn over connections that stay open, each of
the two first as often as the other.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import requests

from tests.bench.ledger_timing import line, seconds, signed_in
from tests.browser.console import ConsoleServer
from tests.sandbox.server import SandboxServer, free_port

PAIRS = 100
WARM_UP = 10
LATENCY_MS = 100
CODE = "WELCOME-ACTIVE"
PAGE = f"/actions/find-voucher-by-code/?code={CODE}"

MOST_ADDED_MS = 15
MOST_RATIO = 1.15
# A code is on screen within so many times Piggy's own answer, and so many milliseconds more.
OWN_SHARE = 1.10
MOST_BEYOND_MS = 10
MOST_RATIO_AT_ONCE = 3

Call = tuple[str, Callable[[], requests.Response]]
Times = tuple[str, list[float]]


def in_turn(one: Call, other: Call) -> tuple[Times, Times]:
    """Time two calls pair by pair, after a warm-up; each of them goes first every other time."""
    times: tuple[list[float], list[float]] = ([], [])
    calls = (one[1], other[1])
    for number in range(WARM_UP + PAIRS):
        for index in (0, 1) if number % 2 else (1, 0):
            times[index].append(seconds(calls[index]))
    return (one[0], times[0][WARM_UP:]), (other[0], times[1][WARM_UP:])


def report(title: str, one: Times, other: Times) -> tuple[float, float]:
    """Print what was measured, and give the medians of all pairs: milliseconds added, and ratio."""
    print(f"\n{title}\n{line(*one)}\n{line(*other)}")
    pairs = list(zip(one[1], other[1], strict=True))
    added = median(a - b for a, b in pairs) * 1000
    ratio = median(a / b for a, b in pairs)
    print(f"  added: median {added:.2f} ms, ratio: median {ratio:.3f}")
    return added, ratio


def is_met(name: str, measured: float, most: float) -> bool:
    """Say whether a target is met."""
    met = measured <= most
    print(f"  {'met' if met else 'MISSED'}: {name} {measured:.3f}, at most {most}")
    return met


@contextmanager
def bare_view(sandbox: SandboxServer) -> Iterator[str]:
    """Serve the bare view."""
    port = free_port()
    environment = {**os.environ, "PIGGY_API_URL": sandbox.url, "PIGGY_API_TOKEN": sandbox.token}
    environment |= {"PIGGY_SANDBOX": "true", "PORT": str(port)}
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


def measure() -> bool:
    """Measure the look-up that is made while a customer waits, and tell whether targets are met."""
    with (
        tempfile.TemporaryDirectory() as directory,
        SandboxServer() as sandbox,
        ConsoleServer(Path(directory), sandbox) as console,
        bare_view(sandbox) as bare,
    ):
        page, view, direct = signed_in(console, "support"), requests.Session(), requests.Session()
        direct.trust_env = view.trust_env = False
        direct.headers["Authorization"] = f"Bearer {sandbox.token}"
        find = f"{sandbox.url}/api/v3/oauth/clients/vouchers/find"

        def look_up() -> requests.Response:
            answer = page.get(console.url + PAGE, timeout=30)
            assert "Can be used" in answer.text
            return answer

        sandbox.faults(latency_ms=LATENCY_MS)
        one, other = in_turn(
            ("console page", look_up),
            ("the call alone", lambda: direct.get(find, params={"code": CODE}, timeout=30)),
        )
        title = f"find-voucher-by-code, Piggy answering after {LATENCY_MS} ms"
        added, ratio = report(title, one, other)
        results = [is_met("milliseconds added", added, MOST_ADDED_MS)]
        beyond = median(a - OWN_SHARE * b for a, b in zip(one[1], other[1], strict=True)) * 1000
        name = f"milliseconds beyond {OWN_SHARE} times Piggy's answer"
        results.append(is_met(name, beyond, MOST_BEYOND_MS))
        results.append(is_met("ratio", ratio, MOST_RATIO))
        sandbox.faults(latency_ms=0)
        _, ratio = report(
            "find-voucher-by-code, Piggy answering at once",
            *in_turn(
                ("console page", look_up),
                ("bare Django view", lambda: view.get(bare, params={"code": CODE}, timeout=30)),
            ),
        )
        return all([*results, is_met("ratio", ratio, MOST_RATIO_AT_ONCE)])

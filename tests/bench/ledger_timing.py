"""Timing what people and the console wait for."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import requests

from tests.browser.console import ConsoleServer

# What a part ends with whose target was missed.
MISSED = 3


def seconds(call: Callable[[], Any]) -> float:
    """Time one call; an answer over HTTP must be a success."""
    start = time.perf_counter()
    answer = call()
    taken = time.perf_counter() - start
    if isinstance(answer, requests.Response):
        answer.raise_for_status()
    return taken


def line(name: str, times: list[float]) -> str:
    """Say the median and the extremes."""
    low, mid, high = min(times) * 1000, median(times) * 1000, max(times) * 1000
    return f"  {name:<32} median {mid:7.2f} ms   (min {low:.2f}, max {high:.2f})"


def signed_in(console: ConsoleServer, login: str) -> requests.Session:
    """Sign in as a demo person."""
    session = requests.Session()
    session.trust_env = False
    session.get(f"{console.url}/accounts/login/", timeout=30)
    token = session.cookies["csrftoken"]
    form = {"login": login, "password": "piggy-demo", "csrfmiddlewaretoken": token}
    session.post(f"{console.url}/accounts/login/", data=form, timeout=30).raise_for_status()
    return session

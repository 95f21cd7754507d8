"""The very same form many times at once, over HTTP to a console of several processes."""

import json
import os
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.actions.samples import SAMPLES
from tests.bench.ledger_timing import signed_in
from tests.browser.console import ConsoleServer
from tests.faults.test_matrix import wait_until
from tests.postgresql import migrated_database_or_skip
from tests.sandbox.server import SandboxServer

NUMBER = 50
SLUG = "create-credit-reception"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def console(request, sandbox_server, tmp_path_factory) -> Iterator[ConsoleServer]:
    """Serve a console from two processes, as a shop with many people does."""
    directory = tmp_path_factory.mktemp(request.param)
    with ExitStack() as stack:
        environment = {"WEB_CONCURRENCY": "2", "WORKER_BESIDE_WEB": "false"}
        if request.param == "postgresql":
            environment["DATABASE_URL"] = stack.enter_context(migrated_database_or_skip())
        yield stack.enter_context(ConsoleServer(directory, sandbox_server, **environment))


class Tab:
    """A form in somebody's browser, of which the preview was seen."""

    def __init__(self, console: ConsoleServer, person: str, number: int) -> None:
        self.session = signed_in(console, person)
        self.url = f"{console.url}/actions/{SLUG}/"
        self.sent = {
            **SAMPLES[SLUG],
            "credits": str(number),
            "csrfmiddlewaretoken": self.session.cookies["csrftoken"],
        }
        page = self.session.post(self.url, self.sent, timeout=60).text
        for name in ("submission_key", "agreement"):
            self.sent[name] = page.split(f'name="{name}"')[1].split('value="')[1].split('"')[0]
        self.sent["step"] = "confirm"

    def press(self, _number: int = 0) -> requests.Response:
        """Press the button, in a connection of its own."""
        with requests.Session() as session:
            session.trust_env = False
            session.cookies.update(self.session.cookies)
            answer = session.post(self.url, self.sent, timeout=90)
        answer.raise_for_status()
        return answer


def given(sandbox: SandboxServer) -> list[dict[str, Any]]:
    return sandbox.calls("POST", "credit-receptions")


def outcome(answer: requests.Response) -> tuple[str, str]:
    """Give where the answer led to, and what it says."""
    return answer.url, answer.text.split("<main")[1].split("</main>")[0]


def test_fifty_identical_submissions(console, sandbox_server):
    """One effect and fifty equal answers; "back" and a replay next day give the same one."""
    sandbox_server.reset()
    tab = Tab(console, "staff", 25)
    sandbox_server.faults(latency_ms=100)
    with ThreadPoolExecutor(NUMBER) as pool:
        answers = list(pool.map(tab.press, range(NUMBER)))
    assert len(answers) == NUMBER
    assert len({outcome(answer) for answer in answers}) == 1
    assert tab.sent["submission_key"] in answers[0].url
    assert outcome(tab.press()) == outcome(answers[0])
    assert len(given(sandbox_server)) == 1


def test_two_tabs_and_a_colleague(console, sandbox_server):
    """The same thing from fresh forms is held back, whoever asks, until they say that they know."""
    sandbox_server.reset()
    tabs = [Tab(console, person, 26) for person in ("staff", "staff", "admin")]
    with ThreadPoolExecutor(len(tabs)) as pool:
        answers = list(pool.map(Tab.press, tabs))
    led = [answer.url != tab.url for answer, tab in zip(answers, tabs, strict=True)]
    assert (sorted(led), len(given(sandbox_server))) == ([False, False, True], 1)
    held = answers[led.index(False)].text
    # Whoever is held back while the first one is still at it cannot be told that it was done.
    words = re.search("<strong>([^<]*26[^<]*)</strong>", held)
    assert words, held[held.find("<main") :][:9000]
    assert re.search("(gave|wanted to give) .+ 26 credits", words[1]), words[1]
    tab = tabs[led.index(False)]
    known = held.split('name="repeat_of"')[1].split('value="')[1].split('"')[0]
    tab.sent |= {"repeat_of": known, "again": "yes"}
    assert tab.press().url != tab.url
    assert len(given(sandbox_server)) == 2


def test_all_that_is_logged_is_json_and_names_nobody(console, sandbox_server):
    """What the console says of a failure, and the web server of a killed process."""
    sandbox_server.reset()
    tab = Tab(console, "staff", 27)
    with sandbox_server.misbehaving({"kind": "status", "status": 503}):
        tab.press()
    children = Path(f"/proc/{console.process.pid}/task/{console.process.pid}/children")
    os.kill(int(children.read_text().split()[0]), signal.SIGKILL)
    log = console.directory / "console.log"
    wait_until(lambda: "SIGKILL" in log.read_text())
    lines = [line for line in log.read_text().splitlines() if line.strip()]
    logged = [json.loads(line) for line in lines if "  Open http" not in line]
    assert {each["logger"] for each in logged} >= {"piggyadmin.piggy.client", "gunicorn.error"}
    assert all({"time", "level", "trace_id", "message"} <= set(each) for each in logged)
    assert "mira" not in log.read_text().lower()

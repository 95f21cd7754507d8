"""A real Chromium in front of the console as it is served, in front of a sandbox of its own."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.console import ConsoleServer
from tests.sandbox.server import SandboxServer
from tests.smtp_server import SmtpServer

# Without a window to draw, it takes half the processor's time of the whole one.
SHELL = shutil.which("chromium-headless-shell")
CHROMIUM = SHELL or shutil.which("chromium") or shutil.which("chromium-browser")
# What is waited for comes within a second, but for a machine that does much else.
expect.set_options(timeout=45_000)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The mirror is read when a test asks for it, not also when the console thinks that it is time; and
# a worker that is idle looks for work often enough that nobody waits for it.
AT_TESTS = {"DUPLICATES_SWEEP_HOURS": "0", "TASKS_POLL_SECONDS": "0.2"}
# What the browser and htmx log when a page is refused, which is no fault of the page.
REFUSED = re.compile(r"status of 4|Status Error Code 4")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser; where there is none, skip it, unless nothing may be skipped."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not os.environ.get("PIGGYADMIN_SKIP_NOTHING"):
                item.add_marker(
                    pytest.mark.skip(reason="no Chromium here: apt install chromium-headless-shell")
                )


@pytest.fixture(scope="session")
def console(
    tmp_path_factory, sandbox_server: SandboxServer, mails: SmtpServer
) -> Iterator[ConsoleServer]:
    """Serve the console as `make run` does, with a database of its own."""
    directory = tmp_path_factory.mktemp("console")
    with ConsoleServer(directory, sandbox_server, **AT_TESTS, EMAIL_URL=mails.url) as server:
        yield server


@pytest.fixture(scope="session")
def mails() -> Iterator[SmtpServer]:
    """Take the mail that the console sends."""
    with SmtpServer() as server:
        yield server


@pytest.fixture
def no_duplicates(console: ConsoleServer) -> None:
    """Have the console know of no contacts and no pairs, whatever was done before."""
    console.change_queue("empty")


@pytest.fixture
def mirrored(console: ConsoleServer, piggy_sandbox: SandboxServer) -> None:
    """Have the console know the names of all customers of this test, not of the one before."""
    console.change_queue("mirror")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start Chromium once."""
    # Playwright's loop would make Django think that it runs in async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def piggy_sandbox(sandbox_server: SandboxServer) -> SandboxServer:
    """Give the sandbox as it was seeded; nothing in this process is pointed at it."""
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture
def as_role(
    chromium: Browser, console: ConsoleServer, piggy_sandbox: SandboxServer
) -> Iterator[Callable[..., Page]]:
    """Give a function that opens a page in which somebody of a role has signed in.

    A page that logs an error, such as a breach of the content security policy, fails the test.
    """
    windows = Windows(chromium, console)
    yield windows.open
    windows.close()
    assert windows.errors == []


@pytest.fixture(scope="module")
def windows_of_module(chromium: Browser, console: ConsoleServer) -> Iterator["Windows"]:
    """Give windows that stay open for the tests of a module, as opening one takes a while."""
    windows = Windows(chromium, console)
    yield windows
    windows.close()


@pytest.fixture
def in_window(windows_of_module: "Windows", piggy_sandbox: SandboxServer) -> Iterator["Windows"]:
    """Give them to one test, which fails where a page logs an error."""
    windows_of_module.errors.clear()
    yield windows_of_module
    assert windows_of_module.errors == []


class Windows:
    """Windows of a browser, each with a session of its own, and the errors that they log."""

    def __init__(self, chromium: Browser, console: ConsoleServer) -> None:
        self.chromium, self.console = chromium, console
        self.errors: list[str] = []
        self._pages: list[Page] = []
        self._kept: dict[str, Page] = {}

    def open(self, role: str, **options: Any) -> Page:
        """Open a page in which somebody of a role has signed in."""
        context = self.chromium.new_context(
            base_url=self.console.url,
            storage_state=self.console.signed_in(self.chromium, role),
            locale="en-GB",
            reduced_motion="reduce",
            **options,
        )
        page = context.new_page()
        page.set_default_timeout(45_000)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._listen)
        self._pages.append(page)
        return page

    def kept(self, role: str, **options: Any) -> Page:
        """Give the page that was opened for a role in this way before."""
        key = f"{role} {options}"
        if key not in self._kept:
            self._kept[key] = self.open(role, **options)
        return self._kept[key]

    def _listen(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSED.search(message.text):
            self.errors.append(message.text)

    def close(self) -> None:
        """Close them all."""
        for page in self._pages:
            page.context.close()

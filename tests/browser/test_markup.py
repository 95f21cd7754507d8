"""Hostile markup in every field there is, and every page opened: nothing of it becomes markup."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import ConsoleMessage, Dialog, Page, Request, expect

from piggyadmin.ui.qr import qr_picture
from tests.browser.conftest import AT_TESTS, REFUSED
from tests.browser.console import ROOT, ConsoleServer
from tests.browser.hostile import COMPUTED, MARK
from tests.sandbox.server import SandboxServer

# Nobody works in the background, so that what was made stays as it was made.
ENVIRONMENT = {**AT_TESTS, "WORKER_BESIDE_WEB": "false"}
# What pages ask for by themselves: how far something is, whose a contact is, who looks at a pair,
# and what a search box that has the focus offers.
BY_THEMSELVES = re.compile(
    r"/static/.+|/admin/jsi18n/|/favicon\.ico|/tasks/|/duplicates/mirror/|/contacts/peek/"
    r"|/contacts/[\w-]+/panels/[\w-]+/"
    r"|/search/suggestions/(piggy/)?|/actions/[\w-]+/[\w-]+/|/duplicates/merges/[\w-]+/|/duplicates/pair/.+/(hold|release)/"
)
# What is wrong with a page: elements, attributes and links that are not the console's own.
# A QR code that the console draws is a picture that holds itself; in an <img> it can do nothing.
QR_CODE = qr_picture("").partition("width")[0]
FOREIGN = """([mark, qrCode]) => {
  const own = new Set(["http:", "https:", "mailto:"]);
  const all = root => [...root.querySelectorAll("*")].flatMap(
    each => each.matches("template") ? [each, ...all(each.content)] : [each]);
  // A form's field of that name would stand in place of its attributes.
  const {get} = Object.getOwnPropertyDescriptor(Element.prototype, "attributes");
  const isForeign = each => each.localName === mark || [...get.call(each)].some(({name}) =>
    name === mark || name.startsWith("on") || /^(data-)?hx-on/.test(name));
  const addresses = each => ["href", "src", "action", "formaction", "srcdoc", "data"]
    .filter(name => each.hasAttribute(name) && each.namespaceURI.endsWith("xhtml"))
    .map(name => new URL(each.getAttribute(name), location));
  const isQrCode = each => each.localName === "img"
    && each.src.startsWith(qrCode) && !decodeURIComponent(each.src).includes(mark);
  const leads = each => !isQrCode(each) && addresses(each).some(url =>
    !own.has(url.protocol) || url.pathname.startsWith("/" + mark));
  const foreign = all(document).filter(each => isForeign(each) || leads(each));
  return foreign.map(each => each.outerHTML.slice(0, 200));
}"""
FILL = """(form, typed) => Object.entries(typed).forEach(([name, value]) => {
  const field = form.elements.namedItem(name);
  if (field) field.value = value;
})"""
# Of all that Piggy and people wrote, at least this is on some page.
SHOWN = {
    "Approval.note",
    "Attribute.description",
    "Attribute.label",
    "LoggedCall.request_body",
    "Contact.attributes.firstname",
    "ContactIdentifier.value",
    "Decision.comment",
    "Form.name",
    "Group.name",
    "MergeRun.comment",
    "Perk.name",
    "Product.name",
    "Promotion.name",
    "Reason.label",
    "Run.last_error",
    "Schedule.last_error",
    "Shop.name",
    "User.first_name",
    "Voucher.code",
    "comment",
    "data",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> Iterator[tuple[ConsoleServer, dict[str, Any]]]:
    """Serve a console and a sandbox with nothing but markup in them; tells where and what it is."""
    with served(tmp_path_factory.mktemp("hostile")) as made:
        yield made


@contextmanager
def served(directory: Path, **words: str) -> Iterator[tuple[ConsoleServer, dict[str, Any]]]:
    """Serve both; `words` in the environment say what they are filled with."""
    with (
        SandboxServer(contacts=12) as sandbox,
        ConsoleServer(directory, sandbox, **ENVIRONMENT) as console,
    ):
        settings = {"DJANGO_SETTINGS_MODULE": "piggyadmin.sandbox.standalone"}
        write("tests.browser.hostile_sandbox", sandbox._environment() | settings | words)
        made = json.loads(write("tests.browser.hostile_console", console.environment | words))
        made["pages"] += [
            f"{sandbox.url}/sandbox/{page}" for page in ("", "mailbox/", "faults/", "calls/")
        ]
        yield console, made


def write(module: str, environment: dict[str, str]) -> str:
    """Have a process of the same settings write markup everywhere; gives what it prints."""
    command = [sys.executable, "-m", module]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout


class Watch:
    """Opens pages, and keeps whatever happens there that the console does not mean to happen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        self.opened = 0
        self.asked_for = self.pressed = ""
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("dialog", self._asked_by_script)
        page.on("popup", lambda _popup: self._note("a window"))

    def open(self, address: str) -> None:
        """Go there, and look."""
        self.asked_for = unquote(urlsplit(address).path)
        answer = self.page.goto(address)
        if answer and answer.status >= 500:
            self._note(f"status {answer.status}")
        self.opened += bool(answer and answer.ok)
        self.look()

    def press(self, address: str, typed: dict[str, str]) -> None:
        """Fill in the form of an action, press its button, and look at what comes of it."""
        self.open(address)
        self.pressed = address
        form = self.page.locator("#action form").first
        form.evaluate(FILL, typed)
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            form.locator("button[type=submit]").last.click()
        expect(self.page.locator("[data-sending]")).to_have_count(0)
        self.look()
        self.pressed = ""

    def look(self) -> None:
        """Keep what is foreign, and which fields are shown."""
        self.wrong += [
            f"{self.asked_for}: {each}" for each in self.page.evaluate(FOREIGN, [MARK, QR_CODE])
        ]
        html = self.page.content()
        if COMPUTED in html:
            self._note("a template was computed")
        self.seen |= set(re.findall(r" ([\w.\[\]-]+):\d+", html))

    def _note(self, words: str) -> None:
        self.wrong.append(f"{self.asked_for}: {words}")

    def _asked(self, request: Request) -> None:
        path = unquote(urlsplit(request.url).path)
        is_meant = request.is_navigation_request() or path == self.pressed
        if path.startswith(f"/{MARK}") or not (is_meant or BY_THEMSELVES.fullmatch(path)):
            self._note(f"{request.method} {path} from {request.frame.url}")

    def _asked_by_script(self, dialog: Dialog) -> None:
        self._note(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSED.search(message.text):
            self._note(message.text)


def test_no_page_takes_text_for_markup(chromium, hostile):
    console, made = hostile
    context = chromium.new_context(
        base_url=console.url, storage_state=console.signed_in(chromium, "admin")
    )
    watch = Watch(context.new_page())
    for address in made["pages"]:
        watch.open(address)
    for slug, typed in made["typed"].items():
        watch.press(f"/actions/{slug}/", typed)
    context.close()
    assert not watch.wrong, "\n".join(watch.wrong)
    assert watch.opened >= 120
    assert SHOWN - watch.seen == set()

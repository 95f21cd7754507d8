"""What markup from outside could do, should it ever get into a page; and htmx, which is quiet."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import KNOWN, MIRA
from tests.browser.test_actions import field, press

FORM = "/actions/create-credit-reception/"
PAIR = f"/duplicates/pair/{KNOWN}1/{KNOWN}2/"
ASKS = 'hx-trigger="load" hx-target="this"'
POSTS = {
    "an element": f'<div hx-post="/zzp" {ASKS}>x</div>',
    "an element, by other names": '<div data-hx-put="/zzp" data-hx-trigger="load">x</div>',
    "a button": f'<button hx-delete="/zzp" {ASKS}>x</button>',
    "a form": f'<form hx-post="/zzp" {ASKS}><input name="a" value="b"></form>',
    "a form with a made-up token": f'<form hx-post="/zzp" {ASKS}>'
    f'<input name="csrfmiddlewaretoken" value="{"a" * 64}"></form>',
    "what takes a token along": f'<div hx-post="/zzp" {ASKS} hx-include="[type=hidden]"'
    " hx-headers='js:{\"X-CSRFToken\": document.cookie}'>x</div>",
    "a script": "<script>fetch('/zzp')</script>",
    "a handler": "<b hx-on::load=\"fetch('/zzp')\" onclick=\"fetch('/zzp')\">x</b>",
    "a look-up": '<input data-peek="/zzp" value="x"><div data-release="/zzp">x</div>',
}
GETS = {"a question": f'<b hx-get="/zzp" {ASKS}>x</b>', **POSTS}
# Where text from outside stands, and where it would if it closed what it stands in.
TEXT = (".hint", "#action h2, .page-heading p, td, dd", "label")
ANYWHERE = ("#main", "#action", "#action form", "#messages", "body")
PUT = """([place, html]) => {
  const at = document.querySelector(place);
  at.insertAdjacentHTML("beforeend", html);
  htmx.process(at.lastElementChild);
  // As ui.js treats what has just arrived, and whoever leaves a field.
  document.dispatchEvent(new CustomEvent("htmx:afterSettle", { bubbles: true }));
  for (const each of at.querySelectorAll("input"))
    each.dispatchEvent(new Event("change", { bubbles: true }));
  return fetch("/healthz").then(answer => answer.ok);
}"""


@pytest.fixture
def asked(chromium, console, piggy_sandbox) -> Iterator[tuple[Page, list[str]]]:
    """Open a form; gives it, and the addresses asked for since. What is stopped may be logged."""
    state = console.signed_in(chromium, "admin")
    context = chromium.new_context(base_url=console.url, storage_state=state)
    page = context.new_page()
    page.goto(FORM)
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    yield page, addresses
    context.close()


@pytest.mark.parametrize("place", ANYWHERE)
def test_markup_from_outside_sends_nothing(asked, place):
    page, addresses = asked
    for html in POSTS.values():
        assert page.evaluate(PUT, [place, html])
    assert [address for address in addresses if "zzp" in address] == []


@pytest.mark.parametrize("place", TEXT)
def test_where_there_is_text_htmx_does_not_even_ask(asked, place):
    page, addresses = asked
    for html in GETS.values():
        assert page.evaluate(PUT, [place, html])
    assert [address for address in addresses if "zzp" in address] == []


def test_a_form_from_outside_gets_no_token(asked):
    page, _addresses = asked
    page.evaluate(
        """() => document.querySelector("#main").insertAdjacentHTML("afterbegin",
             '<form id="zzp" method="post" action="/zzp/">' +
             '<input name="csrfmiddlewaretoken" value="' + "a".repeat(64) + '">' +
             '<button>x</button></form>')"""
    )
    with page.expect_request("**/zzp/") as sent:
        page.locator("#zzp button").click()
    assert sent.value.post_data == f"csrfmiddlewaretoken={'a' * 64}"


def test_a_form_that_is_ours_gets_the_newest_token(as_role, console, chromium, piggy_sandbox):
    page = as_role("support")
    page.goto("/actions/find-voucher-by-code/")
    before = page.locator("#action [name=csrfmiddlewaretoken]").input_value()
    page.context.clear_cookies(name="sessionid")
    tab = page.context.new_page()
    tab.goto("/accounts/login/")
    tab.get_by_label("Username").fill("support")
    tab.get_by_label("Password").fill("piggy-demo")
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url(f"{console.url}/")
    for code in ("WELCOME-ACTIVE", "WELCOME-EXPIRED"):
        field(page, "code").fill(code)
        with page.expect_request(lambda request: request.method == "POST") as sent:
            page.keyboard.press("Enter")
        assert before not in (sent.value.post_data or "")
        expect(page.locator("#result")).to_contain_text(code)


def test_the_page_of_a_pair_goes_on_holding_it(as_role, console, piggy_sandbox):
    console.change_queue("fill_from_piggy", "1")
    page = as_role("admin")
    with page.expect_response("**/hold/") as held:
        page.goto("/duplicates/next/")
    assert held.value.status == 204


def test_parts_of_pages_are_exchanged_in_silence(as_role, piggy_sandbox):
    page = as_role("admin")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(FORM)
    field(page, "contact_uuid").fill(MIRA)
    press(page, "Amount")
    field(page, "unit_value").fill("10")
    press(page, "Check first")
    expect(page.locator("#action")).to_contain_text("is required")
    page.locator("[name=shop_uuid]").select_option(label="Amsterdam")
    field(page, "reason").select_option("Goodwill")
    expect(page.get_by_role("region", name="What will happen")).to_be_visible()
    with page.expect_response("**/tasks/*") as polled:
        page.goto("/tasks/")
    assert polled.value.ok
    page.goto("/duplicates/mirror/")
    page.get_by_role("button", name="Read all customers now").click()
    expect(page.locator("#sweep")).to_be_visible(timeout=30_000)
    page.goto(PAIR)
    press(page, "Check again")
    expect(page.locator("#action")).to_be_focused()
    assert said == []


def test_there_is_an_icon(as_role):
    page = as_role("support")
    answer = page.request.get("/favicon.ico")
    assert answer.ok
    assert answer.headers["content-type"].startswith("image/svg+xml")

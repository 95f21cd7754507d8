"""Every page as people meet it: readable by all, on a phone, in both themes and both languages."""

from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import resolve
from playwright.sync_api import expect

from tests.browser.screenshots import MIRAS_PAGE, PAGES, SIZES, fill
from tests.rotation import turns
from tests.test_urls import PAGES as DECLARED

AXE_OPTIONS = {
    # What is as it should be is not gathered, which takes a third of the time.
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
}
SIGNED_IN = {page[1]: page for page in PAGES if page[0]}
# Parts of pages, files, what only leads on, and what only takes what is sent.
NO_PAGES = {
    "/accounts/logout/",
    "/accounts/oidc/link/",
    "/bookings/csv/",
    "/bulk/<number:pk>/again/",
    "/bulk/<number:pk>/check/",
    "/bulk/<number:pk>/choose/",
    "/bulk/<number:pk>/confirm/",
    "/bulk/<number:pk>/failed/",
    "/bulk/<number:pk>/decide/",
    "/bulk/<number:pk>/read/",
    "/bulk/<number:pk>/rows.csv",
    "/bulk/<number:pk>/steer/",
    "/bulk/<number:pk>/undo/",
    "/bulk/chosen/",
    "/bulk/template/<slug:slug>.csv",
    "/contacts/<email:email>/",
    "/contacts/<id:contact_uuid>/timeline/csv/",
    "/contacts/peek/",
    "/density/",
    "/duplicates/contacts/<id:contact_uuid>/check/",
    "/duplicates/csv/",
    "/duplicates/decisions/csv/",
    "/duplicates/mirror/sweep/",
    "/duplicates/mirror/stop/",
    "/duplicates/many/",
    "/duplicates/next/",
    "/duplicates/pair/<id:first>/<id:second>/decide/",
    "/duplicates/pair/<id:first>/<id:second>/hold/",
    "/duplicates/pair/<id:first>/<id:second>/release/",
    "/duplicates/undo/",
    "/i18n/setlang/",
    "/ledger/<uuid:key>/acknowledge/",
    "/ledger/<uuid:key>/again/",
    "/ledger/<uuid:key>/decide/",
    "/ledger/<uuid:key>/go-on/",
    "/ledger/<uuid:key>/look/",
    "/ledger/csv/",
    "/ledger/giving/csv/",
    "/logout/",
    "/notes/<number:pk>/done/",
    "/notes/<number:pk>/pin/",
    "/people/<person:person>/identity/remove/",
    "/people/<person:person>/sign-out/",
    "/people/<person:person>/tokens/<number:pk>/withdraw/",
    "/promotions/<id:promotion_uuid>/codes.csv",
    "/promotions/<id:promotion_uuid>/codes.xlsx",
    "/requests/try-again/",
    "/search/suggestions/",
    "/search/suggestions/piggy/",
    "/settings/factors/pin/remove/",
    "/settings/sign-out-elsewhere/",
    "/settings/tokens/<number:pk>/withdraw/",
    "/tasks/<number:pk>/cancel/",
    "/tasks/<number:pk>/retry/",
    "/theme/",
    "/views/<number:pk>/",
    "/views/<number:pk>/file/",
    "/views/save/",
    "/voucher-mails/<number:pk>/send/",
    "/voucher-mails/<number:pk>/steer/",
    "/voucher-mails/<number:pk>/test/",
    "/voucher-mails/<number:pk>/text/",
    "/voucher-mails/<number:pk>/vouchers.csv",
    "/vouchers/codes/step/",
    "/webhooks/news/",
    "/webhooks/received/account-secret/",
    "/webhooks/received/mend/",
    "/webhooks/received/secret/",
}
# Pages of what is only there once it was done or written: tests of what leads there look at them.
LED_TO = {
    "/people/<person:person>/identity/",
    "/views/<number:pk>/edit/",
    "/views/<number:pk>/mail/",
    "/voucher-mails/<number:pk>/",
    "/accounts/password/set/",
    "/accounts/reauthenticate/",
    "/actions/<slug:slug>/<uuid:key>/",
    "/bookings/<id:booking_key>/",
    "/bulk/<number:pk>/",
    "/contacts/<id:contact_uuid>/notes/",
    "/contacts/<id:contact_uuid>/serve-again/",
    "/duplicates/certain/<number:pk>/",
    "/duplicates/many/<uuid:key>/",
    "/duplicates/clusters/<number:pk>/",
    "/duplicates/clusters/<number:pk>/merge/",
    "/duplicates/merges/<uuid:key>/",
    "/duplicates/merges/<uuid:key>/repair/",
    "/duplicates/merges/<uuid:key>/settle/",
    "/duplicates/mirror/empty/",
    "/ledger/<uuid:key>/",
    "/ledger/approvals/<uuid:key>/",
    "/notes/<number:pk>/",
    "/notes/<number:pk>/remove/",
    "/people/<person:person>/enable/",
    "/requests/<number:pk>/",
    "/settings/factors/<number:pk>/remove/",
    "/settings/factors/<number:pk>/rename/",
    "/settings/factors/app/",
    "/settings/factors/passkey/",
    "/settings/factors/recovery-codes/",
    "/vouchers/codes/<uuid:key>/",
}


def test_every_page_is_looked_at():
    """Whoever adds a page adds it to those that are looked at, or says here why not."""
    paths = [urlsplit(page[2]).path for page in PAGES if page[1] != "nowhere"]
    looked_at = {f"/{resolve(path).route}" for path in paths}
    assert set(DECLARED) - looked_at == NO_PAGES | LED_TO


# What stays in view hides something of the page only until one scrolls; axe knows that of `fixed`.
LET_GO = """document.querySelectorAll(".page-actions").forEach(bar => {
    if (getComputedStyle(bar).position === "sticky") bar.style.position = "static";
})"""


def problems(page) -> list[str]:
    """Run axe once the page has loaded, and name what it finds."""
    page.wait_for_load_state()
    page.evaluate(LET_GO)
    found = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    return [f"{v['id']}: {[node['html'][:120] for node in v['nodes']][:3]}" for v in found]


def primary_buttons(page) -> int:
    """Count what a page that was just loaded on a phone would lead with on a wide window."""
    page.set_viewport_size(SIZES["wide"])
    count = page.locator(".button:is(.primary, .danger):visible").count()
    page.set_viewport_size(SIZES["phone"])
    return int(count)


@pytest.mark.parametrize(("name", "theme"), turns(list(SIGNED_IN), ["light", "dark"], 2))
def test_reads_well(in_window, name, theme):
    role, _name, address, fields, button = SIGNED_IN[name]
    page = in_window.kept(role, color_scheme=theme, viewport=SIZES["phone"])
    page.goto(address)
    if name != "styleguide":  # which shows all kinds of buttons at once
        assert primary_buttons(page) <= 1
    fill(page, fields, button)
    assert problems(page) == []
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], "wider than the phone"


@pytest.mark.parametrize("width", [360, 600, 820, 1024, 1440, 2200])
def test_no_column_is_squeezed(as_role, width):
    page = as_role("staff", viewport={"width": width, "height": 900})
    page.goto(MIRAS_PAGE)
    widths = page.locator(".facts dd").evaluate_all("all => all.map(dd => dd.clientWidth)")
    assert len(widths) >= 5
    assert min(widths) >= 150


def test_sign_in_reads_well(chromium, console):
    for theme in ("light", "dark"):
        context = chromium.new_context(base_url=console.url, color_scheme=theme)
        page = context.new_page()
        page.goto("/accounts/login/")
        assert problems(page) == []
        context.close()


def test_speaks_dutch(as_role):
    page = as_role("support")
    page.goto("/actions/find-voucher-by-code/?code=WELCOME-EXPIRED")
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("button", name="Nederlands").click()
    expect(page.locator("html")).to_have_attribute("lang", "nl")
    expect(page.locator("#result")).to_contain_text("dagen geleden")


def test_theme_is_kept(as_role):
    page = as_role("support")
    page.goto("/")
    page.get_by_role("button", name="Your menu").click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/actions/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_search_box_by_keyboard_alone(as_role):
    page = as_role("support")
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("CARD-0001")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Mira Jansen")


def test_session_that_ended_keeps_what_was_typed(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/find-or-create-products/")
    field = page.locator("[name=external_identifier]")
    field.fill("SKU-TYPED")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Find or create").click()
    expect(page.locator("#messages")).to_contain_text("Your session has ended")
    expect(field).to_have_value("SKU-TYPED")
    assert piggy_sandbox.calls("POST") == []


def test_missing_csrf_token_keeps_what_was_typed(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/find-or-create-products/")
    field = page.locator("[name=external_identifier]")
    field.fill("SKU-TYPED")
    page.context.clear_cookies(name="csrftoken")
    page.get_by_role("button", name="Find or create").click()
    expect(page.locator("#messages")).to_contain_text("Nothing was sent")
    expect(field).to_have_value("SKU-TYPED")
    assert piggy_sandbox.calls("POST") == []


def test_busy_sign_while_piggy_is_slow(as_role, piggy_sandbox):
    piggy_sandbox.faults(latency_ms=2000)
    page = as_role("support")
    page.goto("/actions/find-voucher-by-code/")
    page.locator("#action [name=code]").fill("WELCOME-ACTIVE")
    page.keyboard.press("Enter")
    expect(page.locator("html[data-busy]")).to_have_count(1)
    expect(page.locator("#result")).to_contain_text("Can be used")
    expect(page.locator("html[data-busy]")).to_have_count(0)


def test_nothing_jumps_when_an_answer_arrives(as_role):
    page = as_role("support")
    page.goto("/actions/find-voucher-by-code/")
    page.evaluate(
        """window.shift = 0; new PerformanceObserver(list => {
             for (const entry of list.getEntries())
               if (!entry.hadRecentInput) window.shift += entry.value
           }).observe({type: "layout-shift", buffered: true})"""
    )
    page.locator("#action [name=code]").fill("WELCOME-ACTIVE")
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_contain_text("Can be used")
    assert page.evaluate("window.shift") < 0.1

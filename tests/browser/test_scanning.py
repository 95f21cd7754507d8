"""A hand scanner in front of the pages that ask for one code: it types fast, and never waits."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_actions import MIRA, field, press

SLOW = 2500  # milliseconds that Piggy takes
CAN, CANNOT, MISS = "Can be used", "Expired", "No voucher has this code"
# What is told of a code at any moment, noted at each change of the page and at each character: a
# verdict on another code than the one in the field is a wrong one.
WATCH = """(verdicts) => {
  [window.wrong, window.told] = [[], new Set()];
  const look = () => {
    const code = document.querySelector("#action [name=code]")?.value;
    const words = document.querySelector(".verdict, [data-error-summary]")?.textContent || "";
    const shown = document.querySelector("#result code")?.textContent || code;
    if (words) window.told.add(words);
    const isRight = !words || (shown === code && words.includes(verdicts[code]));
    if (!isRight) window.wrong.push([code, words]);
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  window.addEventListener("input", look);
}"""


def scan(page: Page, code: str) -> None:
    """Type a code as a scanner does, once a field is ready for it."""
    expect(page.locator("input:focus, textarea:focus")).to_have_count(1)
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def type_fast(page: Page, code: str, *keys: str) -> None:
    """Type a code and some keys as a scanner does, 5 ms apart, however busy this machine is."""
    session, at = page.context.new_cdp_session(page), time.time()
    for number, key in enumerate((*code, *keys)):
        text = {"Enter": "\r", "Tab": ""}.get(key, key)
        codes = {
            "code": key,
            "windowsVirtualKeyCode": {"Enter": 13, "Tab": 9}.get(key, ord(key[0])),
        }
        stroke = {"key": key, "timestamp": at + number * 0.005, **codes}
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": text, **stroke})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **stroke})
    session.detach()


def selected(page: Page) -> str:
    """Give what the next scan would be typed over."""
    found: str = page.evaluate(
        "() => { const field = document.activeElement;"
        " return field.value?.slice(field.selectionStart, field.selectionEnd) }"
    )
    return found


@pytest.fixture
def vouchers(as_role) -> Page:
    page: Page = as_role("support")
    page.goto("/actions/find-voucher-by-code/")
    return page


def test_a_morning_of_forty_codes_without_a_mouse(vouchers, piggy_sandbox):
    verdicts = {"WELCOME-ACTIVE": CAN, "WELCOME-EXPIRED": CANNOT}
    verdicts |= {f"NO-SUCH-{number}": MISS for number in range(8)}
    vouchers.evaluate(WATCH, verdicts)
    codes = [list(verdicts)[number * 7 % len(verdicts)] for number in range(40)]
    overtaken = {5, 6, 18, 30}  # the next one is scanned while Piggy is at this one
    for number, code in enumerate(codes):
        piggy_sandbox.faults(latency_ms=SLOW if number in overtaken else 100 + number % 3 * 50)
        if number in overtaken:
            with vouchers.expect_request("**/find-voucher-by-code/"):
                scan(vouchers, code)
            continue
        scan(vouchers, code)
        expect(vouchers.locator("#action")).to_contain_text(verdicts[code])
        expect(field(vouchers, "code")).to_have_value(code)
        assert selected(vouchers) == code
    assert vouchers.evaluate("window.wrong") == []
    assert vouchers.evaluate("window.told.size") >= len({CAN, CANNOT, MISS})


PAGES = [
    ("find-voucher-by-code", "code", "WELCOME-ACTIVE", MISS, CAN),
    ("get-contact-credit-balance", "contact_uuid", "CARD-0001", "No customer with", "120 credits"),
    ("update-contact-identifiers", "contact_identifier_value", "CARD-0001", "identifier", MIRA),
    ("update-contact", "contact_uuid", "CARD-0001", "No customer with", MIRA),
]


@pytest.mark.parametrize(("slug", "code", "found"), [(page[0], page[2], page[4]) for page in PAGES])
def test_the_second_scan_is_answered_though_the_first_is_slow(
    as_role, piggy_sandbox, slug, code, found
):
    page = as_role("staff")
    page.goto(f"/actions/{slug}/")
    piggy_sandbox.faults(latency_ms=SLOW)
    with page.expect_request(f"**/{slug}/"):
        scan(page, "NO-SUCH")
    piggy_sandbox.faults()
    scan(page, code)
    expect(page.locator("#action")).to_contain_text(found)
    page.wait_for_timeout(SLOW)  # the first answer would be here by now
    expect(page.locator("#action")).to_contain_text(found)
    expect(page.locator("[data-error-summary]")).to_have_count(0)


def test_the_first_answer_does_not_arrive_in_the_middle_of_the_second_code(vouchers, piggy_sandbox):
    scan(vouchers, "WELCOME-EXPIRED")
    expect(vouchers.locator("#result")).to_contain_text(CANNOT)
    piggy_sandbox.faults(latency_ms=SLOW)
    with vouchers.expect_request("**/find-voucher-by-code/"):
        scan(vouchers, "WELCOME-EXPIRED")
    expect(vouchers.locator("#result")).to_be_empty()
    vouchers.keyboard.type("WELCOME-", delay=SLOW / 5)  # longer than the first answer takes
    expect(vouchers.locator("#result")).to_be_empty()
    piggy_sandbox.faults()
    scan(vouchers, "ACTIVE")
    expect(vouchers.locator("#result")).to_contain_text(CAN)
    expect(field(vouchers, "code")).to_have_value("WELCOME-ACTIVE")


def test_the_old_verdict_is_gone_with_the_first_character(vouchers):
    for code, verdict in (("WELCOME-ACTIVE", CAN), ("NO-SUCH", MISS)):
        scan(vouchers, code)
        expect(vouchers.locator("#action")).to_contain_text(verdict)
        vouchers.keyboard.type("X")
        expect(vouchers.locator("#action")).not_to_contain_text(verdict)
        vouchers.keyboard.press("Control+A")


@pytest.mark.parametrize(("slug", "name", "code", "miss", "found"), PAGES)
def test_after_a_miss_the_next_is_scanned(as_role, piggy_sandbox, slug, name, code, miss, found):
    page = as_role("staff")
    page.goto(f"/actions/{slug}/")
    for missed in ("NO-SUCH-1", "NO-SUCH-2"):
        scan(page, missed)
        expect(page.locator("[data-error-summary]")).to_contain_text(miss)
        expect(field(page, name)).to_have_value(missed)
        expect(field(page, name)).to_be_focused()
        assert selected(page) == missed
    scan(page, code)
    expect(page.locator("#action")).to_contain_text(found)


@pytest.mark.parametrize("end", [["Tab"], ["Enter", "Tab"], ["Tab", "Enter"]], ids="+".join)
@pytest.mark.parametrize(("slug", "name", "code", "miss", "found"), PAGES)
def test_a_scanner_may_end_with_tab(as_role, piggy_sandbox, slug, name, code, miss, found, end):
    page = as_role("staff")
    page.goto(f"/actions/{slug}/")
    for scanned, verdict in (("NO-SUCH", miss), (code, found)):
        type_fast(page, scanned, *end)
        expect(page.locator("#action")).to_contain_text(verdict)
        if verdict == miss:
            expect(field(page, name)).to_be_focused()
            assert selected(page) == scanned


def test_the_search_boxes_take_a_scan_that_ends_with_tab(as_role, piggy_sandbox):
    page = as_role("support")
    page.goto("/")
    page.keyboard.press("/")
    type_fast(page, "NO-SUCH", "Tab")
    expect(page.locator("#search-panel .result")).to_contain_text("NO-SUCH")
    type_fast(page, "WELCOME-ACTIVE", "Tab")
    page.wait_for_url("**/find-voucher-by-code/**")


def test_whoever_types_goes_on_with_tab(vouchers):
    vouchers.keyboard.type("WELCOME", delay=80)
    vouchers.keyboard.press("Tab")
    expect(vouchers.get_by_role("button", name="Find voucher")).to_be_focused()
    expect(vouchers.locator("#result")).to_be_empty()
    vouchers.keyboard.press("Shift+Tab")
    expect(field(vouchers, "code")).to_be_focused()
    type_fast(vouchers, "WELCOME-ACTIVE")
    vouchers.wait_for_timeout(200)  # a pause after a scan, or a paste
    vouchers.keyboard.press("Tab")
    expect(vouchers.get_by_role("button", name="Find voucher")).to_be_focused()
    expect(vouchers.locator("#result")).to_be_empty()


def test_what_is_meant_is_a_button_behind_that_of_the_form(as_role, piggy_sandbox):
    page = as_role("staff")
    for slug, name, code, _miss, found in PAGES:
        page.goto(f"/actions/{slug}/")
        scan(page, code.lower())
        offer = page.locator("[data-meant]").get_by_role("button", name=code)
        expect(offer).to_be_visible()
        expect(field(page, name)).to_be_focused()
        scan(page, "NO-SUCH")  # Enter asks for what is in the field, not for what was offered
        expect(page.locator("[data-error-summary]")).to_be_visible()
        expect(page.locator("[data-meant]")).to_have_count(0)
        scan(page, code.lower())
        offer.click()
        expect(page.locator("#action")).to_contain_text(found)


def test_after_a_failure_of_piggy_the_next_is_scanned(vouchers, piggy_sandbox):
    piggy_sandbox.faults({"kind": "garbage", "path": "^vouchers/find$", "times": 1})
    scan(vouchers, "WELCOME-ACTIVE")
    expect(vouchers.locator("#action [role=alert]")).to_be_visible()
    scan(vouchers, "WELCOME-ACTIVE")
    expect(vouchers.locator("#result")).to_contain_text(CAN)
    expect(vouchers.locator("#action [role=alert]")).to_have_count(0)


def test_the_search_page_scans_on(as_role, piggy_sandbox):
    page = as_role("support")
    page.goto("/")
    page.keyboard.press("/")
    scan(page, "NO-SUCH-1")
    box = page.locator("#search-panel [name=q]")
    expect(page.locator("#search-panel .result")).to_contain_text("NO-SUCH-1")
    expect(box).to_be_focused()
    assert selected(page) == "NO-SUCH-1"
    piggy_sandbox.faults(latency_ms=SLOW)
    with page.expect_request("**/search/"):
        scan(page, "NO-SUCH-2")
    expect(page.locator("#search-panel .result")).to_be_empty()
    piggy_sandbox.faults()
    scan(page, "WELCOME-ACTIVE")
    page.wait_for_url("**/find-voucher-by-code/**")
    expect(page.locator("#result")).to_contain_text(CAN)
    expect(field(page, "code")).to_be_focused()


def test_the_box_on_top_goes_where_the_last_code_leads(as_role, piggy_sandbox):
    page = as_role("support")
    page.goto("/")
    page.keyboard.press("/")
    piggy_sandbox.faults(latency_ms=SLOW)
    scan(page, "WELCOME-EXPIRED")
    scan(page, "WELCOME-ACTIVE")
    page.wait_for_url("**/find-voucher-by-code/**", timeout=20_000)
    expect(page.locator("#result")).to_contain_text("WELCOME-ACTIVE")


def test_without_javascript_the_field_has_the_focus_after_a_miss(as_role, piggy_sandbox):
    page = as_role("support", java_script_enabled=False)
    page.goto("/actions/find-voucher-by-code/")
    scan(page, "NO-SUCH")
    expect(page.locator("#action")).to_contain_text(MISS)
    expect(field(page, "code")).to_be_focused()


FIRST = {
    "create-credit-reception": "contact_uuid",
    "create-booking": "contact_uuid",
    "find-or-create-products": "external_identifier",
    "send-contact-verification-email": "email",
    "list-forms": "status",
}


@pytest.mark.parametrize("slug", FIRST)
def test_the_first_field_of_a_form_has_the_focus(as_role, slug):
    page = as_role("staff")
    page.goto(f"/actions/{slug}/")
    first = page.locator("#action :is(input:not([type=hidden]), select, textarea)").first
    expect(first).to_be_focused()
    assert first.get_attribute("name") == FIRST[slug]


def test_who_signs_in_types_at_once(chromium, console):
    context = chromium.new_context(base_url=console.url)
    page = context.new_page()
    page.goto("/accounts/login/")
    expect(page.locator("[name=login]").first).to_be_focused()
    context.close()


def test_a_card_scanned_as_the_contact_goes_on_to_the_next_field(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/create-credit-reception/")
    scan(page, "CARD-0001")
    expect(page.locator(".peek")).to_contain_text("Mira Jansen")
    expect(page.locator("[name=shop_uuid]").first).to_be_focused()
    expect(page.locator("[data-error-summary]")).to_have_count(0)
    field(page, "contact_uuid").fill("CARD-00")
    expect(page.locator(".peek")).to_have_count(0)


def test_the_last_contact_of_a_form_may_send_it(as_role):
    page = as_role("support")
    page.goto("/actions/get-contact-credit-balance/")
    scan(page, "CARD-0001")
    expect(page.locator("#result")).to_contain_text("120 credits")
    press(page, "Look up")
    expect(field(page, "contact_uuid")).to_be_focused()

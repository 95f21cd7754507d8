"""The voucher desk: a code from the scanner to what is done with it, and many codes at once."""

import re

from playwright.sync_api import Locator, Page, expect

from piggyadmin.sandbox import seed
from tests.browser.test_actions import press
from tests.browser.test_pages import problems


def make(sandbox, code: str, **more: object) -> str:
    body = {"promotion_uuid": seed.WELCOME_COFFEE_UUID, "contact_uuid": seed.MIRA_UUID}
    return str(sandbox.api("POST", "vouchers", json={**body, "code": code, **more})["code"])


def scan(page: Page, code: str) -> None:
    """Type a code as a hand scanner does, wherever the focus is."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")
    expect(page.locator(".voucher")).to_contain_text(code)


def look_up(page: Page, codes: str) -> None:
    """Paste codes into their page as soon as it takes them."""
    page.goto("/vouchers/codes/")
    expect(page.locator("textarea")).to_be_focused()
    page.keyboard.type(codes)
    page.get_by_role("button", name="Look them up").click()


def field(page: Page, name: str) -> Locator:
    """Find a field of what is open above the page."""
    return page.locator(f"#drawer [name={name}]")


def step(page: Page, name: str) -> None:
    page.locator(".voucher").get_by_role("link", name=name).click()
    expect(page.locator("#drawer")).to_be_visible()


def test_a_scanned_voucher_is_used_in_three_presses(as_role, piggy_sandbox):
    make(piggy_sandbox, "DESK-USE", total_redemptions_allowed=2)
    page = as_role("staff")
    page.goto("/vouchers/")
    scan(page, "DESK-USE")
    expect(page.locator(".verdict")).to_contain_text("Can be used")
    step(page, "Use this voucher")
    field(page, "shop_uuid").select_option(label="Amsterdam")
    press(page, "Use this voucher")
    expect(page.locator("#drawer")).to_contain_text("Used 1 of 2 times, 1 left")
    expect(page.locator("main .voucher")).to_contain_text("used 1 of 2 times, 1 left")
    expect(page).to_have_url(re.compile(r"\?stored="))
    assert "DESK-USE" not in page.url
    page.locator("#drawer").get_by_role("link", name="Undo").click()
    field(page, "reason").select_option("Goodwill")
    press(page, "Take this use back")
    expect(page.locator("#drawer")).to_contain_text("The use was taken back.")
    expect(page.locator("main .voucher")).to_contain_text("used 0 of 2 times, 2 left")


def test_a_locked_voucher_is_released_by_whoever_locked_it(as_role, piggy_sandbox):
    make(piggy_sandbox, "DESK-LOCK")
    page = as_role("staff")
    page.goto("/vouchers/")
    scan(page, "DESK-LOCK")
    step(page, "Lock this voucher")
    page.locator("#drawer").get_by_role("button", name="Lock this voucher").click()
    expect(page.locator("main .verdict")).to_contain_text("Locked until")
    page.keyboard.press("Escape")
    other = as_role("admin")
    other.goto("/vouchers/DESK-LOCK/")
    release = other.locator(".impossible", has_text="Release this voucher")
    expect(release).to_contain_text("holds its lock since")
    step(page, "Release this voucher")
    page.locator("#drawer").get_by_role("button", name="Release this voucher").click()
    expect(page.locator("main .verdict")).to_contain_text("Can be used")


def test_what_cannot_be_done_says_why_on_a_phone(as_role):
    page = as_role("staff", viewport={"width": 360, "height": 800})
    page.goto("/vouchers/WELCOME-EXPIRED/")
    expect(page.locator(".impossible")).to_contain_text("Issue a replacement instead.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_support_looks_and_does_nothing(as_role):
    page = as_role("support")
    page.goto("/vouchers/WELCOME-ACTIVE/")
    links = page.locator(".voucher").get_by_role("link").all_inner_texts()
    assert [link.strip() for link in links if "Mira" not in link and "@" not in link] == [
        "Welcome coffee",
        "Validate this voucher",
    ]


def test_many_codes_are_opened_from_their_table(as_role):
    page = as_role("support")
    look_up(page, "WELCOME-EXPIRED, WELCOME-ACTIVE, NO-SUCH-CODE")
    expect(page.locator("main tbody tr")).to_have_count(3)
    summary = page.get_by_role("form", name="What was found")
    summary.get_by_role("button", name="Can be used 1").click()
    expect(page.locator("main tbody tr")).to_have_count(1)
    with page.expect_download() as download:
        summary.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename.startswith("vouchers-")
    page.get_by_role("button", name="WELCOME-ACTIVE").click()
    expect(page.locator(".verdict")).to_contain_text("Can be used")


def test_ticked_vouchers_are_done_in_one_go_after_a_page_that_names_them(as_role, piggy_sandbox):
    codes = [make(piggy_sandbox, f"DESK-MANY-{number}") for number in range(3)]
    page = as_role("staff")
    look_up(page, ", ".join([*codes, "WELCOME-EXPIRED"]))
    bar = page.get_by_role("form", name="What to do with them")
    bar.get_by_label("Choose all").check()
    expect(bar.locator("output")).to_have_text("3")
    page.get_by_label("Choose DESK-MANY-1").uncheck()
    expect(bar.locator("output")).to_have_text("2")
    expect(bar.get_by_label("Choose all")).not_to_be_checked()
    bar.get_by_role("button", name="Use 3 vouchers").click()
    page.locator("[name=shop_uuid]").first.select_option(label="Amsterdam")
    page.get_by_role("button", name="Check first").click()
    expect(page.locator("h1")).to_have_text("Use 2 vouchers?")
    assert problems(page) == []
    page.get_by_role("button", name="Use 2 vouchers").click()
    page.wait_for_url(re.compile("/vouchers/codes/.+/"))
    expect(page.locator("main tbody .badge", has_text="Done")).to_have_count(2)
    assert "DESK-MANY" not in page.url
    assert problems(page) == []
    page.reload()
    expect(page.locator("main tbody tr")).to_have_count(2)
    page.get_by_role("button", name="To these codes").click()
    expect(page.locator("main tbody .badge", has_text="Used")).to_have_count(2)


def test_a_selection_fits_on_a_phone(as_role):
    page = as_role("staff", viewport={"width": 360, "height": 800})
    look_up(page, "WELCOME-ACTIVE WELCOME-EXPIRED")
    page.get_by_role("button", name="Switch 1 voucher off").click()
    expect(page.locator("h1")).to_have_text("Switch 1 voucher off?")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360

"""The search box in a browser: one key leads to it, and the arrows go through what it offers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import MIRAS_PAGE
from tests.browser.test_pages import problems
from tests.browser.test_scanning import scan

OPTIONS = "#suggestions [role=option]"


@pytest.fixture
def desk(as_role, mirrored) -> Page:
    """The desk of somebody, in a console that has read contacts."""
    page: Page = as_role("support")
    page.goto("/")
    return page


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_a_key_leads_to_the_box(desk, key):
    desk.keyboard.press(key)
    expect(desk.locator("#search")).to_be_focused()


def test_the_box_offers_whom_one_looked_at_last_also_where_the_page_begins_in_it(desk):
    desk.goto(MIRAS_PAGE)
    desk.goto("/")
    expect(desk.locator("#search")).to_be_focused()
    expect(desk.locator(OPTIONS)).to_have_count(0)
    desk.keyboard.press("/")
    expect(desk.locator(OPTIONS).first).to_contain_text("Mira Jansen")


def test_enter_looks_for_what_stands_in_the_box_also_beside_what_could_not_be_found(as_role):
    page = as_role("staff")
    page.goto("/actions/create-credit-reception/")
    page.fill("#id_contact_uuid", "Nobody Atall")
    page.click("#action button.primary")
    expect(page.locator(".field-errors [form=search-form]")).to_be_visible()
    page.fill("#search", "WELCOME-ACTIVE")
    page.keyboard.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Can be used")


def test_a_customer_is_opened_by_three_letters_and_two_keys(desk):
    desk.keyboard.press("/")
    desk.keyboard.type("mir")
    expect(desk.locator(OPTIONS).first).to_be_visible()
    box = desk.locator("#search")
    expect(box).to_have_attribute("aria-expanded", "true")
    assert problems(desk) == []
    desk.keyboard.press("ArrowDown")
    first = desk.locator(OPTIONS).first
    expect(first).to_have_attribute("aria-selected", "true")
    assert box.get_attribute("aria-activedescendant") == first.get_attribute("id")
    expect(box).to_be_focused()
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("/contacts/"))


def test_the_arrows_go_round_and_escape_puts_the_offer_away(desk):
    desk.keyboard.press("/")
    desk.keyboard.type("look")
    expect(desk.locator(OPTIONS).first).to_be_visible()
    number = desk.locator(OPTIONS).count()
    desk.keyboard.press("ArrowUp")
    expect(desk.locator(OPTIONS).nth(number - 1)).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("ArrowDown")
    expect(desk.locator("#suggestions [aria-selected=true]")).to_have_count(0)
    desk.keyboard.press("Escape")
    expect(desk.locator(OPTIONS)).to_have_count(0)
    expect(desk.locator("#search")).to_be_focused()
    expect(desk.locator("#search")).to_have_value("look")


def test_a_scanner_is_never_led_to_an_offer(desk):
    desk.keyboard.press("/")
    scan(desk, "WELCOME-ACTIVE")
    desk.wait_for_url(re.compile("find-voucher-by-code"))
    expect(desk.locator("#result")).to_contain_text("Can be used")


def test_whoever_leaves_the_box_leaves_the_offer(desk):
    desk.keyboard.press("/")
    desk.keyboard.type("look")
    expect(desk.locator(OPTIONS).first).to_be_visible()
    desk.keyboard.press("Tab")
    expect(desk.locator(OPTIONS)).to_have_count(0)


def test_an_offer_is_opened_by_a_click(desk):
    desk.locator("#search").fill("vouchers")
    desk.locator(OPTIONS, has_text="Vouchers").first.click()
    expect(desk).to_have_url(re.compile("/vouchers/"))


AT_PIGGY = "#suggested-at-piggy [role=option]"


def test_what_piggy_knows_by_a_code_comes_in_and_is_reached_by_the_arrows(desk):
    desk.keyboard.press("/")
    desk.keyboard.type("WELCOME-ACTIVE")
    expect(desk.locator(AT_PIGGY)).to_contain_text("Can be used")
    assert problems(desk) == []
    desk.keyboard.press("ArrowUp")
    expect(desk.locator(AT_PIGGY)).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("find-voucher-by-code"))
    expect(desk.locator(".verdict")).to_contain_text("Can be used")
    assert "WELCOME" not in desk.url


def test_a_late_answer_of_piggy_s_moves_nothing_that_was_chosen(desk, piggy_sandbox):
    piggy_sandbox.faults(latency_ms=1500)
    desk.keyboard.press("/")
    desk.keyboard.type("CARD-0001")
    first = desk.locator(OPTIONS).first
    expect(first).to_be_visible()
    expect(desk.locator(AT_PIGGY)).to_have_count(0)
    desk.keyboard.press("ArrowDown")
    expect(desk.locator(AT_PIGGY)).to_have_count(1)
    expect(first).to_have_attribute("aria-selected", "true")


def test_an_answer_for_an_older_text_is_never_shown(desk, piggy_sandbox):
    piggy_sandbox.faults(latency_ms=1500)
    desk.keyboard.press("/")
    with desk.expect_request("**/search/suggestions/piggy/"):
        desk.keyboard.type("WELCOME-ACTIVE")
    desk.keyboard.type("S")
    with desk.expect_response(lambda answer: "/piggy/" in answer.url):
        pass
    expect(desk.locator(AT_PIGGY)).to_have_count(0)


def test_piggy_is_asked_once_for_what_is_typed_in_one_go(desk):
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.keyboard.press("/")
    desk.keyboard.type("WELCOME-ACTIVE", delay=20)
    expect(desk.locator(AT_PIGGY)).to_have_count(1)
    assert len([url for url in asked if url.endswith("/piggy/")]) == 1

"""The search box in a browser: one key leads to it, and the arrows go through what it offers."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import queue_worker
from tests.browser.test_pages import problems
from tests.browser.test_scanning import scan

OPTIONS = "#suggestions [role=option]"


@pytest.fixture
def desk(as_role, console, no_duplicates) -> Page:
    """The desk of somebody, in a console that has read contacts."""
    queue_worker(console, "mirror")
    page: Page = as_role("support")
    page.goto("/")
    return page


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_a_key_leads_to_the_box(desk, key):
    desk.keyboard.press(key)
    expect(desk.locator("#search")).to_be_focused()


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

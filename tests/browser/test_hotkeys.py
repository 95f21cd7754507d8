"""Keys of one letter, and the sheet that tells of them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_pages import problems

MIRA = "/contacts/c0ffee00-0000-4000-8000-000000000001/"
SHEET = "#keys-sheet"


@pytest.fixture
def mira(as_role) -> Page:
    """The page of a customer, for somebody who gives credits."""
    page: Page = as_role("staff")
    page.goto(MIRA)
    return page


def test_the_sheet_tells_what_the_keys_of_this_page_do(mira):
    mira.keyboard.press("?")
    sheet = mira.locator(SHEET)
    expect(sheet).to_be_visible()
    for words in ("Give credits", "More", "Note", "Customers"):
        expect(sheet).to_contain_text(words)
    assert problems(mira) == []
    mira.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    mira.locator("[data-opens-keys]").click()
    expect(sheet).to_be_visible()
    sheet.locator("[data-close]").click()
    expect(sheet).to_be_hidden()


def test_a_letter_opens_what_it_stands_on_and_sends_nothing(mira):
    mira.keyboard.press("g")
    expect(mira.locator("#drawer")).to_be_visible()
    expect(mira.locator("#drawer")).to_contain_text("Give credits")
    mira.keyboard.press("Escape")
    mira.keyboard.press("m")
    expect(mira.locator("details.more[open]")).to_be_visible()
    mira.keyboard.press("n")
    expect(mira.locator("textarea[data-hotkey=n]")).to_be_focused()
    mira.keyboard.type("gemd?")
    expect(mira.locator("textarea[data-hotkey=n]")).to_have_value("gemd?")
    expect(mira.locator(SHEET)).to_be_hidden()


def test_letters_of_a_scanner_are_no_keys(mira):
    mira.keyboard.type("gmec", delay=10)
    mira.wait_for_timeout(400)
    expect(mira).to_have_url(re.compile(MIRA))
    expect(mira.locator("#drawer")).to_be_hidden()


def test_the_menu_is_reached_by_letters_until_they_are_switched_off(mira):
    mira.keyboard.press("?")
    mira.locator("[data-hotkeys-switch]").click()
    expect(mira.locator(SHEET)).to_contain_text("switched off")
    mira.keyboard.press("Escape")
    mira.keyboard.press("c")
    mira.wait_for_timeout(400)
    expect(mira).to_have_url(re.compile(MIRA))
    mira.keyboard.press("?")
    mira.locator("[data-hotkeys-switch]").click()
    mira.keyboard.press("Escape")
    expect(mira.locator(SHEET)).to_be_hidden()
    mira.wait_for_timeout(400)  # keys that follow one another at once are a scanner's
    mira.keyboard.press("c")
    expect(mira).to_have_url(re.compile("/contacts/$"))


def test_the_verbs_of_the_desk_have_numbers(as_role):
    page: Page = as_role("staff")
    page.goto("/")
    # The desk begins in the search box, which has what is typed for itself.
    if page.locator("#search:focus").count():
        page.keyboard.press("Escape")
    first = page.locator("[data-hotkey='1']").get_attribute("href")
    page.keyboard.press("1")
    page.wait_for_url(f"**{first}")

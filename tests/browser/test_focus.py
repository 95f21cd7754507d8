"""Where one goes on by keyboard after a part of a page has been swapped."""

import re

import pytest
from playwright.sync_api import Page, expect

from piggyadmin.sandbox import seed
from tests.browser.screenshots import KNOWN, MIRAS_PAGE
from tests.browser.test_actions import field, press


@pytest.fixture
def pair(as_role) -> Page:
    """Open the page of a pair that nobody merges."""
    page: Page = as_role("admin")
    page.goto(f"/duplicates/pair/{KNOWN}1/{KNOWN}2/")
    return page


def test_a_wrong_word_is_corrected_where_it_was_typed(pair):
    field(pair, "reason").select_option("Double account")
    field(pair, "confirmation").fill("wrong")
    press(pair, "Merge 2 customers")
    expect(field(pair, "confirmation")).to_have_attribute("aria-invalid", "true")
    expect(pair.locator("[data-error-summary]")).to_be_focused()
    expect(pair).to_have_title(re.compile("^Error: "))
    pair.keyboard.press("Tab")
    pair.keyboard.press("Enter")  # the link to where it was typed
    expect(field(pair, "confirmation")).to_be_focused()


def test_swapping_is_taken_back_by_the_same_press(pair):
    swap = pair.get_by_role("button", name="Let this one survive")
    swap.focus()
    pair.keyboard.press("Enter")
    expect(pair.locator("#action")).to_contain_text("not the one that was proposed")
    expect(swap).to_be_focused()
    pair.keyboard.press("Enter")
    expect(pair.locator("#action")).to_contain_text("is proposed to survive")


def test_reading_goes_on_in_what_was_checked_again(pair):
    again = pair.get_by_role("button", name="Check again")
    again.focus()
    with pair.expect_response(lambda response: response.request.method == "POST"):
        pair.keyboard.press("Enter")
    expect(pair.locator("#action")).to_be_focused()


def test_a_note_that_was_saved_or_pinned_is_where_one_goes_on(as_role):
    page = as_role("staff")
    page.goto(MIRAS_PAGE)
    page.locator("#id_note_text").fill("Likes the window seat")
    for button in ("Save the note", "Keep on top", "Not on top any more"):
        page.get_by_role("button", name=button).first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#notes")).to_be_focused()
        expect(page.locator("#notes")).to_contain_text("Likes the window seat")


def test_where_a_step_stood_is_where_one_goes_on_when_it_is_done_with(as_role, piggy_sandbox):
    # Now, so that it stands before what the ledger has of other tests.
    given = {"contact_uuid": seed.MIRA_UUID, "shop_uuid": seed.AMSTERDAM_UUID, "credits": 7}
    piggy_sandbox.api("POST", "credit-receptions", json=given)
    page = as_role("staff")
    page.goto(MIRAS_PAGE)
    step = page.get_by_role("link", name=re.compile("Reverse ?: Credits given")).first
    address = step.get_attribute("href")
    step.click()
    field(page, "reason").select_option("Goodwill")
    page.locator("#drawer").get_by_role("button", name="back").click()
    expect(page.locator("#drawer")).to_contain_text("Booked")
    expect(page.locator(f'main a[href="{address}"]')).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.get_by_role("heading", name="Timeline")).to_be_focused()


def test_a_voucher_that_was_used_is_where_one_goes_on(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/redeem-voucher/?code=WELCOME-ACTIVE")
    field(page, "shop_uuid").select_option(label="Amsterdam")
    use = page.locator("#action").get_by_role("button", name="Use this voucher")
    use.last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#action")).to_contain_text("Used 1 of 1 times")
    expect(page.locator("#action")).to_be_focused()

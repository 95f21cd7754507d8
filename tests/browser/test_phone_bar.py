"""On a phone the buttons of a page stay in view at its foot, and cover nothing of it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import MIRAS_PAGE, SIZES

BAR = "#page-actions"


@pytest.fixture
def customer(as_role) -> Page:
    page: Page = as_role("admin", viewport=SIZES["phone"])
    page.goto(MIRAS_PAGE)
    return page


def test_the_bar_is_one_row_at_the_foot_of_the_screen(customer):
    bar = customer.locator(BAR).bounding_box()
    assert bar["y"] + bar["height"] == SIZES["phone"]["height"]
    assert bar["height"] < 80
    tops = {each.bounding_box()["y"] // 10 for each in customer.locator(f"{BAR} > .button").all()}
    assert len(tops) == 1


def test_the_end_of_the_page_is_not_below_the_bar(customer):
    customer.evaluate("scrollTo(0, document.body.scrollHeight)")
    bar = customer.locator(BAR).bounding_box()
    for last in ("main section >> nth=-1", "footer"):
        box = customer.locator(last).bounding_box()
        is_above = box["y"] + box["height"] <= bar["y"]
        assert is_above or box["y"] >= bar["y"] + bar["height"]


def test_all_of_more_can_be_reached(customer):
    customer.locator(BAR).get_by_text("More", exact=True).click()
    assert customer.locator(f"{BAR} .more-items").bounding_box()["y"] >= 0
    first = customer.locator(f"{BAR} .menu-item").first
    first.scroll_into_view_if_needed()
    expect(first).to_be_in_viewport(ratio=1)

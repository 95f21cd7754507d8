"""A day at a shop: a booking is made, checked in for and completed, by keyboard and on a phone."""

import re

from playwright.sync_api import Page, expect

from piggyadmin.sandbox import seed
from tests.browser.test_actions import field, press

DAY = "/bookings/?day=2031-06-01"


def make_booking(page: Page, note: str, *, at: str = "2031-06-01T19:30") -> None:
    """Make a booking of a moment that no other test has."""
    page.goto("/bookings/new/")
    field(page, "contact_uuid").fill(seed.MIRA_EMAIL)
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "starts_at").fill(at)
    field(page, "number_of_people").fill("4")
    field(page, "note").fill(note)
    press(page, "Make the booking")
    expect(page.locator("#result")).to_contain_text("Saved.")


def test_a_booking_goes_through_its_day_at_one_press_each(as_role, piggy_sandbox):
    page = as_role("staff")
    make_booking(page, "By the window")
    page.goto(DAY)
    row = page.locator("tr", has_text="By the window")
    drawer = page.locator("#drawer")
    for step, status in (("Check in", "In progress"), ("Complete the booking", "Completed")):
        row.get_by_role("link", name=step).focus()
        page.keyboard.press("Enter")
        expect(drawer).to_contain_text("1 Jun 2031 19:30")
        drawer.get_by_role("button", name=step).press("Enter")
        expect(drawer).to_contain_text("Saved.")
        page.keyboard.press("Escape")
        expect(drawer).to_be_hidden()
        expect(row).to_contain_text(status)
    expect(row.get_by_role("link", name="Cancel the booking")).to_have_count(0)


def test_nothing_is_wider_than_a_phone_and_what_is_printed_is_the_list(as_role, piggy_sandbox):
    page = as_role("staff")
    page.set_viewport_size({"width": 360, "height": 740})
    for address in (DAY, "/bookings/week/", "/bookings/all/", "/bookings/import/", "/visits/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address
    page.goto(DAY)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name=re.compile("1 June 2031"))).to_be_visible()
    for hidden in ("#filter", ".pagination", "[data-print]"):
        expect(page.locator(hidden).first).to_be_hidden()

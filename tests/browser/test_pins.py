"""A shared till locks itself, and opens by the PIN of whoever signed in there that day."""

from playwright.sync_api import Page, expect

from piggyadmin.accounts.demo import DEMO_PASSWORD

PIN = "271828"


def test_a_till_locks_itself_and_opens_by_a_pin(as_role):
    page = as_role("staff")
    page.context.clear_cookies()  # the session of other tests stays
    page.goto("/accounts/login/")
    page.locator("#id_login").fill("staff")
    page.locator("#id_password").fill(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".user-name")).to_be_visible()
    page.goto("/settings/factors/pin/")
    page.locator("#id_pin").fill(PIN)
    page.locator("#id_again").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Your PIN is set.")
    page.clock.install()
    page.goto("/bookings/")
    page.clock.fast_forward("04:00")
    page.keyboard.press("Shift")
    page.clock.fast_forward("04:00")
    expect(page.locator(".user-name")).to_be_visible()
    page.clock.fast_forward("05:00")
    expect(page.get_by_role("heading", name="Who goes on?")).to_be_visible()
    page.locator("#id_pin").fill("000001")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("This PIN is not right.")
    page.locator("#id_pin").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.locator("#user-menu")).to_contain_text("staff")
    assert page.url.endswith("/bookings/")
    take_the_pin_away(page)


def take_the_pin_away(page: Page) -> None:
    """Leave the person as others find them, which takes the password."""
    page.goto("/settings/")
    expect(page.locator("#messages")).to_contain_text("A PIN is not enough for this.")
    page.locator("#id_password").fill(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove the PIN").click()
    expect(page.locator("#messages")).to_contain_text("You have no PIN any more.")

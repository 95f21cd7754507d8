"""A shared till locks itself, and opens by the PIN of whoever signed in there that day."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from piggyadmin.accounts.demo import DEMO_PASSWORD
from tests.browser.test_actions import MIRA, field

PIN = "271828"
EVERYTHING_TYPED = """document.documentElement.innerHTML
  + Array.from(document.querySelectorAll("input, textarea"), (field) => field.value).join()"""


def sign_in(page: Page, name: str) -> None:
    """Sign somebody in fully."""
    page.goto("/accounts/login/")
    page.locator("#id_login").fill(name)
    page.locator("#id_password").fill(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".user-name")).to_be_visible()


def sign_in_with_pin(page: Page, name: str) -> None:
    """Sign somebody in fully, who chooses a PIN."""
    sign_in(page, name)
    page.goto("/settings/factors/pin/")
    page.locator("#id_pin").fill(PIN)
    page.locator("#id_again").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Your PIN is set.")


def test_a_till_locks_itself_and_opens_by_a_pin(as_role):
    page = as_role("staff")
    page.context.clear_cookies()  # the session of other tests stays
    sign_in_with_pin(page, "staff")
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


GIVE = "/actions/create-credit-reception/"
WORDS = "For the broken cup."


def lock_by_hand(page: Page) -> None:
    """Press what locks."""
    page.locator(".user-button").click()
    page.get_by_role("button", name="Lock, or change places").click()
    expect(page.get_by_role("heading", name="Who goes on?")).to_be_visible()


def lock_by_waiting(page: Page) -> None:
    """Do nothing for as long as it takes."""
    page.clock.fast_forward("06:00")
    expect(page.get_by_role("heading", name="Who goes on?")).to_be_visible()


def go_on(page: Page, name: str) -> None:
    """Go on with the PIN."""
    page.get_by_role("radio", name=f"({name})").check()
    page.locator("#id_pin").fill(PIN)
    page.keyboard.press("Enter")
    expect(page.locator("#user-menu")).to_contain_text(name)


@pytest.fixture
def till(as_role) -> Iterator[Page]:
    """A browser in which two can go on with a PIN, and one of them is signed in."""
    page = as_role("staff")
    page.context.clear_cookies()
    sign_in_with_pin(page, "support")
    lock_by_hand(page)
    page.get_by_role("link", name="Sign in with the password").click()
    sign_in_with_pin(page, "staff")
    page.clock.install()
    yield page
    for name in ("support", "staff"):
        page.context.clear_cookies()
        sign_in(page, name)
        page.goto("/settings/")
        page.get_by_role("button", name="Remove the PIN").click()


def type_a_gift(page: Page) -> None:
    """Fill a form in that nobody sends."""
    field(page, "contact_uuid").fill(MIRA)
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "credits").fill("25")
    page.locator("summary", has_text="comment").click()
    field(page, "comment").fill(WORDS)


def test_what_was_typed_is_there_again_for_the_same_person_alone(till):
    till.goto(GIVE)
    type_a_gift(till)
    lock_by_waiting(till)
    assert WORDS not in till.evaluate(EVERYTHING_TYPED)
    assert "broken" not in till.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")
    go_on(till, "staff")
    assert till.url.endswith(GIVE)
    expect(field(till, "comment")).to_have_value(WORDS)
    expect(field(till, "comment")).to_be_visible()
    expect(field(till, "shop_uuid").locator("option:checked")).to_have_text("Amsterdam")
    # What will happen is worked out anew, and it can be locked again.
    till.clock.run_for(2000)
    expect(till.get_by_role("button", name="Give 25 credits")).to_be_visible()
    lock_by_waiting(till)
    go_on(till, "support")
    for _ in range(3):
        till.go_back()
        assert WORDS not in till.evaluate(EVERYTHING_TYPED)
    till.goto("/")
    lock_by_hand(till)
    go_on(till, "staff")
    till.goto(GIVE)
    expect(field(till, "credits")).to_have_value("")


def test_a_form_in_the_drawer_is_open_again(till):
    till.goto(f"/contacts/{MIRA}/")
    link = till.locator("a[data-in-place]:visible", has_text="Give credits").first
    link.click()
    field(till, "credits").fill("31")
    lock_by_waiting(till)
    go_on(till, "staff")
    assert "/contacts/" in till.url
    expect(till.locator("#drawer h2")).to_have_text("Give credits")
    expect(field(till, "credits")).to_have_value("31")


def test_nothing_is_lost_where_the_console_is_away_while_it_locks(till):
    till.goto(GIVE)
    type_a_gift(till)
    till.context.set_offline(True)
    till.clock.fast_forward("06:00")
    till.wait_for_timeout(1000)
    till.context.set_offline(False)
    till.reload()
    go_on(till, "staff")
    expect(field(till, "comment")).to_have_value(WORDS)


def take_the_pin_away(page: Page) -> None:
    """Leave the person as others find them, which takes the password."""
    page.goto("/settings/")
    expect(page.locator("#messages")).to_contain_text("A PIN is not enough for this.")
    page.locator("#id_password").fill(DEMO_PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove the PIN").click()
    expect(page.locator("#messages")).to_contain_text("You have no PIN any more.")

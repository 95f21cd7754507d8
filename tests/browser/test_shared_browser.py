"""Two colleagues at one till: whose form is booked, and which requests keep a session alive."""

from playwright.sync_api import Page, expect

from piggyadmin.accounts.demo import DEMO_PASSWORD
from tests.browser.test_actions import MIRA, balance, field, press

URL = "/actions/create-credit-reception/"


def come_instead(page: Page, name: str) -> None:
    """Sign somebody else in, in another tab of the same browser."""
    page.context.clear_cookies(name="sessionid")
    tab = page.context.new_page()
    tab.goto("/accounts/login/")
    expect(tab.locator("#id_login")).to_have_attribute("autocapitalize", "none")
    tab.locator("#id_login").fill(name)
    tab.locator("#id_password").fill(DEMO_PASSWORD)
    tab.locator("#id_password").press("Enter")
    expect(tab.locator(".user-name")).to_be_visible()
    tab.close()


def test_what_one_began_is_not_booked_in_the_others_name(as_role, piggy_sandbox):
    page = as_role("staff")
    before = balance(piggy_sandbox)
    page.goto(URL)
    field(page, "contact_uuid").fill(MIRA)
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "credits").fill("25")
    field(page, "reason").select_option("Goodwill")
    page.locator("summary", has_text="comment").click()
    field(page, "comment").fill("For the broken cup.")
    expect(page.get_by_role("button", name="Give 25 credits")).to_be_visible()
    come_instead(page, "ADMIN")
    press(page, "Give 25 credits")
    expect(page.locator("#messages")).to_contain_text("You are signed in as Noor (admin) now")
    expect(field(page, "comment")).to_have_value("For the broken cup.")
    expect(field(page, "credits")).to_have_value("25")
    assert balance(piggy_sandbox) == before
    press(page, "Check first")
    press(page, "Give 25 credits")
    expect(page.locator("#result")).to_contain_text(f"{before + 25} credits")
    page.goto("/ledger/")
    expect(page.locator("tbody tr").first).to_contain_text("Noor (admin)")


def test_only_what_somebody_pressed_keeps_a_session_alive(as_role):
    page = as_role("admin")
    page.goto("/tasks/")
    with page.expect_request(lambda request: "hx-request" in request.headers) as polled:
        pass
    assert polled.value.headers["x-unattended"] == "true"
    page.goto("/actions/find-voucher-by-code/")
    field(page, "code").fill("WELCOME-ACTIVE")
    with page.expect_request(lambda request: request.method == "POST") as pressed:
        page.keyboard.press("Enter")
    assert "x-unattended" not in pressed.value.headers

"""A passkey, made and shown in a real browser whose security key is a virtual one."""

from playwright.sync_api import Page, expect

from tests.browser.test_pages import problems

KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def sign_in(page: Page) -> None:
    page.goto("/accounts/login/")
    page.locator("#id_login").fill("support")
    page.locator("#id_password").fill("piggy-demo")
    page.locator("#id_password").press("Enter")


def test_a_passkey_is_made_signs_in_and_goes(chromium, console, piggy_sandbox):
    # Browsers make passkeys for names, never for bare addresses.
    url = console.url.replace("127.0.0.1", "localhost")
    context = chromium.new_context(base_url=url, locale="en-GB", reduced_motion="reduce")
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    sign_in(page)
    expect(page.locator(".user-name")).to_be_visible()
    page.goto("/settings/factors/app/")
    assert problems(page) == []
    page.get_by_role("link", name="Second factor").click()
    page.get_by_role("link", name="Add a passkey").click()
    page.locator("#id_name").fill("Key at the till")
    assert problems(page) == []
    page.get_by_role("button", name="Make the passkey").click()
    expect(page.locator("main code")).to_have_count(10)
    assert problems(page) == []
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("tbody")).to_contain_text("Key at the till")
    context.clear_cookies()
    sign_in(page)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    assert problems(page) == []
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.locator(".user-name")).to_be_visible()
    page.goto("/settings/factors/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.locator("main")).to_contain_text("You have none yet.")
    context.close()
    assert errors == []

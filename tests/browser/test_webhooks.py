"""Piggy tells the console over real sockets, and an open page shows it by itself."""

from playwright.sync_api import expect

from piggyadmin.sandbox import seed


def test_one_press_and_an_open_page_shows_what_others_changed(as_role, piggy_sandbox):
    page = as_role("admin")
    page.goto("/webhooks/received/")
    page.get_by_role("button", name="Put 8 webhooks in order").click()
    expect(page.get_by_text("All webhooks are in order.")).to_be_visible()
    page.goto(f"/contacts/{seed.MIRA_UUID}/")
    balance = page.locator(".big-number").first
    before = balance.inner_text()
    # Nobody waits for the next time that the page asks by itself.
    page.locator("[hx-get*='/webhooks/news/']").evaluate(
        "each => { each.setAttribute('hx-trigger', 'every 1s'); htmx.process(each) }"
    )
    given = {"contact_uuid": seed.MIRA_UUID, "shop_uuid": seed.AMSTERDAM_UUID, "credits": 7}
    piggy_sandbox.api("POST", "credit-receptions", json=given)
    with page.expect_request(lambda request: request.url == page.url, timeout=40_000) as asked:
        expect(balance).not_to_have_text(before, timeout=40_000)
    # That nobody is there must end the session all the same.
    assert asked.value.headers["x-unattended"] == "true"
    page.goto("/webhooks/received/")
    arrived = page.get_by_role("table", name="What arrived").locator("tbody tr").first
    expect(arrived).to_contain_text("Credits were given")
    expect(arrived).to_contain_text("Taken in")

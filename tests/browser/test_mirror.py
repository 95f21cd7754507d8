"""The mirror's page in a browser: it says by itself how far a reading is."""

import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.test_pages import problems

READ = "Read all customers now"
PATIENCE = 180_000  # milliseconds; the worker may be at something else
# Longer than the page waits between two looks, so that one of these finds the reading under way.
ONE_LOOK = 3_000  # milliseconds


@pytest.mark.parametrize("has_script", [True, False])
def test_read_all_contacts(as_role, piggy_sandbox, no_duplicates, has_script):
    page = as_role("admin", java_script_enabled=has_script)
    page.goto("/duplicates/mirror/")
    button = page.get_by_role("button", name=READ)
    piggy_sandbox.faults(latency_ms=ONE_LOOK)
    button.click()
    expect(page.locator("#messages")).to_contain_text("goes on when you leave this page")
    expect(page.locator("#sweep-heading")).to_be_visible()
    expect(button).not_to_be_visible()
    if has_script:
        expect(page.locator("progress")).to_be_visible(timeout=PATIENCE)
        assert problems(page) == []
        piggy_sandbox.faults()
    else:
        piggy_sandbox.faults()
        reload_until_visible(page, button)
    expect(button).to_be_visible(timeout=PATIENCE)
    first = page.locator("#mirror-state tbody tr").first
    expect(first).to_contain_text("Done")
    expect(first.locator("td").nth(2)).to_have_text("40")


def reload_until_visible(page: Page, wanted: Locator) -> None:
    """Look again and again, as people do whose browser does not do it by itself."""
    until = time.monotonic() + PATIENCE / 1000
    while not wanted.is_visible() and time.monotonic() < until:
        page.wait_for_timeout(200)
        page.reload()


def test_emptying_is_asked_about(as_role):
    page = as_role("admin")
    page.goto("/duplicates/mirror/")
    page.locator("summary", has_text="Empty the mirror").click()
    empty = page.get_by_role("button", name="Empty the mirror")
    empty.click()
    expect(page.locator("form .field.has-errors")).to_contain_text("Nothing was removed")
    page.get_by_label("Yes, remove all mirrored customers").check()
    empty.click()
    expect(page.locator("#messages")).to_contain_text("removed from the mirror")

"""The mirror's page in a browser: it says by itself how far a reading is."""

import pytest
from playwright.sync_api import expect

READ = "Read all contacts now"
PATIENCE = 60_000  # milliseconds; the worker may be at something else


@pytest.mark.parametrize("has_script", [True, False])
def test_read_all_contacts(as_role, piggy_sandbox, has_script):
    page = as_role("admin", java_script_enabled=has_script)
    page.goto("/duplicates/mirror/")
    button = page.get_by_role("button", name=READ)
    # The console may be at its first reading, which only a page with scripts notices to end.
    for _ in range(100):
        if button.is_visible():
            break
        page.wait_for_timeout(500)
        page.reload()
    piggy_sandbox.faults(latency_ms=1_500)
    button.click()
    expect(page.locator("#messages")).to_contain_text("goes on when you leave this page")
    expect(page.locator("#sweep-heading")).to_be_visible()
    expect(button).not_to_be_visible()
    if has_script:
        expect(page.locator("progress")).to_be_visible(timeout=PATIENCE)
        expect(button).to_be_visible(timeout=PATIENCE)
        first = page.locator("#mirror-state tbody tr").first
        expect(first).to_contain_text("Done")
        expect(first.locator("td").nth(2)).to_have_text("40")


def test_emptying_is_asked_about(as_role):
    page = as_role("admin")
    page.goto("/duplicates/mirror/")
    page.locator("summary", has_text="Empty the mirror").click()
    empty = page.get_by_role("button", name="Empty the mirror")
    empty.click()
    expect(page.locator("form .field.has-errors")).to_contain_text("Nothing was removed")
    page.get_by_label("Yes, remove all mirrored contacts").check()
    empty.click()
    expect(page.locator("#messages")).to_contain_text("removed from the mirror")

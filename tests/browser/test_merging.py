"""Merging duplicates in a browser, from the page of a pair to the report of the merge."""

import pytest
from playwright.sync_api import expect

from tests.browser.screenshots import KNOWN, SIZES
from tests.browser.test_actions import DUPLICATE, MIRA, balance, contact, field, press
from tests.browser.test_pages import problems

PAIR = f"/duplicates/pair/{KNOWN}1/{KNOWN}2/"


def books(sandbox) -> int:
    """Add up the credits of everybody."""
    everybody = sandbox.api("GET", "contacts", params={"limit": 100})
    return sum(each["credit_balance"]["balance"] for each in everybody)


def test_whole_merge_from_the_page_of_a_pair(as_role, piggy_sandbox):
    piggy_sandbox.faults(merge_seconds=1)
    before = books(piggy_sandbox)
    page = as_role("admin")
    page.goto(PAIR)
    expect(page.locator("thead")).to_contain_text("Survives")
    row = page.get_by_role("row", name="Phone")
    expect(row).to_contain_text("They differ: choose")
    row.get_by_role("radio").nth(1).check()
    field(page, "comment").fill("Said so at the till.")
    field(page, "confirmation").fill("wrong")
    press(page, "Merge for good")
    expect(page.locator("#action")).to_contain_text("That is not what has to be typed")
    expect(row.get_by_role("radio").nth(1)).to_be_checked()
    expect(field(page, "comment")).to_have_value("Said so at the till.")
    field(page, "confirmation").fill(DUPLICATE)
    press(page, "Merge for good")
    expect(page.locator("h1")).to_have_text("Merge into Mira Jansen")
    expect(page.locator("main")).to_contain_text("They agree: nothing was lost.", timeout=30_000)
    expect(page.locator(".letter")).to_contain_text("CARD-0001, CARD-0002")
    assert problems(page) == []
    assert balance(piggy_sandbox) == 150
    assert contact(piggy_sandbox, MIRA)["current_values"]["phonenumber"] == "06-12345678"
    assert books(piggy_sandbox) == before
    page.goto("/duplicates/merges/")
    expect(page.locator("tbody tr").first).to_contain_text("Done")


def test_swapped_with_one_press(as_role):
    page = as_role("admin")
    page.goto(PAIR)
    field(page, "comment").fill("Kept.")
    press(page, "Let this one survive")
    expect(page.locator("#action")).to_contain_text("not the one that was proposed")
    expect(page.locator("#action")).to_contain_text(f"type {MIRA}")
    expect(field(page, "comment")).to_have_value("Kept.")


def test_anonymous_one_is_claimed_instead(as_role):
    page = as_role("admin")
    page.goto(f"/duplicates/pair/{KNOWN}1/{KNOWN}3/")
    press(page, "Claim it instead")
    expect(page.locator("h1")).to_have_text("Claim an anonymous contact")
    expect(page.locator("#action")).to_contain_text("belongs to somebody already")


def test_works_without_javascript(as_role, piggy_sandbox):
    piggy_sandbox.faults(merge_seconds=1)
    page = as_role("admin", java_script_enabled=False)
    page.goto(PAIR)
    field(page, "confirmation").fill(DUPLICATE)
    press(page, "Merge for good")
    expect(page.locator("h1")).to_have_text("Merge into Mira Jansen")
    expect(page.get_by_role("link", name="Look again")).to_be_visible()


def test_stopped_merge_is_let_go_on(as_role, piggy_sandbox):
    refusal = {"kind": "code", "code": 1003, "method": "POST", "path": "^contacts/merge$"}
    piggy_sandbox.faults(refusal, merge_seconds=1)
    page = as_role("admin", viewport=SIZES["phone"])
    page.goto(PAIR)
    field(page, "confirmation").fill(DUPLICATE)
    press(page, "Merge for good")
    expect(page.locator("main")).to_contain_text("It stopped at a surprise", timeout=30_000)
    assert problems(page) == []
    piggy_sandbox.faults(merge_seconds=1)
    page.get_by_label("What you found").fill("Mended at Piggy.")
    press(page, "Let it go on")
    expect(page.locator("main")).to_contain_text("They agree: nothing was lost.", timeout=60_000)
    assert balance(piggy_sandbox) == 150


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_prints_on_one_white_page(as_role, piggy_sandbox, theme):
    piggy_sandbox.faults(merge_seconds=0)
    page = as_role("admin", color_scheme=theme)
    page.goto(PAIR)
    field(page, "confirmation").fill(DUPLICATE)
    press(page, "Merge for good")
    expect(page.locator("main")).to_contain_text("They agree: nothing was lost.", timeout=30_000)
    printed = page.pdf(format="A4")
    assert printed.count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator(".letter")).to_be_hidden()

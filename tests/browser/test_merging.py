"""Merging duplicates in a browser, from the page of a pair to the report of the merge.

Each test merges people of its own: the console remembers for some minutes who was merged.
"""

import re
from typing import NamedTuple
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import KNOWN, SIZES
from tests.browser.test_actions import balance, confirm, contact, field, press
from tests.browser.test_pages import problems
from tests.sandbox.server import SandboxServer

PATIENCE = 120_000  # milliseconds, for a worker and for Piggy


class Twins(NamedTuple):
    """Two contacts of one person: the addresses of both, and of their page."""

    first: str
    second: str
    page: str


@pytest.fixture
def twins(piggy_sandbox: SandboxServer) -> Twins:
    """Make one person who is there twice, with 120 and 30 credits."""
    name = uuid4().hex[:8]
    emails = (f"{name}.jansen@example.test", f"{name}@example.test")
    uuids = []
    shop = piggy_sandbox.api("GET", "shops")[0]["uuid"]
    for email, phone in zip(emails, ("+31612345678", "0612345678"), strict=True):
        uuid = piggy_sandbox.api("POST", "contacts", json={"email": email})["uuid"]
        values = {"firstname": "Mira", "lastname": "Jansen", "phonenumber": phone, "locale": "en"}
        piggy_sandbox.api("PUT", f"contacts/{uuid}", json={"attributes": values})
        uuids.append(uuid)
    # The first one last: whoever was active last is proposed to survive.
    for uuid, points in zip(reversed(uuids), (30, 120), strict=True):
        gift = {"shop_uuid": shop, "contact_uuid": uuid, "credits": points}
        piggy_sandbox.api("POST", "credit-receptions", json=gift)
    return Twins(*emails, f"/duplicates/pair/{uuids[0]}/{uuids[1]}/")


def books(sandbox: SandboxServer) -> int:
    """Add up the credits of everybody."""
    everybody = sandbox.api("GET", "contacts", params={"limit": 100})
    return sum(each["credit_balance"]["balance"] for each in everybody)


def merge(page: Page, twins: Twins) -> None:
    """Merge them from their page."""
    page.goto(twins.page)
    field(page, "reason").select_option("Double account")
    confirm(page)
    press(page, "Merge 2 customers")
    expect(page.locator("h1")).to_have_text("Merge into Mira Jansen")


def tab_to(page: Page, name: str) -> None:
    """Go on by keyboard to a field."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return


def expect_the_end(page: Page) -> None:
    """Wait until it is done and the books agree."""
    expect(page.locator("main")).to_contain_text("They agree: nothing was lost.", timeout=PATIENCE)


def test_whole_merge_from_the_page_of_a_pair(as_role, piggy_sandbox, twins):
    piggy_sandbox.faults(merge_seconds=1)
    before = books(piggy_sandbox)
    page = as_role("admin")
    page.goto(twins.page)
    expect(page.locator("thead")).to_contain_text("Survives")
    row = page.get_by_role("row", name="Phone")
    expect(row).to_contain_text("They differ: choose")
    row.get_by_role("radio").nth(1).check()
    field(page, "reason").select_option("Double account")
    page.locator("summary", has_text="comment").click()
    field(page, "comment").fill("Said so at the till.")
    field(page, "confirmation").fill("wrong")
    press(page, "Merge 2 customers")
    expect(page.locator("#action")).to_contain_text("That is not what has to be typed")
    expect(row.get_by_role("radio").nth(1)).to_be_checked()
    expect(field(page, "comment")).to_have_value("Said so at the till.")
    confirm(page)
    press(page, "Merge 2 customers")
    expect(page.locator("h1")).to_have_text("Merge into Mira Jansen")
    expect_the_end(page)
    expect(page.locator(".letter")).to_contain_text("Your balance: 150 credits")
    assert problems(page) == []
    assert balance(piggy_sandbox, twins.first) == 150
    assert contact(piggy_sandbox, twins.first)["current_values"]["phonenumber"] == "0612345678"
    assert books(piggy_sandbox) == before
    page.goto("/duplicates/merges/")
    expect(page.locator("tbody tr").first).to_contain_text("Done")


def test_by_the_keyboard_alone(as_role, piggy_sandbox, no_duplicates, twins):
    piggy_sandbox.faults(merge_seconds=1)
    page = as_role("admin")
    page.goto(twins.page)
    tab_to(page, "reason")
    page.keyboard.type("Double")
    tab_to(page, "confirmation")
    page.keyboard.type(page.locator("label[for=id_confirmation] strong").inner_text())
    page.keyboard.press("Enter")
    expect_the_end(page)
    page.locator("main").focus()
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/duplicates/$"))  # there is no pair to go on with


def test_swapped_with_one_press(as_role, twins):
    page = as_role("admin")
    page.goto(twins.page)
    page.locator("summary", has_text="comment").click()
    field(page, "comment").fill("Kept.")
    press(page, "Let this one survive")
    expect(page.locator("#action")).to_contain_text("not the one that was proposed")
    expect(page.locator("#action")).to_contain_text("type nsen")
    expect(field(page, "comment")).to_have_value("Kept.")


def test_anonymous_one_is_claimed_instead(as_role):
    page = as_role("admin")
    page.goto(f"/duplicates/pair/{KNOWN}1/{KNOWN}3/")
    press(page, "Claim it instead")
    expect(page.locator("h1")).to_have_text("Claim an anonymous customer")
    expect(page.locator("#action")).to_contain_text("belongs to somebody already")


def test_works_without_javascript(as_role, piggy_sandbox, twins):
    piggy_sandbox.faults(merge_seconds=1)
    page = as_role("admin", java_script_enabled=False)
    merge(page, twins)
    look_again = page.locator("noscript a", has_text="Look again")
    page.wait_for_load_state()
    while look_again.count():
        page.wait_for_timeout(500)
        with page.expect_navigation():
            look_again.click()
    expect_the_end(page)


def test_stopped_merge_is_let_go_on(as_role, piggy_sandbox, twins):
    refusal = {"kind": "code", "code": 1003, "method": "POST", "path": "^contacts/merge$"}
    piggy_sandbox.faults(refusal, merge_seconds=1)
    page = as_role("admin", viewport=SIZES["phone"])
    merge(page, twins)
    expect(page.locator("main")).to_contain_text("It stopped at a surprise", timeout=PATIENCE)
    assert problems(page) == []
    piggy_sandbox.faults(merge_seconds=1)
    page.get_by_label("What you found").fill("Mended at Piggy.")
    press(page, "Let it go on")
    expect_the_end(page)
    assert balance(piggy_sandbox, twins.first) == 150


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_prints_on_one_white_page(as_role, piggy_sandbox, twins, theme):
    piggy_sandbox.faults(merge_seconds=0)
    page = as_role("admin", color_scheme=theme)
    merge(page, twins)
    expect_the_end(page)
    printed = page.pdf(format="A4")
    assert printed.count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    expect(page.locator(".letter")).to_be_hidden()

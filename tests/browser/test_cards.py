"""A customer at the till who has lost a card, or stands there with a new address."""

import re

import pytest
from playwright.sync_api import expect

from piggyadmin.sandbox import seed
from tests.contacts.cards import cards_of

MIRAS_PAGE = f"/contacts/{seed.MIRA_UUID}/"


def test_a_lost_card_is_replaced_without_leaving_the_customer(as_role, piggy_sandbox):
    """Three presses from the customer's page: the menu, the action, the button."""
    page = as_role("staff")
    page.goto(MIRAS_PAGE)
    row = page.locator("#cards li", has_text="CARD-0001")
    row.locator("summary").focus()
    page.keyboard.press("Enter")
    row.get_by_role("link", name="Replace a lost card").focus()
    page.keyboard.press("Enter")
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="Replace a lost card")).to_be_visible()
    expect(drawer.locator("[name=replacement_value]")).to_be_focused()
    page.keyboard.type("CARD-TILL-2")
    preview = page.get_by_role("region", name="What will happen")
    expect(preview).to_contain_text("Cards afterwards")
    page.keyboard.press("Enter")
    expect(drawer).to_contain_text("Done: CARD-0001 is off, and the customer has CARD-TILL-2.")
    expect(page.locator("main #cards")).to_contain_text("CARD-TILL-2")
    assert cards_of(piggy_sandbox) == {"CARD-0001": False, "CARD-TILL-2": True}


@pytest.mark.parametrize("width", [360, 1440])
def test_a_card_that_is_somebodys_leads_to_both(as_role, piggy_sandbox, width):
    page = as_role("admin")
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(MIRAS_PAGE)
    page.locator("#cards").get_by_role("link", name="Add a card").click()
    drawer = page.locator("#drawer")
    drawer.locator("[name=contact_identifier_value]").fill("CARD-ANON")
    page.keyboard.press("Enter")
    expect(drawer).to_contain_text("This is somebody's already. Nothing was sent.")
    expect(drawer).to_contain_text("It belongs to Anonymous customer")
    expect(drawer.get_by_role("link", name="Open", exact=True)).to_be_visible()
    drawer.get_by_role("link", name="Compare and merge").click()
    both = "/".join(sorted([seed.MIRA_UUID, seed.ANONYMOUS_UUID]))
    expect(page).to_have_url(re.compile(f"/duplicates/pair/{both}/$"))


def test_one_value_is_changed_in_place(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto(MIRAS_PAGE)
    page.locator("#facts").get_by_role("link", name="Change: Phone").click()
    drawer = page.locator("#drawer")
    phone = drawer.locator("[name=phonenumber]")
    expect(phone).to_be_focused()
    phone.fill("+31655544433")
    page.keyboard.press("Enter")
    expect(drawer).to_contain_text("Saved: Phone.")
    expect(page.locator("main #facts")).to_contain_text("+31655544433")

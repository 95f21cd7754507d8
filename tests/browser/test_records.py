"""Records are made, changed, taken back and deleted on the pages they belong to, on a phone too."""

from playwright.sync_api import Page, expect

from piggyadmin.sandbox import seed
from tests.browser.test_actions import field, press

PRODUCT = f"/products/{seed.PRODUCT_UUID}/"


def open_in_place(page: Page, name: str):
    """Open an action in the page it belongs to."""
    page.get_by_role("link", name=name).click()
    drawer = page.get_by_role("dialog", name=name)
    expect(drawer).to_be_visible()
    return drawer


def test_one_is_made_in_its_list(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/product-categories/")
    drawer = open_in_place(page, "Create a category")
    field(page, "external_identifier").fill("SOUPS")
    field(page, "name").fill("Soups")
    press(page, "Create")
    expect(drawer).to_contain_text("Made: Piggy has it now")
    expect(page.locator("main table")).to_contain_text("Soups")


def test_one_is_changed_and_taken_back_by_keyboard_alone(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto(PRODUCT)
    page.get_by_role("link", name="Change a product").focus()
    page.keyboard.press("Enter")
    field(page, "name").fill("Oat flat white")
    save = page.locator("#drawer").get_by_role("button", name="Save the changes")
    expect(save).to_be_visible()
    save.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer")).to_contain_text("Saved: this is how it is now")
    expect(page.locator("main h1")).to_have_text("Oat flat white")
    page.get_by_role("link", name="Undo").focus()
    page.keyboard.press("Enter")
    save.focus()
    page.keyboard.press("Enter")
    expect(page.locator("main h1")).to_have_text("Oat latte")


def test_one_is_deleted_after_a_look_at_what_goes_on_a_phone(as_role, piggy_sandbox):
    page = as_role("admin", viewport={"width": 360, "height": 740})
    page.goto(PRODUCT)
    drawer = open_in_place(page, "Delete a product")
    expect(drawer).to_contain_text("Delete “Oat latte” for good?")
    press(page, "Delete for good")
    expect(drawer).to_contain_text("Deleted: “Oat latte” is gone")
    drawer.get_by_role("link", name="To the list").click()
    expect(page.locator("main")).not_to_contain_text("SKU-OAT-LATTE")

"""How many inputs everyday work takes: presses, clicks, and fields typed or scanned into."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.test_actions import MIRA, balance

MIRAS_PAGE = "/contacts/c0ffee00-0000-4000-8000-000000000001/"


class Hands:
    """Somebody at a page, whose every input is counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.inputs = 0

    def click(self, what: Locator) -> None:
        """Press a button or a link."""
        self.inputs += 1
        what.click()

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.inputs += 1
        self.page.keyboard.type(text)

    def press(self, key: str) -> None:
        """Press one key."""
        self.inputs += 1
        self.page.keyboard.press(key)

    def scan(self, code: str) -> None:
        """Scan a code into whatever has the focus; the scanner itself presses Enter."""
        self.inputs += 1
        self.page.keyboard.type(code)
        self.page.keyboard.press("Enter")

    def choose(self, field: Locator, label: str) -> None:
        """Choose from a list."""
        self.inputs += 1
        field.select_option(label=label)


def give(hands: Hands, number: int, *, shop: str = "") -> None:
    """Give Mira credits from her page, and see that they were given."""
    page = hands.page
    page.goto(MIRAS_PAGE)
    hands.click(page.get_by_role("link", name="Give credits"))
    form = page.locator("#drawer form")
    if shop:
        hands.choose(form.locator("[name=shop_uuid]"), shop)
        hands.click(form.locator("[name=credits]"))
    expect(form.locator("[name=credits]")).to_be_focused()
    hands.type(str(number))
    hands.choose(form.locator("[name=reason]"), "Goodwill")
    hands.click(page.get_by_role("button", name=f"Give {number} credits", exact=True))
    expect(page.locator("#drawer #result")).to_contain_text(f"Booked: {number} credits")


def test_giving_credits_and_taking_them_back(as_role, piggy_sandbox):
    page = as_role("staff")
    first = Hands(page)
    give(first, 41, shop="Amsterdam")
    assert first.inputs <= 6
    again = Hands(page)
    give(again, 42)
    assert again.inputs <= 4  # the shop is remembered
    assert balance(piggy_sandbox) == 120 + 41 + 42
    undo = Hands(page)
    undo.click(page.get_by_role("link", name="Undo"))
    undo.click(page.get_by_role("button", name="Take 42 credits back", exact=True))
    expect(page.locator("#drawer #result")).to_contain_text("Booked: -42 credits")
    assert undo.inputs <= 3
    assert balance(piggy_sandbox) == 120 + 41


def test_a_voucher_from_the_desk_to_its_verdict(as_role):
    page = as_role("support")
    page.goto("/")
    hands = Hands(page)
    hands.scan("WELCOME-ACTIVE")
    expect(page.locator("#result")).to_contain_text("Can be used")
    assert hands.inputs == 1


def test_what_somebody_did_for_a_customer(as_role, piggy_sandbox):
    give(Hands(as_role("staff")), 43, shop="Amsterdam")
    page = as_role("admin")
    page.goto("/")
    hands = Hands(page)
    hands.scan(MIRA)
    hands.click(page.get_by_text("More", exact=True))
    hands.click(page.get_by_role("link", name="In the ledger"))
    expect(page).to_have_url(re.compile("/ledger/"))
    gift = page.locator("main tbody tr").first  # the newest
    for told in ("Daan", "Mira Jansen", "goodwill"):
        expect(gift).to_contain_text(told)
    expect(gift.locator("time")).to_be_visible()
    assert hands.inputs <= 3

"""How many presses and page loads everyday wishes take from a customer's or a voucher's page.

A press is a key that does something or a click; what is filled in (typed, pasted, chosen from a
list) is none, sending it is one.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from piggyadmin.sandbox import seed
from tests.browser.screenshots import MIRAS_PAGE
from tests.browser.test_mornings import give
from tests.browser.test_vouchers import make
from tests.contacts import cards
from tests.sandbox.server import SandboxServer

MOST_PRESSES = 3


class Hands:
    """Somebody at a page, whose presses and page loads are counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0
        self.loads = 0
        page.on("domcontentloaded", self._count)

    def _count(self, _page: Page) -> None:
        self.loads += 1

    @property
    def drawer(self) -> Locator:
        """What is open above the page."""
        return self.page.locator("#drawer")

    def click(self, what: Locator) -> None:
        """Press a button or a link, once the page's scripts are at it."""
        self.presses += 1
        self.page.wait_for_load_state()
        what.click()

    def link(self, name: str) -> None:
        """Press a link of the page."""
        self.click(self.page.locator("main").get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        """Press a button of whatever is open, or of the page."""
        self.click(self.page.get_by_role("button", name=name, exact=True))

    def press(self, key: str) -> None:
        """Press one key, alone."""
        self.presses += 1
        self.page.keyboard.press(key)

    def fill_in(self, **values: str) -> None:
        """Fill in what is open above the page; lists by what they show."""
        for name, value in values.items():
            field = self.drawer.locator(f"[name={name}]")
            is_list = field.evaluate("node => node.tagName") == "SELECT"
            field.select_option(label=value) if is_list else field.fill(value)


@dataclass(frozen=True)
class Wish:
    """What is wished for, and what it takes."""

    words: str
    do: Callable[[Hands, SandboxServer], None]
    presses: int
    loads: int
    role: str = "staff"
    start: str = MIRAS_PAGE


def find_by_name(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.press("/")
    hands.page.keyboard.type("jansen mir")
    expect(hands.page.locator("#suggestions [role=option]").first).to_contain_text("Mira Jansen")
    hands.press("ArrowDown")
    hands.press("Enter")
    expect(hands.page.locator("h1")).to_contain_text("Mira Jansen")


def find_by_phone(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.press("/")
    hands.page.keyboard.type("612345678")
    expect(hands.page.locator("#suggestions [role=option]").first).to_contain_text("Mira Jansen")
    hands.press("ArrowDown")
    hands.press("Enter")
    expect(hands.page.locator("h1")).to_contain_text("Mira Jansen")


def reverse_a_gift(hands: Hands, _sandbox: SandboxServer) -> None:
    gift = hands.page.locator("main tr", has_text="+29")
    hands.click(gift.locator("a[href*=reverse-credit]"))
    hands.fill_in(reason="Correction of a mistake")
    expect(hands.page.get_by_role("region", name="What will happen")).to_be_visible()
    hands.click(hands.drawer.locator(".preview .button.primary"))
    expect(hands.drawer).to_contain_text("Booked: -29 credits")


def use_a_voucher(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.link("Use this voucher")
    hands.fill_in(shop_uuid="Amsterdam")
    hands.button("Use this voucher")
    expect(hands.drawer).to_contain_text("Used")


def use_a_voucher_of_the_customer(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.click(hands.page.get_by_role("button", name="WISHED-FOR"))
    expect(hands.page.locator(".verdict")).to_be_visible()
    use_a_voucher(hands, _sandbox)


def link_a_card(hands: Hands, sandbox: SandboxServer) -> None:
    hands.link("Add a card")
    hands.fill_in(contact_identifier_value="CARD-WISH")
    hands.press("Enter")
    expect(hands.page.locator("main #cards")).to_contain_text("CARD-WISH")
    assert cards.cards_of(sandbox)["CARD-WISH"]


def unlink_a_card(hands: Hands, sandbox: SandboxServer) -> None:
    hands.click(hands.page.locator("#cards li", has_text="CARD-UNWISHED").locator("summary"))
    hands.link("Take a card away")
    hands.button("Take the card away")
    expect(hands.page.locator("main #cards")).not_to_contain_text("CARD-UNWISHED")
    assert "CARD-UNWISHED" not in cards.cards_of(sandbox)


def create_a_contact(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.press("c")
    hands.page.wait_for_url("**/contacts/")
    hands.link("Create a customer")
    hands.fill_in(email="wished@example.test")
    hands.press("Enter")
    expect(hands.drawer).to_contain_text("Created.")


def see_one_timeline(hands: Hands, _sandbox: SandboxServer) -> None:
    expect(hands.page.locator("main section", has_text="Timeline").first).to_contain_text("149")


def see_the_whole_timeline(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.click(hands.page.locator("main a[href$='/timeline/']"))
    expect(hands.page.locator("h1")).to_contain_text("Timeline")


def write_a_note(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.press("n")
    expect(hands.page.locator("#notes textarea")).to_be_focused()
    hands.page.keyboard.type("Wished for a quiet table.")
    hands.button("Save the note")
    expect(hands.page.locator("#notes li").first).to_contain_text("Wished for a quiet table.")


def hand_over(hands: Hands, _sandbox: SandboxServer) -> None:
    notes = hands.page.locator("#notes")
    notes.locator("textarea").fill("Wished for: which of two cards is hers?")
    hands.click(notes.locator("summary"))
    notes.locator("[name=for_whom]").select_option(label="Admin")
    hands.button("Save the note")
    expect(notes.locator("li").first).to_contain_text("to be done")


def verify_a_code(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.press("m")
    hands.link("Check a code")
    hands.fill_in(code="112233")
    hands.press("Enter")
    expect(hands.drawer.locator("#result")).to_be_visible()


def see_today(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.press("d")
    expect(hands.page.locator("section[aria-labelledby=today]")).to_contain_text("Today")


def see_bookings_by_day(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.press("b")
    expect(hands.page.get_by_role("heading", level=1)).to_contain_text("Bookings")


def look_many_codes_up(hands: Hands, _sandbox: SandboxServer) -> None:
    hands.press("v")
    hands.link("Many codes at once")
    expect(hands.page.locator("textarea")).to_be_focused()
    hands.page.keyboard.insert_text("WISHED-FOR\nWELCOME-ACTIVE NO-SUCH-CODE")
    hands.button("Look them up")
    expect(hands.page.locator("main tbody tr")).to_have_count(3)


VOUCHERS_PAGE = "/vouchers/WISHED-FOR/"
WISHES = [
    Wish("find by name", find_by_name, 3, 1, role="support"),
    Wish("find by phone", find_by_phone, 3, 1, role="support"),
    Wish("reverse a gift", reverse_a_gift, 2, 0),
    Wish("act on a voucher", use_a_voucher, 2, 0, start=VOUCHERS_PAGE),
    Wish("act on a customer's voucher", use_a_voucher_of_the_customer, 3, 1),
    Wish("link a card", link_a_card, 2, 0),
    Wish("unlink a card", unlink_a_card, 3, 0),
    Wish("create a customer", create_a_contact, 3, 1),
    Wish("one timeline", see_one_timeline, 0, 0, role="support"),
    Wish("one timeline, whole", see_the_whole_timeline, 1, 1, role="support"),
    Wish("note", write_a_note, 2, 1, role="support"),
    Wish("hand-over", hand_over, 2, 1, role="support"),
    Wish("verify a code", verify_a_code, 3, 0),
    Wish("a desk with today in it", see_today, 1, 1),
    Wish("bookings by day", see_bookings_by_day, 1, 1),
    Wish("many codes at once", look_many_codes_up, 3, 3, role="support"),
]


@pytest.mark.parametrize("wish", WISHES, ids=lambda wish: wish.words)
@pytest.mark.usefixtures("mirrored")
def test_takes_no_more_than_this(as_role, piggy_sandbox, wish):
    make(piggy_sandbox, "WISHED-FOR", contact_uuid=seed.MIRA_UUID)
    give(piggy_sandbox, 29)
    cards.make(piggy_sandbox, "CARD-UNWISHED", owner=seed.MIRA_UUID)
    page = as_role(wish.role)
    page.goto(wish.start)
    hands = Hands(page)
    wish.do(hands, piggy_sandbox)
    page.wait_for_load_state()
    assert (hands.presses, hands.loads) == (wish.presses, wish.loads)
    assert hands.presses <= MOST_PRESSES

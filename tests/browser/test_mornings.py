"""Mornings at a shop, from the first customer to the last: by keyboard alone, and on a phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from piggyadmin.sandbox import seed
from tests.browser.screenshots import MIRAS_PAGE, SIZES
from tests.browser.test_actions import balance
from tests.browser.test_bookings import make_booking
from tests.browser.test_vouchers import make, scan
from tests.contacts import cards
from tests.sandbox.server import SandboxServer

# From one end of a page to the other, and round to where one was, there are not so many stops.
MOST_STOPS = 200
# What is pressed with a finger, and smaller than WCAG 2.2 allows; links within text may be.
TOO_SMALL = """() =>
  [...document.querySelectorAll("button, .button, summary, .menu-item, input, select, footer a")]
  .filter(each => each.checkVisibility({visibilityProperty: true}))
  .filter(each => !each.closest(".visually-hidden"))
  .filter(each => !each.matches("[type=checkbox], [type=radio]"))
  .map(each => [each.outerHTML.slice(0, 80), each.getBoundingClientRect()])
  .filter(([_, box]) => box.width > 1 && (box.width < 24 || box.height < 24))
  .map(([words]) => words)"""


def give(sandbox: SandboxServer, number: int) -> None:
    """Give Mira credits behind the console's back; none of them was reversed before."""
    gift = {"contact_uuid": seed.MIRA_UUID, "shop_uuid": seed.AMSTERDAM_UUID, "credits": number}
    sandbox.api("POST", "credit-receptions", json=gift)


class Keyboard:
    """Somebody who has no mouse: goes by Tab, and presses what has the focus."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, key: str) -> None:
        """Press one key."""
        self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        """Type into whatever has the focus."""
        self.page.keyboard.type(text)

    def reach(self, what: Locator, key: str = "Tab") -> None:
        """Go on by Tab, or back by Shift+Tab, until something has the focus."""
        expect(what).to_be_visible()
        for _stop in range(MOST_STOPS):
            if what.evaluate("node => node === document.activeElement"):
                return
            self.press(key)
        focused = self.page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        raise AssertionError(f"Tab leads nowhere near {what}, but to {focused}")

    def press_on(self, what: Locator) -> None:
        """Go to a link or a button, and press it."""
        self.reach(what)
        self.press("Enter")

    def fill(self, **values: str) -> None:
        """Fill in what is open above the page, one field after the other; lists by typing, too."""
        for name, value in values.items():
            field = self.page.locator(f"#drawer [name={name}]")
            self.reach(field)
            self.type(value)
            if field.evaluate("node => node.tagName") == "SELECT":
                self.press("Tab")  # what was typed counts once the list is left

    def send(self, button: str) -> None:
        """Press the button that decides."""
        drawer = self.page.locator("#drawer")
        self.press_on(drawer.get_by_role("button", name=button, exact=True))

    def close(self) -> None:
        """Put away what is open above the page."""
        self.press("Escape")
        expect(self.page.locator("#drawer")).to_be_hidden()

    def find(self, words: str, name: str) -> None:
        """Find a customer by some letters in the search box."""
        self.press("Control+k")
        expect(self.page.locator("#search")).to_be_focused()
        self.type(words)
        expect(self.page.locator("#suggestions [role=option]").first).to_contain_text(name)
        self.press("ArrowDown")
        self.press("Enter")
        expect(self.page.locator("h1")).to_contain_text(name)


@pytest.mark.usefixtures("mirrored")
def test_six_customers_who_ask_something(as_role, piggy_sandbox):
    """Support looks up, and hands over what only others may do."""
    page = as_role("support")
    keys = Keyboard(page)
    page.goto("/vouchers/")
    for code, verdict in (("WELCOME-ACTIVE", "Can be used"), ("WELCOME-EXPIRED", "Expired")):
        scan(page, code)
        expect(page.locator(".verdict")).to_contain_text(verdict)
    keys.type("NO-SUCH-CODE")
    keys.press("Enter")
    expect(page.locator("main")).to_contain_text("No voucher has this code")
    keys.find("jansen mira", "Mira Jansen")
    expect(page.locator("main .big-number")).to_have_text("120 credits")
    keys.find("61234567", "Mira Jansen")
    keys.press("/")
    keys.type("CARD-0001")
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text("Mira Jansen")
    notes = page.locator("#notes")
    keys.reach(notes.locator("textarea"))
    keys.type("Says that she has two cards: which one is hers?")
    keys.press_on(notes.locator("summary"))
    keys.reach(notes.locator("[name=for_whom]"))
    keys.type("Admin")
    keys.press_on(notes.get_by_role("button", name="Save the note"))
    expect(notes.locator("li").first).to_contain_text("For Admin")


def test_six_customers_who_want_something(as_role, piggy_sandbox):
    """Who may write does it while the customer waits."""
    make(piggy_sandbox, "MORNING-USE")
    page = as_role("staff")
    keys, drawer = Keyboard(page), page.locator("#drawer")
    give(piggy_sandbox, 23)
    cards.make(piggy_sandbox, "CARD-EVENING", owner=seed.MIRA_UUID)
    page.goto(MIRAS_PAGE)
    keys.press_on(page.locator("main table a[href*=reverse-credit]").first)
    keys.fill(reason="Corr")
    keys.press_on(drawer.locator(".preview .button.primary"))
    expect(drawer).to_contain_text("Booked: -23 credits")
    keys.close()
    keys.press_on(page.locator("#cards").get_by_role("link", name="Add a card"))
    keys.fill(contact_identifier_value="CARD-MORNING")
    keys.press("Enter")
    expect(page.locator("main #cards")).to_contain_text("CARD-MORNING")
    keys.close()
    row = page.locator("#cards li", has_text="CARD-EVENING")
    keys.press_on(row.locator("summary"))
    keys.press_on(row.get_by_role("link", name="Take a card away"))
    keys.send("Take the card away")
    expect(page.locator("main #cards")).not_to_contain_text("CARD-EVENING")
    assert cards.cards_of(piggy_sandbox) == {"CARD-0001": True, "CARD-MORNING": True}
    keys.close()
    keys.press_on(page.locator("main").get_by_role("link", name="Check a code").first)
    keys.fill(code="112233")
    keys.press("Enter")
    expect(drawer.locator("#result")).to_be_visible()
    keys.close()
    keys.press_on(page.locator("#facts").get_by_role("link", name="Change: Phone"))
    expect(drawer.locator("[name=phonenumber]")).to_be_focused()
    keys.press("Control+a")
    keys.type("+31655544433")
    keys.press("Enter")
    expect(page.locator("main #facts")).to_contain_text("+31655544433")
    keys.close()
    keys.press("/")
    keys.type("MORNING-USE")
    keys.press("Enter")
    expect(page.locator(".verdict")).to_contain_text("Can be used")
    keys.press_on(page.locator(".voucher").get_by_role("link", name="Use this voucher"))
    keys.fill(shop_uuid="Ams")
    keys.send("Use this voucher")
    expect(drawer).to_contain_text("Used")


def test_staff_at_a_till(as_role, piggy_sandbox):
    """Credits are given and taken back, a voucher is used and taken back, guests arrive."""
    make(piggy_sandbox, "MORNING-TILL", total_redemptions_allowed=2)
    page = as_role("staff")
    make_booking(page, "Morning guests", at="2031-06-02T12:30")
    keys, drawer = Keyboard(page), page.locator("#drawer")
    page.goto(MIRAS_PAGE)
    keys.press("g")
    expect(drawer).to_be_visible()
    keys.fill(shop_uuid="Ams", credits="61", reason="Good")
    keys.send("Give 61 credits")
    expect(drawer).to_contain_text("Booked: 61 credits")
    assert balance(piggy_sandbox) == 181
    keys.press_on(drawer.get_by_role("link", name="Undo"))
    keys.send("Take 61 credits back")
    expect(drawer).to_contain_text("Booked: -61 credits")
    assert balance(piggy_sandbox) == 120
    page.goto("/vouchers/")
    scan(page, "MORNING-TILL")
    keys.press_on(page.locator(".voucher").get_by_role("link", name="Use this voucher"))
    keys.fill(shop_uuid="Ams")
    keys.send("Use this voucher")
    expect(drawer).to_contain_text("Used 1 of 2 times")
    keys.press_on(drawer.get_by_role("link", name="Undo"))
    keys.send("Take this use back")
    expect(page.locator("main .voucher")).to_contain_text("used 0 of 2 times")
    page.goto("/bookings/?day=2031-06-02")
    guests = page.locator("tr", has_text="Morning guests")
    keys.press_on(guests.get_by_role("link", name="Check in"))
    keys.send("Check in")
    expect(guests).to_contain_text("In progress")


def test_admin_with_hand_overs(as_role, piggy_sandbox):
    """What was handed over is found on the desk, done, noted, and off the desk."""
    piggy_sandbox.faults(merge_seconds=0)
    support = as_role("support")
    support.goto(MIRAS_PAGE)
    support.locator("#notes textarea").fill("Morning: has a second account, please merge.")
    support.locator("#notes summary").click()
    support.locator("[name=for_whom]").select_option(label="Admin")
    support.get_by_role("button", name="Save the note").click()
    page = as_role("admin")
    keys, drawer = Keyboard(page), page.locator("#drawer")
    page.goto("/")
    task = page.locator("section[aria-labelledby=hand-overs] li", has_text="Morning: has a second")
    keys.press_on(task.get_by_role("link"))
    expect(page).to_have_url(re.compile(f"{MIRAS_PAGE}#notes"))
    keys.reach(page.locator(".page-actions").get_by_role("link", name="Merge"), "Shift+Tab")
    keys.press("Enter")
    keys.fill(source_contact_uuid=seed.DUPLICATE_EMAIL, reason="Double")
    expect(page.get_by_role("region", name="What will happen")).to_be_visible()
    word = drawer.locator("label[for=id_confirmation] strong").inner_text()
    keys.fill(confirmation=word)
    keys.send("Merge 2 customers")
    expect(drawer).to_contain_text("Done")
    assert balance(piggy_sandbox) == 150
    expect(page.locator("main .big-number")).to_have_text("150 credits")
    keys.close()
    keys.reach(page.locator("#notes textarea"))
    keys.type("Morning: merged, her second card works, too.")
    keys.press_on(page.get_by_role("button", name="Save the note"))
    expect(page.locator("#notes li").first).to_contain_text("her second card works")
    page.goto("/")
    keys.press_on(task.get_by_role("button", name="It is done"))
    expect(task).to_have_count(0)


@pytest.mark.usefixtures("mirrored")
def test_a_till_that_is_a_phone(as_role, piggy_sandbox):
    """All of it with one thumb: nothing is wider than the phone, nothing too small to be hit."""
    make(piggy_sandbox, "MORNING-PHONE")
    page = as_role("staff", viewport=SIZES["phone"], has_touch=True)
    drawer = page.locator("#drawer")

    def looks_right() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"]
        assert page.evaluate(TOO_SMALL) == []

    page.goto("/")
    looks_right()
    page.locator("#search").fill("jansen mira")
    page.locator("#suggestions [role=option]").first.tap()
    expect(page.locator("h1")).to_contain_text("Mira Jansen")
    looks_right()
    page.locator("main").get_by_role("link", name="Give credits").tap()
    drawer.locator("[name=shop_uuid]").select_option(label="Amsterdam")
    drawer.locator("[name=credits]").fill("63")
    drawer.locator("[name=reason]").select_option("Goodwill")
    looks_right()
    drawer.get_by_role("button", name="Give 63 credits", exact=True).tap()
    expect(drawer).to_contain_text("Booked: 63 credits")
    assert balance(piggy_sandbox) == 183
    looks_right()
    page.goto("/vouchers/")
    scan(page, "MORNING-PHONE")
    looks_right()
    page.locator(".voucher").get_by_role("link", name="Use this voucher").tap()
    drawer.locator("[name=shop_uuid]").select_option(label="Amsterdam")
    drawer.get_by_role("button", name="Use this voucher").tap()
    expect(drawer).to_contain_text("Used")
    looks_right()
    page.goto("/bookings/")
    looks_right()


def test_twice_as_large_nothing_is_lost(as_role):
    """A zoom of 200 % is a window of half the width."""
    page = as_role("staff", viewport={"width": 640, "height": 400}, device_scale_factor=2)
    for address in (MIRAS_PAGE, "/vouchers/WELCOME-ACTIVE/", "/bookings/week/", "/orders/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, address

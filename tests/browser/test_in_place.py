"""An action opens in the page it belongs to, and what it changed is shown there."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from piggyadmin.sandbox import seed
from tests.browser.test_actions import balance, field, press

MIRAS_PAGE = "/contacts/c0ffee00-0000-4000-8000-000000000001/"


def open_credits(page: Page):
    """Open the form on Mira's page."""
    page.goto(MIRAS_PAGE)
    page.get_by_role("link", name="Give credits").click()
    return page.get_by_role("dialog", name="Give credits")


def test_what_was_done_is_shown_in_the_drawer_and_on_the_page(as_role, piggy_sandbox):
    page = as_role("staff")
    drawer = open_credits(page)
    expect(drawer).to_be_visible()
    expect(field(page, "contact_uuid")).not_to_have_value("")
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "credits").fill("31")
    field(page, "reason").select_option("Goodwill")
    press(page, "Give 31 credits")
    expect(drawer).to_contain_text("Booked: 31 credits")
    assert balance(piggy_sandbox) == 151
    expect(page.locator("main .big-number")).to_have_text("151 credits")
    expect(page).to_have_url(re.compile(f"{MIRAS_PAGE}$"))
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.get_by_role("link", name="Give credits")).to_be_focused()
    expect(page).to_have_url(re.compile(f"{MIRAS_PAGE}$"))
    expect(page.locator("main table").first).to_contain_text("31")


def test_it_is_taken_back_where_it_was_done(as_role, piggy_sandbox):
    page = as_role("staff")
    open_credits(page)
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "credits").fill("32")
    field(page, "reason").select_option("Goodwill")
    press(page, "Give 32 credits")
    page.get_by_role("link", name="Undo").click()
    expect(field(page, "reason")).to_have_value("Correction of a mistake")
    press(page, "Take 32 credits back")
    expect(page.locator("#drawer")).to_contain_text("Booked: -32 credits")
    assert balance(piggy_sandbox) == 120
    expect(page.locator("main .big-number")).to_have_text("120 credits")


def test_tab_stays_inside_and_the_focus_goes_back_to_the_link(as_role):
    page = as_role("staff")
    drawer = open_credits(page)
    expect(drawer).to_be_visible()
    expect(field(page, "shop_uuid")).to_be_focused()  # the first that is still to be filled in
    is_outside = "document.activeElement.closest('body > :not(#drawer)') !== null"
    for _press in range(25):
        page.keyboard.press("Tab")
        assert not page.evaluate(is_outside)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Give credits")).to_be_focused()


def test_the_way_back_closes_it_first(as_role):
    page = as_role("staff")
    page.goto("/contacts/")
    drawer = open_credits(page)
    expect(drawer).to_be_visible()
    page.go_back()
    expect(drawer).to_be_hidden()
    expect(page).to_have_url(re.compile(f"{MIRAS_PAGE}$"))
    page.go_back()
    expect(page).to_have_url(re.compile("/contacts/$"))


def test_closing_it_leaves_no_step_behind(as_role):
    page = as_role("staff")
    page.goto("/contacts/")
    drawer = open_credits(page)
    page.get_by_role("button", name="Close").click()
    expect(drawer).to_be_hidden()
    page.go_back()
    expect(page).to_have_url(re.compile("/contacts/$"))


@pytest.mark.parametrize("modifier", ["Control", "Meta"])
def test_a_link_that_is_opened_elsewhere_is_a_link(as_role, modifier):
    page = as_role("staff")
    page.goto(MIRAS_PAGE)
    page.get_by_role("link", name="Give credits").click(modifiers=[modifier])
    page.wait_for_timeout(300)
    expect(page.locator("#drawer")).to_be_hidden()


def test_what_is_wrong_is_said_inside(as_role):
    page = as_role("staff")
    open_credits(page)
    press(page, "Check first")
    summary = page.locator("#drawer [data-error-summary]")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error:"))
    page.keyboard.press("Escape")
    expect(page).to_have_title(re.compile("^(?!Error:)"))


def test_a_session_that_has_ended_is_told_inside(as_role):
    page = as_role("staff")
    open_credits(page)
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "credits").fill("3")
    page.context.clear_cookies(name=re.compile("session"))
    press(page, "Check first")
    expect(page.locator("#drawer .messages")).to_contain_text("Your session has ended")
    expect(field(page, "credits")).to_have_value("3")


def test_without_javascript_it_is_a_page_of_its_own(as_role):
    page = as_role("staff", java_script_enabled=False)
    page.goto(MIRAS_PAGE)
    page.get_by_role("link", name="Give credits").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give credits")
    expect(field(page, "contact_uuid")).not_to_have_value("")


def test_a_list_has_its_actions_in_place_too(as_role):
    page = as_role("admin")
    page.goto("/vouchers/")
    page.get_by_role("link", name="Make a batch of vouchers").click()
    expect(page.get_by_role("dialog", name="Make a batch of vouchers")).to_be_visible()


def test_a_known_contact_is_shown_by_name_until_it_is_to_be_changed(as_role):
    page = as_role("staff")
    drawer = open_credits(page)
    expect(drawer.locator(".peek")).to_contain_text("Mira Jansen")
    contact = field(page, "contact_uuid")
    assert contact.bounding_box()["width"] <= 1
    drawer.get_by_role("button", name="Change", exact=True).click()
    expect(contact).to_be_focused()
    assert contact.bounding_box()["width"] > 100
    page.keyboard.type("m.jansen@example.test")
    page.keyboard.press("Tab")
    expect(drawer.locator(".peek")).to_contain_text("m.jansen@example.test")
    assert contact.bounding_box()["width"] > 100


def test_what_is_typed_while_the_page_is_read_anew_stays(as_role, piggy_sandbox):
    page = as_role("staff")
    open_credits(page)
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "credits").fill("33")
    field(page, "reason").select_option("Goodwill")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(re.compile(f"{MIRAS_PAGE}$"), hold)
    press(page, "Give 33 credits")
    expect(page.locator("#drawer")).to_contain_text("Booked: 33 credits")
    page.keyboard.press("Escape")
    note = page.locator("#notes textarea")
    note.focus()
    page.keyboard.type("Half a sen")
    page.wait_for_timeout(100)  # lets the request be held
    held[0].continue_()
    expect(page.locator("main .big-number")).to_have_text("153 credits")
    expect(note).to_be_focused()
    page.keyboard.type("tence")
    expect(note).to_have_value("Half a sentence")


@pytest.mark.parametrize("name", ["Give credits", "Merge"])
def test_where_one_is_stays_when_the_page_is_read_anew(as_role, name):
    page = as_role("admin")
    page.goto(MIRAS_PAGE)
    link = page.get_by_role("link", name=name, exact=True)
    link.focus()
    page.evaluate("document.getElementById('main').dataset.old = ''")
    page.evaluate("document.dispatchEvent(new Event('piggyadmin:heard'))")
    expect(page.locator("main[data-old]")).to_have_count(0)
    expect(link).to_be_focused()


def test_a_form_that_opens_filled_in_says_what_will_happen(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto(MIRAS_PAGE)
    page.get_by_role("link", name="Send a code").click()
    expect(page.get_by_role("region", name="What will happen")).to_be_visible()
    assert piggy_sandbox.calls("POST") == []


def test_a_form_that_comes_back_wrong_still_says_whose_it_is(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto(f"/actions/create-credit-reception/?contact_uuid={seed.MIRA_UUID}")
    whose = page.locator("#id_contact_uuid_peek")
    expect(whose).to_contain_text("Mira")
    page.locator("#id_credits").fill("fifty")
    page.locator("#id_credits").press("Enter")
    expect(page.locator("#id_credits[aria-invalid=true]")).to_be_visible()
    expect(whose).to_contain_text("Mira")

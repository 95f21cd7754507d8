"""What will happen stands beside the fields, and is agreed to as it stands."""

from playwright.sync_api import Page, expect

from tests.browser.test_actions import MIRA, balance, field, press

CREDITS = f"/actions/create-credit-reception/?contact_uuid={MIRA}"


def preview(page: Page):
    return page.get_by_role("region", name="What will happen")


def begin(page: Page, number: str = "25") -> None:
    """Fill in all that a preview depends on."""
    page.goto(CREDITS)
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "credits").fill(number)


def test_one_press_does_what_is_shown(as_role, piggy_sandbox):
    page = as_role("staff")
    begin(page, "37")  # what other tests give as well would be held back
    expect(preview(page)).to_contain_text("+37 credits")
    expect(page.get_by_role("button", name="Check first")).to_be_hidden()
    assert [call["path"] for call in piggy_sandbox.calls("POST")] == []
    field(page, "reason").select_option("Goodwill")
    press(page, "Give 37 credits")
    expect(page.locator("#result")).to_contain_text("157 credits")
    assert balance(piggy_sandbox) == 157


def test_enter_in_a_field_goes_on(as_role, piggy_sandbox):
    page = as_role("staff")
    begin(page, "26")
    field(page, "reason").select_option("Goodwill")
    expect(preview(page)).to_contain_text("+26 credits")
    field(page, "credits").press("Enter")
    expect(page.locator("#result")).to_contain_text("146 credits")


def test_enter_before_the_preview_only_shows_it(as_role, piggy_sandbox):
    page = as_role("staff")
    begin(page)
    field(page, "credits").press("Enter")
    expect(preview(page)).to_contain_text("+25 credits")
    assert balance(piggy_sandbox) == 120


def test_the_last_change_counts_and_an_old_preview_is_dead(as_role, piggy_sandbox):
    page = as_role("staff")
    begin(page)
    expect(preview(page)).to_contain_text("+25 credits")
    field(page, "reason").select_option("Goodwill")
    expect(preview(page)).not_to_have_attribute("inert", "")
    field(page, "credits").press_sequentially("0", delay=10)
    expect(preview(page)).to_have_attribute("inert", "")
    field(page, "credits").press("Enter")
    expect(page.get_by_role("button", name="Give 250 credits")).to_be_visible()
    assert balance(piggy_sandbox) == 120


def test_nobody_agrees_to_another_number_than_was_shown(as_role, piggy_sandbox):
    page = as_role("staff")
    begin(page)
    expect(preview(page)).to_contain_text("+25 credits")
    field(page, "reason").select_option("Goodwill")
    agree = page.get_by_role("button", name="Give 25 credits").element_handle()
    # No event tells of the change.
    field(page, "credits").evaluate("(node, agree) => { node.value = 26; agree.click(); }", agree)
    expect(preview(page)).to_contain_text("Something has changed since you checked")
    assert balance(piggy_sandbox) == 120


def test_typing_asks_once_when_it_stands_still_and_not_while_something_is_missing(as_role):
    page = as_role("staff")
    page.goto(CREDITS)
    asked: list[float] = []
    page.on(
        "request",
        lambda sent: asked.append(1) if "step=preview" in (sent.post_data or "") else None,
    )
    field(page, "credits").press_sequentially("12", delay=60)
    page.wait_for_timeout(800)
    assert asked == []  # no shop yet
    field(page, "shop_uuid").select_option(label="Amsterdam")
    expect(preview(page)).to_contain_text("+12 credits")
    field(page, "credits").press_sequentially("3", delay=60)
    expect(preview(page)).to_contain_text("+123 credits")
    assert len(asked) == 2


def test_what_cannot_be_undone_is_not_done_by_enter_in_a_field(as_role, piggy_sandbox):
    page = as_role("admin")
    page.goto("/actions/create-contact-attribute/")
    field(page, "name").fill("shoe_size")
    field(page, "data_type").select_option("text")
    expect(preview(page)).to_contain_text("are final")
    field(page, "name").press("Enter")
    expect(page.get_by_role("button", name="Check again")).to_be_visible()
    assert "shoe_size" not in {
        each["name"] for each in piggy_sandbox.api("GET", "contact-attributes")
    }


def test_what_cannot_be_shown_is_said_by_the_button(as_role):
    page = as_role("staff")
    begin(page, "0")
    page.wait_for_timeout(800)
    expect(preview(page)).to_have_count(0)
    press(page, "Check first")
    expect(page.locator("#action")).to_contain_text("Zero credits would change nothing")


def errors_of(page: Page, name: str):
    return page.locator(f"#id_{name}_error")


def test_what_was_mended_is_not_called_wrong_any_more(as_role, piggy_sandbox):
    page = as_role("staff")
    begin(page, "0")
    press(page, "Check first")
    expect(errors_of(page, "credits")).to_contain_text("Zero credits")
    field(page, "credits").fill("00")
    page.wait_for_timeout(800)
    # What is still wrong is said still.
    expect(errors_of(page, "credits")).to_be_visible()
    field(page, "credits").fill("25")
    expect(preview(page)).to_contain_text("+25 credits")
    expect(errors_of(page, "credits")).to_have_count(0)
    expect(field(page, "credits")).not_to_have_attribute("aria-invalid", "true")
    expect(field(page, "credits")).not_to_have_attribute("aria-describedby", "id_credits_error")
    expect(page.locator("[data-error-summary]")).to_have_count(0)
    expect(page).not_to_have_title("Error")


def test_what_was_mended_is_seen_before_all_is_filled_in(as_role):
    page = as_role("staff")
    page.goto(CREDITS)
    field(page, "credits").fill("0")
    press(page, "Check first")
    expect(errors_of(page, "shop_uuid")).to_be_visible()
    expect(errors_of(page, "credits")).to_be_visible()
    field(page, "shop_uuid").select_option(label="Amsterdam")
    expect(errors_of(page, "shop_uuid")).to_have_count(0)
    expect(errors_of(page, "credits")).to_be_visible()


def test_a_reason_that_was_missing_is_called_missing_until_it_is_chosen(as_role):
    page = as_role("staff")
    begin(page)
    expect(preview(page)).to_contain_text("+25 credits")
    press(page, "Give 25 credits")
    expect(errors_of(page, "reason")).to_be_visible()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    field(page, "credits").fill("26")
    expect(preview(page)).to_contain_text("+26 credits")
    expect(errors_of(page, "reason")).to_be_visible()
    field(page, "reason").select_option("Goodwill")
    expect(errors_of(page, "reason")).to_have_count(0)

"""Each of the fourteen actions, done by its role in a browser from start to end."""

import pytest
from playwright.sync_api import Locator, Page, expect

from piggyadmin.accounts.roles import Role
from piggyadmin.actions.registry import actions
from tests.rotation import turn

MIRA, DUPLICATE = "mira.jansen@example.test", "m.jansen@example.test"


def contact(sandbox, email):
    return sandbox.api("GET", "contacts/find-one-by", params={"email": email})


def balance(sandbox, email=MIRA):
    return contact(sandbox, email)["credit_balance"]["balance"]


def field(page: Page, name: str) -> Locator:
    """Find a field by its name in the API, which no translation changes."""
    return page.locator(f"#action [name={name}]")


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def see_preview(page: Page) -> Locator:
    """Wait for what will happen, which shows itself once the form is filled in."""
    preview = page.get_by_role("region", name="What will happen")
    expect(preview).to_be_visible()
    return preview


def confirm(page: Page) -> None:
    """Type what has to be typed."""
    word = page.locator("label[for=id_confirmation] strong").inner_text()
    field(page, "confirmation").fill(word)


def test_find_voucher_by_code(as_role, piggy_sandbox):
    page = as_role("support")
    page.goto("/actions/find-voucher-by-code/")
    code = field(page, "code")
    expect(code).to_be_focused()
    page.keyboard.type("WELCOME-EXPIRED")
    page.keyboard.press("Enter")  # as a hand scanner does
    expect(page.locator("#result")).to_contain_text("Expired 3 days ago")
    expect(page.locator("#result")).to_contain_text("WELCOME-EXPIRED")
    code = field(page, "code")
    expect(code).to_be_focused()
    page.keyboard.type("WELCOME-ACTIVE")  # the selected text is typed over
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_contain_text("Can be used")
    expect(field(page, "code")).to_have_value("WELCOME-ACTIVE")
    page.keyboard.type("welcome-active")
    page.keyboard.press("Enter")
    expect(page.locator("#action")).to_contain_text("No voucher has this code")


def test_get_contact_credit_balance(as_role):
    page = as_role("support")
    page.goto("/actions/get-contact-credit-balance/")
    for known_by in (MIRA, "CARD-0001"):
        field(page, "contact_uuid").fill(known_by)
        press(page, "Look up")
        expect(page.locator("#result")).to_contain_text("120 credits")
        expect(page.locator("#result")).to_contain_text("Mira Jansen")


def test_list_forms(as_role, piggy_sandbox):
    page = as_role("support")
    page.goto("/actions/list-forms/")
    everything = page.locator("#result tbody tr").count()
    assert everything == len(piggy_sandbox.api("GET", "forms"))
    field(page, "status").select_option("DRAFT")
    press(page, "List forms")
    drafts = piggy_sandbox.api("GET", "forms", params={"status": "DRAFT"})
    expect(page.locator("#result tbody tr")).to_have_count(len(drafts))
    link = page.locator("#result tbody a").first
    assert link.get_attribute("href") in {form["url"] for form in drafts}


def test_list_perks(as_role, piggy_sandbox):
    page = as_role("support")
    page.goto("/actions/list-perks/")
    for perk in piggy_sandbox.api("GET", "perks"):
        card = page.locator("#result li.card", has_text=perk["name"]).first
        default = next(option for option in perk["options"] if option["default"])
        expect(card.locator("li", has_text="default").first).to_contain_text(default["label"])


def test_create_credit_reception(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/create-credit-reception/")
    field(page, "contact_uuid").fill(MIRA)
    page.locator("[name=shop_uuid]").select_option(label="Amsterdam")
    press(page, "Amount")
    field(page, "unit_value").fill("10,40")
    field(page, "reason").select_option("Goodwill")
    preview = see_preview(page)
    shop = next(s for s in piggy_sandbox.api("GET", "shops") if s["name"] == "Amsterdam")
    calculated = piggy_sandbox.api(
        "GET",
        "credit-receptions/calculate",
        params={"shop_uuid": shop["uuid"], "unit_value": "10.40"},
    )["credits"]
    expect(preview).to_contain_text(f"+{calculated} credits")
    assert balance(piggy_sandbox) == 120
    press(page, f"Give {calculated} credits")
    expect(page.locator("#result")).to_contain_text(f"{120 + calculated} credits")
    assert balance(piggy_sandbox) == 120 + calculated
    page.reload()
    expect(page.locator("#result")).to_contain_text(f"{120 + calculated} credits")
    assert balance(piggy_sandbox) == 120 + calculated


def test_create_credit_reception_needs_one_of_two(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/create-credit-reception/")
    field(page, "contact_uuid").fill(MIRA)
    page.locator("[name=shop_uuid]").select_option(label="Amsterdam")
    press(page, "Check first")
    expect(page.locator("#action")).to_contain_text("one of the two")
    expect(field(page, "contact_uuid")).to_have_value(MIRA)


def test_update_bookings(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/create-booking/")
    field(page, "contact_uuid").fill(MIRA)
    page.locator("[name=shop_uuid]").select_option(label="Amsterdam")
    field(page, "starts_at").fill("2030-04-01T18:00")
    field(page, "number_of_people").fill("2")
    press(page, "Make the booking")
    expect(page.locator("#result")).to_contain_text("Saved.")
    page.goto("/bookings/?day=2030-04-01")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="Change a booking").click()
    expect(page.locator("#action")).to_contain_text("Its shop and its customer cannot be changed")
    expect(field(page, "number_of_people")).to_have_value("2")
    field(page, "number_of_people").fill("6")
    page.locator("#action details.folded > summary").first.click()
    field(page, "prepaid_amount").fill("10,40")
    field(page, "reason").select_option("Goodwill")
    press(page, "Save the changes")
    expect(page.locator("#result")).to_contain_text("Saved.")
    (sent,) = piggy_sandbox.calls("PUT")
    (booking,) = [each for each in piggy_sandbox.bookings() if each["uuid"] in sent["path"]]
    assert (booking["number_of_people"], booking["prepaid_amount"]) == (6, 1040)
    page.goto(f"/actions/update-bookings/?booking_uuid={booking['uuid']}")
    expect(field(page, "number_of_people")).to_have_value("6")
    expect(field(page, "prepaid_amount")).to_have_value("10.40")


def test_update_contact_identifiers(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/update-contact-identifiers/")
    field(page, "contact_identifier_value").fill("CARD-0001")
    press(page, "Find")
    expect(page.locator("#action")).to_contain_text(MIRA)
    field(page, "contact_identifier_name").fill("Golden card")
    page.get_by_label("Switched off: it cannot be used").check()
    press(page, "Save")
    expect(page.locator("#result")).to_contain_text("Golden card")
    expect(page.locator("#result")).to_contain_text("switched off")
    uuid = contact(piggy_sandbox, MIRA)["uuid"]
    (card,) = piggy_sandbox.api("GET", f"contacts/{uuid}/contact-identifiers")
    assert (card["value"], card["name"], card["active"]) == ("CARD-0001", "Golden card", False)
    page.goto("/actions/update-contact-identifiers/")
    field(page, "contact_identifier_value").fill("CARD-0001")
    press(page, "Find")
    expect(page.locator("#action")).to_contain_text("while it is off")
    page.get_by_label("Active: it can be used").check()
    press(page, "Save")
    expect(page.locator("#result")).to_contain_text("Golden card")
    (card,) = piggy_sandbox.api("GET", f"contacts/{uuid}/contact-identifiers")
    assert card["active"] is True


def test_update_contact(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/update-contact/")
    field(page, "contact_uuid").fill("CARD-0001")
    press(page, "Find")
    expect(field(page, "firstname")).to_have_value("Mira")
    field(page, "lastname").fill("Jansen-Smit")
    field(page, "attribute_favourite_drink").select_option("Coffee")
    page.get_by_label("Nuts").check()
    field(page, "address").fill("")
    press(page, "Save the changes")
    expect(page.locator("#action")).to_contain_text("Piggy offers no way to empty this")
    expect(field(page, "lastname")).to_have_value("Jansen-Smit")
    field(page, "address").fill("Prinsengracht 12, 1015 DV Amsterdam")
    press(page, "Save the changes")
    expect(page.locator("#result")).to_contain_text("Saved: Last name, favourite_drink, allergies.")
    values = contact(piggy_sandbox, MIRA)["current_values"]
    assert (values["lastname"], values["favourite_drink"]) == ("Jansen-Smit", "coffee")
    assert values["allergies"] == ["nuts"]


def test_send_contact_verification_email(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/send-contact-verification-email/")
    field(page, "email").fill(MIRA)
    expect(see_preview(page)).to_contain_text("Each press sends")
    assert piggy_sandbox.mailbox() == []
    press(page, "Send the mail")
    expect(page.locator("#result")).to_contain_text(MIRA)
    assert len(piggy_sandbox.mailbox()) == 1
    page.goto("/actions/send-contact-verification-email/")
    field(page, "email").fill(MIRA)
    expect(see_preview(page)).to_contain_text("The last one")


def test_find_or_create_products(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto("/actions/find-or-create-products/")
    field(page, "external_identifier").fill("SKU-NEW")
    press(page, "Find or create")
    expect(page.locator("#action")).to_contain_text("a new one needs a name")
    field(page, "name").fill("Flat white")
    press(page, "Find or create")
    expect(page.locator("#result")).to_contain_text("Made")
    found = piggy_sandbox.api("GET", "products/find", params={"external_identifier": "SKU-NEW"})
    assert found["name"] == "Flat white"
    page.goto("/actions/find-or-create-products/")
    field(page, "external_identifier").fill("SKU-NEW")
    press(page, "Find or create")
    expect(page.locator("#result")).to_contain_text("Found")


def test_create_contact_attribute(as_role, piggy_sandbox):
    page = as_role("admin")
    page.goto("/actions/create-contact-attribute/")
    options = page.locator("[name=options-0-label]")
    expect(options).to_be_hidden()
    field(page, "name").fill("shoe_size")
    field(page, "data_type").select_option("select")
    expect(options).to_be_visible()
    for number, size in enumerate(("41", "42")):
        page.locator(f"[name=options-{number}-label]").fill(size)
        page.locator(f"[name=options-{number}-value]").fill(size)
    expect(see_preview(page)).to_contain_text("are final")
    press(page, "Create 1 attribute")
    expect(page.locator("#result")).to_contain_text("shoe_size")
    attributes = piggy_sandbox.api("GET", "contact-attributes")
    assert [len(a["options"]) for a in attributes if a["name"] == "shoe_size"] == [2]


def test_create_vouchers_batch(as_role, piggy_sandbox):
    piggy_sandbox.faults(batch_seconds=1)
    page = as_role("admin")
    page.goto("/actions/create-vouchers-batch/")
    page.locator("[name=promotion_uuid]").select_option(label="Welcome coffee")
    field(page, "quantity").fill("7")
    expect(see_preview(page)).to_contain_text("Room left")
    press(page, "Make 7 vouchers")
    expect(page.locator("#result")).to_contain_text("Pending")
    expect(page.locator("#progress")).to_contain_text("all 7 vouchers are there", timeout=15_000)


def test_create_vouchers_batch_without_room(as_role):
    page = as_role("admin")
    page.goto("/actions/create-vouchers-batch/")
    page.locator("[name=promotion_uuid]").select_option(label="Sold out")
    field(page, "quantity").fill("1")
    press(page, "Check first")
    expect(page.locator("#action")).to_contain_text("no room left")


def test_claim_anonymous_contact(as_role, piggy_sandbox):
    page = as_role("admin")
    page.goto("/actions/claim-anonymous-contact/")
    field(page, "anonymous_contact_uuid").fill("CARD-ANON")
    field(page, "reason").select_option("Goodwill")
    field(page, "email").fill(MIRA)
    expect(page.locator("#action")).to_contain_text("belongs to somebody already")
    field(page, "email").fill("new.person@example.test")
    expect(page.locator("#action")).not_to_contain_text("belongs to somebody already")
    confirm(page)
    press(page, "Claim 1 customer")
    expect(page.locator("#result")).to_contain_text("Claimed")
    assert contact(piggy_sandbox, "new.person@example.test")["uuid"]


def test_get_contact_auth_token(as_role):
    page = as_role("admin")
    page.goto("/actions/get-contact-auth-token/")
    field(page, "contact_uuid").fill(MIRA)
    field(page, "reason").select_option("Goodwill")
    press(page, "Get the token")
    token = page.locator(".secret code")
    expect(token).to_be_hidden()
    page.locator(".secret summary", has_text="Show the token").click()
    expect(token).to_be_visible()
    assert len(token.inner_text()) > 10
    expect(page.get_by_role("button", name="Copy")).to_be_visible()


def test_merge_contacts(as_role, piggy_sandbox):
    piggy_sandbox.faults(merge_seconds=1)
    page = as_role("admin")
    page.goto("/actions/merge-contacts/")
    field(page, "source_contact_uuid").fill(MIRA)
    field(page, "destination_contact_uuid").fill("CARD-0001")
    field(page, "reason").select_option("Goodwill")
    press(page, "Check first")
    expect(page.locator("#action")).to_contain_text("cannot be merged with itself")
    field(page, "source_contact_uuid").fill(DUPLICATE)
    expect(see_preview(page)).to_contain_text("150 credits")
    field(page, "confirmation").fill("wrong")
    press(page, "Merge 2 customers")
    expect(page.locator("#action")).to_contain_text("That is not what has to be typed")
    confirm(page)
    press(page, "Merge 2 customers")
    expect(page.locator("#progress")).to_contain_text("the survivor has all 150", timeout=15_000)
    assert balance(piggy_sandbox) == 150


LOWER = {Role.SUPPORT: Role.AUDITOR, Role.STAFF: Role.SUPPORT, Role.ADMIN: Role.STAFF}


@pytest.mark.parametrize("action", turn(0, actions(), 8), ids=lambda action: action.slug)
def test_lower_role_is_refused_kindly(as_role, piggy_sandbox, action):
    page = as_role(LOWER[action.role].name.lower())
    page.goto(action.url)
    expect(page.locator("main")).to_contain_text("Your role does not include this")
    expect(page.locator("#action")).to_have_count(0)
    page.get_by_role("link", name="See what you may do").click()
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(f"main a[href='{action.url}']")).to_have_count(0)
    assert [call for call in piggy_sandbox.calls() if call["method"] != "GET"] == []


def test_works_without_javascript(as_role, piggy_sandbox):
    page = as_role("staff", java_script_enabled=False)
    page.goto("/actions/create-credit-reception/")
    field(page, "contact_uuid").fill(MIRA)
    page.locator("[name=shop_uuid]").select_option(label="Amsterdam")
    field(page, "credits").fill("25")
    field(page, "reason").select_option("Goodwill")
    press(page, "Check first")
    press(page, "Give 25 credits")
    expect(page.locator("#result")).to_contain_text("145 credits")
    assert balance(piggy_sandbox) == 145


def test_double_press_sends_once(as_role, piggy_sandbox):
    piggy_sandbox.faults(latency_ms=300)
    page = as_role("staff", java_script_enabled=False)
    page.goto("/actions/create-credit-reception/")
    field(page, "contact_uuid").fill(MIRA)
    page.locator("[name=shop_uuid]").select_option(label="Amsterdam")
    field(page, "credits").fill("17")
    field(page, "reason").select_option("Goodwill")
    press(page, "Check first")
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("+17 credits")
    page.wait_for_load_state()  # a press while the page still loads would be lost
    page.get_by_role("button", name="Give 17 credits").dblclick(no_wait_after=True)
    # The second press waits for the first, and both for a slow Piggy.
    expect(page.locator("#result")).to_contain_text("137 credits", timeout=30_000)
    page.goto(page.url)
    expect(page.locator("#result")).to_contain_text("137 credits")
    assert balance(piggy_sandbox) == 137


def test_a_card_scanned_into_credits_needs_a_yes(as_role, piggy_sandbox):
    page = as_role("staff")
    page.goto(f"/actions/create-credit-reception/?contact_uuid={MIRA}")
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "credits").fill("104712")
    press(page, "Check first")
    expect(page.locator("#action")).to_contain_text("104,712 is unusual")
    page.get_by_label("I know, and I want it all the same.").check()
    expect(page.locator("#action")).to_contain_text("This will happen")
    expect(page.get_by_label("I know, and I want it all the same.")).to_be_checked()
    assert balance(piggy_sandbox) == 120


def test_the_hour_that_comes_twice_is_chosen_by_keyboard(as_role, piggy_sandbox):
    page = as_role("staff", viewport={"width": 360, "height": 740})
    page.goto(f"/actions/create-booking/?contact_uuid={MIRA}")
    field(page, "shop_uuid").select_option(label="Amsterdam")
    field(page, "starts_at").fill("2030-10-27T02:30")
    press(page, "Make the booking")
    expect(page.locator("#action")).to_contain_text("The clock shows this time twice that night.")
    field(page, "starts_at").focus()
    which = page.get_by_label("Which of the two")
    which.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(which).to_have_value("1")
    press(page, "Make the booking")
    expect(page.locator("#result")).to_contain_text("27 Oct 2030 02:30")
    assert piggy_sandbox.bookings()[0]["starts_at"] == "2030-10-27T01:30:00+00:00"

"""What leaves by mail: vouchers to their customers, and links to saved views."""

import re

import pytest
from playwright.sync_api import Page, expect

from piggyadmin.sandbox import seed
from tests.browser.console import ConsoleServer
from tests.browser.test_pages import problems
from tests.smtp_server import SmtpServer
from tests.voucher_mails.making import unsubscribe

OWN = "admin@example.test"
CUSTOMERS = f"customer\n{seed.MIRA_EMAIL}\n{seed.DUPLICATE_EMAIL}\n"
PHONE = {"width": 360, "height": 740}
HAVE_MAIL = f"""
from piggyadmin.accounts.models import User
User.objects.filter(username="admin").update(email="{OWN}")
"""
SEND_NOW = """
from datetime import timedelta
from django.utils import timezone
from piggyadmin.saved_views.mailing import mail_what_is_due
mail_what_is_due(timezone.now() + timedelta(days=32))
"""


@pytest.fixture
def letters(console: ConsoleServer, mails: SmtpServer) -> SmtpServer:
    """A mail server that nothing has arrived at, and an admin with an address."""
    console.manage("shell", "-c", HAVE_MAIL)
    mails.mails.clear()
    return mails


def give_vouchers(page: Page) -> None:
    page.goto("/bulk/?action=create-voucher")
    page.get_by_label("Or pasted").fill(CUSTOMERS)
    page.get_by_role("button", name="Read the list").press("Enter")
    page.locator("[name=same_promotion_uuid]").select_option(label="Welcome coffee")
    page.get_by_role("button", name="Check all rows").press("Enter")
    page.locator("[name=reason]").select_option("Goodwill")
    page.get_by_role("button", name="Make a voucher: 2 rows").press("Enter")
    page.get_by_role("link", name="Send people their vouchers").click()
    expect(page.get_by_role("heading", name="Send people their vouchers")).to_be_visible()


def write(page: Page, text: str) -> None:
    page.get_by_label("Which messages these are").select_option(label="Service")
    page.get_by_label("Subject").fill("For you, {first_name}")
    page.get_by_label("Text", exact=True).fill(text)
    page.get_by_role("button", name="Look whom it goes to").press("Enter")


def found_in(page: Page) -> list[str]:
    """Look at a page by day and by night."""
    found = []
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        found += problems(page)
    return found


def test_people_are_sent_their_vouchers(as_role, piggy_sandbox, letters):
    unsubscribe(piggy_sandbox, seed.DUPLICATE_UUID)
    page = as_role("admin", viewport=PHONE)
    give_vouchers(page)
    assert found_in(page) == []
    write(page, "Your code is {cod}.")
    expect(page.locator("#id_text-errors, .has-errors")).to_contain_text("known for {cod}")
    assert found_in(page) == []

    write(page, "Your code is {code}.")
    expect(page.get_by_role("heading", name="Mail 1 customer their voucher?")).to_be_visible()
    expect(page.get_by_text("The customer has unsubscribed from these messages.")).to_be_visible()
    assert found_in(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Mail it to myself first").press("Enter")
    expect(page.get_by_text(f"Mailed to {OWN}.")).to_be_visible()
    assert letters.recipients() == [OWN]
    page.get_by_role("button", name="Send 1 mail").press("Enter")
    expect(page.get_by_role("heading", name="What became of the mails")).to_contain_text("Done")
    assert found_in(page) == []
    assert letters.recipients() == [OWN, seed.MIRA_EMAIL]
    last = letters.mails[-1]
    assert last.message["Subject"] == "For you, Mira"
    assert re.fullmatch(r"Your code is \w+\.\n", last.text)


def test_a_link_to_a_view_comes_and_is_stopped(as_role, console, letters):
    page = as_role("admin", viewport=PHONE)
    page.goto("/ledger/?state=done")
    page.get_by_text("Save this view").click()
    page.get_by_label("Name of the view").fill("All done")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved. “All done” stands above the list")).to_be_visible()
    page.goto("/views/")
    page.get_by_role("link", name="Mail me a link to it All done").click()
    expect(page.get_by_role("button", name=f"Mail it to {OWN}")).to_be_visible()
    assert found_in(page) == []
    page.get_by_role("button", name=f"Mail it to {OWN}").press("Enter")
    expect(page.get_by_role("button", name="Stop these mails: All done")).to_be_visible()
    assert found_in(page) == []

    console.manage("shell", "-c", SEND_NOW)
    (letter,) = letters.mails
    file, stop = re.findall(r"http://\S+", letter.text)
    assert letter.recipient == OWN
    with page.expect_download() as download, pytest.raises(Exception, match="Download is starting"):
        page.goto(file)
    assert download.value.suggested_filename.endswith(".csv")
    page.goto(stop)
    assert found_in(page) == []
    page.get_by_role("button", name="Stop these mails").press("Enter")
    expect(page.get_by_text("Stopped. No more of these mails are sent.")).to_be_visible()
    page.goto("/views/")
    expect(page.get_by_role("link", name="Mail me a link to it All done")).to_be_visible()
    page.get_by_role("link", name="Rename or remove All done").click()
    page.get_by_role("button", name="Remove this view").click()

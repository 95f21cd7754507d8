"""`python -m tests.browser.screenshots FOLDER [NAME …]`: pages as their role sees them.

Narrow and wide, light and dark; actions with a preview or an answer are filled in first.
"""

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.console import ConsoleServer
from tests.sandbox.server import SandboxServer

SIZES = {"phone": {"width": 360, "height": 740}, "wide": {"width": 1440, "height": 900}}
# The beginning of the UUIDs of the well-known contacts.
KNOWN = "c0ffee00-0000-4000-8000-00000000000"
MIRA, DUPLICATE = "mira.jansen@example.test", "m.jansen@example.test"
MIRAS_PAGE = "/contacts/c0ffee00-0000-4000-8000-000000000001/"
# Role, name, address, what to fill in, and the button to press.
PAGES: list[tuple[str, str, str, dict[str, str], str]] = [
    ("staff", "desk", "/", {}, ""),
    ("admin", "actions", "/actions/", {}, ""),
    ("auditor", "auditors-desk", "/", {}, ""),
    ("auditor", "approvals", "/ledger/approvals/", {}, ""),
    ("auditor", "look-ups", "/ledger/look-ups/", {}, ""),
    ("auditor", "decisions", "/duplicates/decisions/", {}, ""),
    ("support", "find-voucher", "/actions/find-voucher-by-code/?code=WELCOME-ACTIVE", {}, ""),
    (
        "support",
        "find-voucher-expired",
        "/actions/find-voucher-by-code/?code=WELCOME-EXPIRED",
        {},
        "",
    ),
    (
        "support",
        "find-voucher-locked",
        "/actions/find-voucher-by-code/?code=WELCOME-LOCKED",
        {},
        "",
    ),
    ("support", "find-voucher-unknown", "/actions/find-voucher-by-code/?code=NO-SUCH", {}, ""),
    (
        "support",
        "balance",
        "/actions/get-contact-credit-balance/",
        {"contact_uuid": MIRA},
        "Look up",
    ),
    ("support", "forms", "/actions/list-forms/", {}, ""),
    ("support", "perks", "/actions/list-perks/", {}, ""),
    (
        "staff",
        "give-credits",
        "/actions/create-credit-reception/",
        {"contact_uuid": MIRA, "shop_uuid": "Amsterdam", "unit_value": "10,40"},
        "Check first",
    ),
    ("staff", "give-credits-errors", "/actions/create-credit-reception/", {}, "Check first"),
    ("staff", "change-booking", "/actions/update-bookings/", {}, ""),
    (
        "staff",
        "change-identifier",
        "/actions/update-contact-identifiers/?contact_identifier_value=CARD-0001",
        {},
        "",
    ),
    (
        "staff",
        "verification-mail",
        "/actions/send-contact-verification-email/",
        {"email": MIRA},
        "Check first",
    ),
    ("staff", "product", "/actions/find-or-create-products/", {}, ""),
    (
        "admin",
        "create-attribute",
        "/actions/create-contact-attribute/",
        {"name": "shoe_size", "data_type": "One of several options"},
        "",
    ),
    (
        "admin",
        "batch",
        "/actions/create-vouchers-batch/",
        {"promotion_uuid": "Welcome coffee", "quantity": "20"},
        "Check first",
    ),
    (
        "admin",
        "claim",
        "/actions/claim-anonymous-contact/",
        {"anonymous_contact_uuid": "CARD-ANON", "email": MIRA},
        "Check first",
    ),
    (
        "admin",
        "auth-token",
        "/actions/get-contact-auth-token/",
        {"contact_uuid": MIRA},
        "Get the token",
    ),
    (
        "admin",
        "merge-contacts",
        "/actions/merge-contacts/",
        {"source_contact_uuid": DUPLICATE, "destination_contact_uuid": MIRA},
        "Check first",
    ),
    (
        "admin",
        "merge-duplicates",
        "/actions/merge-duplicates/",
        {"contact_uuids": f"{MIRA}\n{DUPLICATE}"},
        "Check first",
    ),
    (
        "admin",
        "pair",
        f"/duplicates/pair/{KNOWN}1/{KNOWN}2/",
        {},
        "",
    ),
    (
        "admin",
        "pair-anonymous",
        f"/duplicates/pair/{KNOWN}1/{KNOWN}3/",
        {},
        "",
    ),
    ("admin", "merges", "/duplicates/merges/", {}, ""),
    ("staff", "change-contact", "/actions/update-contact/?contact_uuid=CARD-0001", {}, ""),
    ("staff", "contacts", "/contacts/", {}, ""),
    ("staff", "contact", MIRAS_PAGE, {}, ""),
    ("staff", "vouchers", "/vouchers/", {}, ""),
    ("staff", "credits", "/credits/", {}, ""),
    ("staff", "bookings", "/bookings/", {}, ""),
    ("staff", "products", "/products/", {}, ""),
    ("admin", "duplicates", "/duplicates/?show=all", {}, ""),
    ("admin", "duplicates-figures", "/duplicates/figures/", {}, ""),
    ("admin", "duplicates-compare", "/duplicates/compare/", {}, ""),
    ("admin", "ledger", "/ledger/", {}, ""),
    ("admin", "requests", "/requests/", {}, ""),
    ("admin", "tasks", "/tasks/", {}, ""),
    ("admin", "mirror", "/duplicates/mirror/", {}, ""),
    (
        "admin",
        "delete",
        "/actions/delete-contact/",
        {"contact_uuid": DUPLICATE, "reason": "Goodwill"},
        "",
    ),
    ("support", "refused", "/actions/merge-contacts/", {}, ""),
    ("", "sign-in", "/accounts/login/", {}, ""),
]


def views(browser: Browser, console: ConsoleServer, role: str) -> Iterator[tuple[str, Page]]:
    """Open a page in every size and theme."""
    state = console.signed_in(browser, role) if role else None
    for size, viewport in SIZES.items():
        for theme in ("light", "dark"):
            context = browser.new_context(
                base_url=console.url,
                storage_state=state,
                viewport=viewport,
                color_scheme=theme,
                reduced_motion="reduce",
                locale="en-GB",
            )
            yield f"{size}-{theme}", context.new_page()
            context.close()


def fill(page: Page, fields: dict[str, str], button: str) -> None:
    """Fill a form in and press a button."""
    for name, value in fields.items():
        field = page.locator(f"#action [name={name}]")
        if field.evaluate("node => node.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    if button:
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(200)


def main(folder: Path, wanted: list[str]) -> None:
    """Take them all, or those that are wanted."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as directory,
        SandboxServer(contacts=200) as sandbox,
        ConsoleServer(Path(directory), sandbox) as console,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for role, name, address, fields, button in PAGES:
            if wanted and name not in wanted:
                continue
            for view, page in views(browser, console, role):
                page.goto(address)
                fill(page, fields, button)
                # The header sticks to the window: from the top, it is where it belongs.
                page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
                page.screenshot(path=folder / f"{name}-{view}.png", full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])

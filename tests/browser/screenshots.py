"""`make screenshots`: every page as its role sees it, on one contact sheet.

In three sizes, two themes and three languages; where an action has a preview or an answer, its form
is filled in first.
"""

import argparse
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.console import ConsoleServer
from tests.sandbox.server import SandboxServer

SIZES = {
    "phone": {"width": 360, "height": 740},
    "tablet": {"width": 768, "height": 1024},
    "wide": {"width": 1440, "height": 900},
}
# The beginning of the UUIDs of the well-known contacts.
KNOWN = "c0ffee00-0000-4000-8000-00000000000"
# The same of everything else that is always there.
KNOWN_OTHERS = "c0ffee00-0000-4000-8000-000000000"
MIRA, DUPLICATE = "mira.jansen@example.test", "m.jansen@example.test"
MIRAS_PAGE = "/contacts/c0ffee00-0000-4000-8000-000000000001/"
# Role, name, address, what to fill in, and the button to press.
PAGES: list[tuple[str, str, str, dict[str, str], str]] = [
    ("staff", "desk", "/", {}, ""),
    ("admin", "actions", "/actions/", {}, ""),
    ("staff", "api-docs", "/api/docs/", {}, ""),
    ("staff", "api-action", "/api/docs/create-credit-reception/", {}, ""),
    ("staff", "tokens", "/settings/tokens/", {}, ""),
    ("staff", "pin", "/settings/factors/pin/", {}, ""),
    ("auditor", "auditors-desk", "/", {}, ""),
    ("auditor", "approvals", "/ledger/approvals/", {}, ""),
    ("auditor", "look-ups", "/ledger/look-ups/", {}, ""),
    ("auditor", "ledger-verification", "/ledger/verification/", {}, ""),
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
        {"contact_uuid": MIRA, "shop_uuid": "Amsterdam", "credits": "25"},
        "Check first",
    ),
    ("staff", "give-credits-errors", "/actions/create-credit-reception/", {}, "Check first"),
    ("staff", "change-booking", "/actions/update-bookings/", {}, ""),
    ("staff", "bookings-week", "/bookings/week/", {}, ""),
    ("staff", "bookings-all", "/bookings/all/", {}, ""),
    ("staff", "bookings-import", "/bookings/import/", {}, ""),
    ("admin", "bookings-calendars", "/bookings/calendars/", {}, ""),
    ("staff", "visits", "/visits/", {}, ""),
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
        {"contact_uuid": MIRA, "reason": "Goodwill"},
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
    ("admin", "people", "/people/", {}, ""),
    ("admin", "person", "/people/staff/", {}, ""),
    ("admin", "person-new", "/people/new/", {}, ""),
    ("admin", "person-roles", "/people/staff/roles/", {}, ""),
    ("admin", "person-disable", "/people/staff/disable/", {}, ""),
    ("admin", "person-want-password", "/people/staff/want-password/", {}, ""),
    ("admin", "person-reset-factors", "/people/staff/reset-factors/", {}, ""),
    ("admin", "settings", "/settings/", {}, ""),
    ("admin", "settings-console", "/settings/console/", {}, ""),
    ("admin", "settings-factors", "/settings/factors/", {}, ""),
    ("admin", "settings-reasons", "/settings/reasons/", {}, ""),
    ("admin", "settings-token", "/settings/token/", {}, ""),
    ("admin", "settings-piggy-token", "/settings/piggy-token/", {}, ""),
    ("admin", "settings-health", "/settings/health/", {}, ""),
    ("admin", "settings-roles", "/settings/roles/", {}, ""),
    ("admin", "settings-role", "/settings/roles/1/", {}, ""),
    ("support", "help", "/help/", {}, ""),
    ("support", "help-credits", "/help/credits/", {}, ""),
    ("support", "help-keys", "/help/keys/", {}, ""),
    ("support", "help-roles", "/help/roles/", {}, ""),
    ("staff", "styleguide", "/styleguide/", {}, ""),
    ("staff", "contacts", "/contacts/", {}, ""),
    ("staff", "contact", MIRAS_PAGE, {}, ""),
    ("staff", "vouchers", "/vouchers/", {}, ""),
    ("staff", "voucher-scan", "/vouchers/scan/", {}, ""),
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
    ("admin", "duplicates-certain", "/duplicates/certain/", {}, ""),
    ("admin", "duplicates-certain-daily", "/duplicates/certain/daily/", {}, ""),
    (
        "admin",
        "delete",
        "/actions/delete-contact/",
        {"contact_uuid": DUPLICATE, "reason": "Goodwill"},
        "",
    ),
    ("support", "refused", "/actions/merge-contacts/", {}, ""),
    ("support", "search", "/search/", {}, ""),
    ("staff", "voucher", "/vouchers/WELCOME-ACTIVE/", {}, ""),
    ("staff", "voucher-locked", "/vouchers/WELCOME-LOCKED/", {}, ""),
    ("support", "voucher-codes", "/vouchers/codes/", {}, ""),
    ("admin", "promotions", "/promotions/", {}, ""),
    ("admin", "promotion", f"/promotions/{KNOWN_OTHERS}201/", {}, ""),
    ("admin", "promotion-sheet", f"/promotions/{KNOWN_OTHERS}201/sheet/", {}, ""),
    ("staff", "contact-gone", f"/contacts/{KNOWN_OTHERS}0ff/", {}, ""),
    ("staff", "contact-anonymous", f"/contacts/{KNOWN}3/", {}, ""),
    ("admin", "contact-admin", MIRAS_PAGE, {}, ""),
    ("staff", "timeline", f"{MIRAS_PAGE}timeline/", {}, ""),
    ("staff", "rewards-of-contact", f"{MIRAS_PAGE}panels/rewards/", {}, ""),
    ("staff", "referrals-of-contact", f"{MIRAS_PAGE}panels/referrals/", {}, ""),
    ("admin", "contact-held", f"{MIRAS_PAGE}held/", {}, ""),
    ("admin", "contact-do-not-serve", f"{MIRAS_PAGE}do-not-serve/", {}, ""),
    ("staff", "subscription-types", "/contacts/subscription-types/", {}, ""),
    ("staff", "booking-new", "/bookings/new/", {}, ""),
    ("staff", "visit", f"/visits/{KNOWN_OTHERS}c01/", {}, ""),
    ("staff", "giftcards", "/giftcards/", {}, ""),
    ("staff", "giftcard", f"/giftcards/{KNOWN_OTHERS}b01/", {}, ""),
    ("admin", "giftcard-program", f"/giftcards/programs/{KNOWN_OTHERS}601/", {}, ""),
    ("staff", "orders", "/orders/", {}, ""),
    ("staff", "order", f"/orders/{KNOWN_OTHERS}d01/", {}, ""),
    ("admin", "shifts", "/shifts/", {}, ""),
    ("admin", "referrals", "/referrals/", {}, ""),
    ("admin", "referral-settings", "/referrals/settings/", {}, ""),
    ("admin", "rewards", "/rewards/", {}, ""),
    ("admin", "reward", f"/rewards/{KNOWN_OTHERS}651/", {}, ""),
    ("admin", "perks-list", "/perks/", {}, ""),
    ("admin", "perk", f"/perks/{KNOWN_OTHERS}401/", {}, ""),
    ("support", "forms-list", "/forms/", {}, ""),
    ("admin", "loyalty-program", "/loyalty-program/", {}, ""),
    ("staff", "loyalty-tokens", "/loyalty-tokens/", {}, ""),
    ("staff", "product-page", f"/products/{KNOWN_OTHERS}501/", {}, ""),
    ("staff", "product-categories", "/product-categories/", {}, ""),
    ("staff", "product-category", f"/product-categories/{KNOWN_OTHERS}511/", {}, ""),
    ("admin", "shops", "/shops/", {}, ""),
    ("admin", "shop", f"/shops/{KNOWN_OTHERS}101/", {}, ""),
    ("admin", "webhooks", "/webhooks/", {}, ""),
    ("admin", "webhooks-received", "/webhooks/received/", {}, ""),
    ("admin", "bulk", "/bulk/", {}, ""),
    ("admin", "saved-views", "/views/", {}, ""),
    ("admin", "webhook", f"/webhooks/{KNOWN_OTHERS}f01/", {}, ""),
    ("admin", "automations", "/automations/", {}, ""),
    ("admin", "attributes", "/attributes/", {}, ""),
    ("admin", "brand-kit", "/brand-kit/", {}, ""),
    ("admin", "ledger-people", "/ledger/people/", {}, ""),
    ("admin", "ledger-giving", "/ledger/giving/", {}, ""),
    ("admin", "ledger-contact", f"/ledger/contacts/{KNOWN}1/", {}, ""),
    ("admin", "person-edit", "/people/staff/edit/", {}, ""),
    ("admin", "person-password", "/people/staff/password/", {}, ""),
    ("admin", "settings-reason", "/settings/reasons/1/", {}, ""),
    ("admin", "settings-reason-new", "/settings/reasons/new/", {}, ""),
    ("admin", "settings-role-new", "/settings/roles/new/", {}, ""),
    ("admin", "settings-role-remove", "/settings/roles/1/remove/", {}, ""),
    ("support", "supports-desk", "/", {}, ""),
    ("staff", "shop-of-today", "/today/shop/", {}, ""),
    ("admin", "admins-desk", "/", {}, ""),
    ("staff", "password-change", "/accounts/password/change/", {}, ""),
    ("staff", "nowhere", "/no/such/page/", {}, ""),
    ("", "sign-in", "/accounts/login/", {}, ""),
]


THEMES = ("light", "dark")
LANGUAGES = {"de": "de-DE", "en": "en-GB", "nl": "nl-NL"}
# How wide a picture is on the contact sheet, in pixels.
THUMBNAILS = {"phone": 230, "tablet": 300, "wide": 470}
# So many pictures stand on one part of the sheet.
TOGETHER = 8


class View(NamedTuple):
    """How a page is looked at."""

    size: str
    theme: str
    language: str

    def __str__(self) -> str:
        return "-".join(self)

    def options(self) -> dict[str, Any]:
        """Give the options of a browser context that looks at pages like this."""
        return {
            "viewport": SIZES[self.size],
            "color_scheme": self.theme,
            "locale": LANGUAGES[self.language],
            "reduced_motion": "reduce",
        }


VIEWS = [View(*parts) for parts in product(SIZES, THEMES, LANGUAGES)]


def fill(page: Page, fields: dict[str, str], button: str) -> None:
    """Fill a form in and press a button; without its name, the form's own first one."""
    for name, value in fields.items():
        field = page.locator(f"#action [name={name}]")
        if not field.is_visible() and (group := page.locator(".alternative", has=field)).count():
            page.locator(f"[data-chooses={group.get_attribute('id')}]").click()
        if field.evaluate("node => node.tagName") == "SELECT":
            choose(field, value)
        else:
            field.fill(value)
    if button:
        page.get_by_role("button", name=button, exact=True).click()
        wait(page)


def choose(field: Locator, label: str) -> None:
    """Choose an option by its label; in another language, the first that is one."""
    labels = field.locator("option").all_inner_texts()
    field.select_option(label=label) if label in labels else field.select_option(index=1)


def press_first(page: Page) -> None:
    """Press the button of the action's form, whatever it is called."""
    page.wait_for_timeout(1000)  # what will happen shows itself where it can
    if page.locator("#action .preview").count() == 0:
        page.locator("#action form button.button.primary").first.click()
    wait(page)


def wait(page: Page) -> None:
    """Wait until the answer has arrived and stands still."""
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-sending]")).to_have_count(0)
    page.wait_for_timeout(200)


def take(page: Page, path: Path) -> None:
    """Take a picture of the whole page, as it is from its top."""
    # The header sticks to the window: from the top, it is where it belongs.
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    page.screenshot(path=path, full_page=True)


def take_all(
    browser: Browser, console: ConsoleServer, view: View, folder: Path, names: list[str]
) -> None:
    """Take the pages that are wanted, one after another, as one view has them."""
    for role, name, address, fields, button in PAGES:
        if names and name not in names:
            continue
        state = console.signed_in(browser, role) if role else None
        context = browser.new_context(base_url=console.url, storage_state=state, **view.options())
        page = context.new_page()
        page.goto(address)
        fill(page, fields, "")
        if button:
            press_first(page)
        take(page, folder / f"{name}-{view}.png")
        context.close()


def write_sheet(browser: Browser, folder: Path) -> None:
    """Put all pictures in the folder onto one page, and take pictures of that, part by part."""
    parts = [part for view in VIEWS for part in parts_of(folder, view)]
    sheet = folder / "index.html"
    sheet.write_text(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>{''.join(parts)}")
    page = browser.new_page(viewport={"width": 1960, "height": 1000})
    page.goto(sheet.as_uri())
    for section in page.locator("section").all():
        section.screenshot(path=folder / f"sheet-{section.get_attribute('id')}.png")
    page.close()


def parts_of(folder: Path, view: View) -> Iterator[str]:
    """Draw the part of the sheet that belongs to one view, a few pictures at a time."""
    pictures = sorted(folder.glob(f"[!s]*-{view}.png")) + sorted(folder.glob(f"s[!h]*-{view}.png"))
    for number, at in enumerate(range(0, len(pictures), TOGETHER), start=1):
        figures = "".join(figure(path, view) for path in pictures[at : at + TOGETHER])
        yield f'<section id="{view}-{number}"><h2>{view}</h2>{figures}</section>'


def figure(path: Path, view: View) -> str:
    """Draw one picture with its name."""
    name = path.name.removesuffix(f"-{view}.png")
    picture = f'<img src="{path.name}" width="{THUMBNAILS[view.size]}" alt="">'
    return f"<figure>{picture}<figcaption>{name}</figcaption></figure>"


STYLE = """
body { margin: 0; background: #777; font: 14px sans-serif }
section { display: flex; flex-wrap: wrap; gap: 12px; padding: 12px; align-items: start }
h2 { width: 100%; margin: 0; color: #fff }
figure { margin: 0 }
img { display: block; max-height: 900px; object-fit: cover; object-position: top }
figcaption { color: #fff }
"""


def main(folder: Path, names: list[str], views: list[View]) -> None:
    """Take them all, or those that are wanted."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as directory,
        SandboxServer(contacts=200) as sandbox,
        ConsoleServer(Path(directory), sandbox) as console,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for view in views:
            take_all(browser, console, view, folder, names)
        write_sheet(browser, folder)


def wanted() -> argparse.Namespace:
    """Read from the command line which pictures are wanted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="pages; all when none is named")
    parser.add_argument("--only", default="", help="views with all of these words: wide,light,en")
    return parser.parse_args()


if __name__ == "__main__":
    asked = wanted()
    words = set(filter(None, asked.only.split(",")))
    main(asked.folder, asked.names, [view for view in VIEWS if words <= set(view)])

"""A pasted list of gifts is checked, agreed to and done, and each page of it reads well."""

import pytest
from playwright.sync_api import Page, expect

from piggyadmin.sandbox import seed
from tests.browser.test_actions import balance
from tests.browser.test_pages import problems

LIST = f"""e-mail;credits
{seed.MIRA_EMAIL};71
nobody@example.test;71
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_pasted_list_is_read_and_its_pages_read_well(as_role, piggy_sandbox, scheme):
    page = as_role("admin", color_scheme=scheme, viewport={"width": 360, "height": 740})
    paste(page)
    assert problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def paste(page: Page) -> None:
    page.goto("/bulk/")
    page.get_by_label("What is done with each row").select_option("create-credit-reception")
    page.get_by_label("Or pasted").fill(LIST)
    page.get_by_role("button", name="Read the list").press("Enter")
    expect(page.get_by_role("heading", name="Which column is what")).to_be_visible()


def test_a_row_is_done_and_the_wrong_one_is_told(as_role, piggy_sandbox):
    page = as_role("admin")
    paste(page)
    page.locator("[name=same_shop_uuid]").select_option(label="Amsterdam")
    page.get_by_role("button", name="Check all rows").press("Enter")
    will = page.locator("section[aria-labelledby=will-happen]")
    expect(will).to_contain_text("Give credits, with 1 row?")
    expect(will).to_contain_text("1 row cannot be done")
    assert problems(page) == []
    assert balance(piggy_sandbox) == 120
    page.locator("[name=reason]").select_option("Goodwill")
    will.get_by_role("button", name="Give credits: 1 row").press("Enter")
    expect(page.locator("#progress")).to_contain_text("What became of the rows")
    expect(page.get_by_role("link", name="All rows as a file")).to_be_visible()
    assert balance(piggy_sandbox) == 191
    assert problems(page) == []

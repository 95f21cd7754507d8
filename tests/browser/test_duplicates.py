"""The queue of duplicates as people work it: by keys, without them, and by screen readers."""

import re
import sqlite3

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import ConsoleServer
from tests.browser.screenshots import SIZES
from tests.browser.test_pages import problems
from tests.sandbox.server import SandboxServer
from tests.tasks.processes import wait_until

PAIRS = 4


@pytest.fixture
def queue(console: ConsoleServer, piggy_sandbox: SandboxServer) -> None:
    """Fill the queue with nothing else, the pair of those who are called Mira3 on top."""
    console.change_queue("fill_from_piggy", str(PAIRS))


def pairs(console: ConsoleServer) -> list[tuple[str, bool]]:
    """Tell what became of the pairs and whether they are held, the highest first."""
    with sqlite3.connect(console.directory / "piggyadmin.sqlite3") as database:
        rows = database.execute(
            "SELECT status, held_by IS NOT NULL FROM duplicates_pair ORDER BY rank DESC"
        )
        return [(status, bool(is_held)) for status, is_held in rows]


def statuses(console: ConsoleServer) -> list[str]:
    return [status for status, _is_held in pairs(console)]


def focused(page: Page) -> str:
    """Give the text of what has the focus."""
    return str(page.evaluate("document.activeElement.innerText"))


def test_the_queue_is_worked_by_keys_alone(as_role, console, queue):
    page = as_role("admin")
    page.goto("/duplicates/")
    page.keyboard.press("j")
    assert "Mira3 Jansen" in focused(page)
    page.keyboard.press("j")
    assert "Mira2 Jansen" in focused(page)
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/duplicates/pair/"))
    first = page.url
    page.keyboard.press("d")
    expect(page.locator("#messages")).to_contain_text("Not a duplicate")
    assert statuses(console) == ["dismissed", "open", "open", "open"]
    page.keyboard.press("u")
    expect(page.locator("#messages")).to_contain_text("Taken back")
    assert page.url == first
    assert statuses(console) == ["open"] * PAIRS
    page.keyboard.press("n")
    expect(page).not_to_have_url(first)
    page.keyboard.press("l")
    expect(page.locator("#messages")).to_contain_text("Put off")
    assert statuses(console) == ["open", "later", "open", "open"]
    page.keyboard.press("m")
    assert page.evaluate("document.activeElement.name") == "confirmation"


def test_what_is_typed_after_m_is_typed_and_decides_nothing(as_role, console, queue):
    page = as_role("admin")
    page.goto("/duplicates/next/")
    first = page.url
    page.keyboard.type("mdaan@x")
    expect(page.locator("#id_confirmation")).to_have_value("daan@x")
    page.locator("#action button[name=swap]").focus()
    page.keyboard.type("d", delay=300)
    page.keyboard.press("n")
    page.wait_for_timeout(500)  # nothing is to happen
    assert page.url.removesuffix("#action") == first
    assert statuses(console) == ["open"] * PAIRS


def test_word_that_is_typed_or_scanned_nowhere_decides_nothing(as_role, console, queue):
    page = as_role("admin")
    page.goto("/duplicates/next/")
    first = page.url
    page.keyboard.type("daan@x")
    page.keyboard.type("dln", delay=20)
    page.wait_for_timeout(500)  # nothing is to happen
    assert page.url == first
    assert statuses(console) == ["open"] * PAIRS


def test_whoever_comes_by_m_goes_on_typing_on_the_next_page(as_role, console, queue):
    page = as_role("admin")
    page.goto("/duplicates/next/")
    page.goto(f"{page.url}#action")
    page.reload()
    page.keyboard.type("daan@x")
    expect(page.locator("#id_confirmation")).to_have_value("daan@x")


def test_keys_do_nothing_while_somebody_types(as_role, console, queue):
    page = as_role("admin")
    page.goto("/duplicates/next/")
    comment = page.get_by_label("Comment")
    comment.focus()
    page.keyboard.type("dull, mundane jokes?")
    expect(comment).to_have_value("dull, mundane jokes?")
    assert statuses(console) == ["open"] * PAIRS


def test_keys_with_a_modifier_are_the_browsers_own(as_role, console, queue):
    page = as_role("admin")
    page.goto("/duplicates/next/")
    for modifier in ("Alt", "Control", "Meta"):
        page.keyboard.press(f"{modifier}+m")
        assert page.evaluate("document.activeElement.closest('#action') === null")


def test_keys_are_told_and_can_be_switched_off(as_role, console, queue):
    page = as_role("admin")
    page.goto("/duplicates/")
    page.keyboard.press("?")
    assert "next line" in focused(page)
    expect(page.locator("[data-key=n]")).to_have_attribute("aria-keyshortcuts", "n")
    page.get_by_role("button", name="Switch keys off").click()
    expect(page.locator("[data-keys]")).to_contain_text("switched off")
    page.reload()
    expect(page.locator("[data-key=n]")).not_to_have_attribute("aria-keyshortcuts", "n")
    page.locator("main").focus()
    page.keyboard.press("n")
    page.keyboard.press("j")
    expect(page).to_have_url(f"{console.url}/duplicates/")
    page.get_by_role("button", name="Switch keys on").click()
    page.keyboard.press("j")
    assert "Mira3 Jansen" in focused(page)


def test_without_javascript_everything_still_works(as_role, console, queue):
    page = as_role("admin", java_script_enabled=False)
    page.goto("/duplicates/")
    expect(page.locator("[data-keys]")).to_be_hidden()
    page.get_by_role("link", name="Begin").click()
    page.get_by_label("Comment").fill("Asked them.")
    page.get_by_role("button", name="Not a duplicate").click()
    expect(page.locator("#messages")).to_contain_text("Not a duplicate")
    page.get_by_role("button", name="Later: tomorrow").click()
    page.get_by_role("button", name="Take it back").click()
    page.get_by_role("button", name="Next pair").click()
    assert statuses(console) == ["dismissed", "open", "open", "open"]


def test_whoever_leaves_a_pair_lets_go_of_it(as_role, console, queue):
    page = as_role("admin")
    page.goto("/duplicates/next/")
    assert pairs(console)[0] == ("open", True)
    page.goto("/")
    # What a page sends while it is being left arrives a little later.
    wait_until(lambda: pairs(console)[0] == ("open", False))


def test_an_open_page_renews_its_hold(as_role, console, queue):
    page = as_role("admin")
    page.goto("/duplicates/next/")
    with page.expect_response(lambda response: response.url.endswith("/hold/")) as held:
        pass
    assert held.value.status == 204


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", ["/duplicates/?certainty=75&sort=credits", "/duplicates/next/"])
def test_reads_well(as_role, queue, address, theme):
    page = as_role("admin", color_scheme=theme, viewport=SIZES["phone"])
    page.goto(address)
    assert problems(page) == []
    widths = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert widths[0] <= widths[1], "wider than the phone"


def test_when_they_bought_stands_in_one_line(as_role, queue):
    page = as_role("admin", viewport=SIZES["wide"])
    page.goto("/duplicates/?show=all")
    fits = "each => each.scrollWidth <= each.clientWidth && each.offsetHeight < 30"
    lines = page.locator(".pairs .stake > .fine")
    assert lines.count()
    assert all(each.evaluate(fits) for each in lines.all())

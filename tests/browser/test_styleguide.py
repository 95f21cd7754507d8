"""The style guide: every component, in both themes, on a phone and wide."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screenshots import SIZES
from tests.browser.test_long_words import BURST
from tests.browser.test_pages import problems


@pytest.fixture
def guide(as_role) -> Page:
    page: Page = as_role("staff", viewport=SIZES["wide"])
    page.goto("/styleguide/")
    return page


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_every_component_fits_and_reads_well(as_role, size, theme, tmp_path):
    page = as_role("staff", color_scheme=theme, viewport=SIZES[size])
    page.goto("/styleguide/")
    assert page.evaluate(BURST) == []
    assert problems(page) == []
    picture = page.screenshot(path=tmp_path / "guide.png", full_page=True)
    assert len(picture) > 50_000


def test_rows_are_as_high_as_a_person_likes(guide):
    rows = guide.locator("table tbody tr")
    assert {row.bounding_box()["height"] for row in rows.all()} == {36}
    guide.get_by_role("button", name="Your menu").click()
    guide.get_by_role("button", name="Comfortable").click()
    expect(guide.locator("html")).to_have_attribute("data-density", "comfortable")
    assert {row.bounding_box()["height"] for row in rows.all()} == {44}
    guide.get_by_role("button", name="Your menu").click()
    guide.get_by_role("button", name="Compact").click()
    expect(guide.locator("html")).to_have_attribute("data-density", "compact")


def test_a_whole_row_opens(guide):
    guide.locator("table tbody tr td").nth(1).click()
    expect(guide).to_have_url(guide.url.split("?")[0])
    link = guide.locator("table tbody .opens").first
    link.evaluate("link => link.href = '/contacts/'")
    guide.locator("table tbody tr").first.locator("td").last.click()
    expect(guide.locator("h1")).to_have_text("Customers")


def test_figures_stand_below_each_other(guide):
    cells = guide.locator("table tbody .num")
    looks = cells.evaluate_all(
        "all => all.map(cell => getComputedStyle(cell).textAlign +"
        " getComputedStyle(cell).fontVariantNumeric)"
    )
    assert set(looks) == {"endtabular-nums"}


def changed(page: Page, change: Callable[[], object]) -> None:
    """Change a filter, and wait for the list."""
    with page.expect_response(lambda answer: "/styleguide/" in answer.url):
        change()
    expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)


def test_a_filter_applies_at_once_and_its_cross_takes_it_out(guide):
    changed(guide, lambda: guide.locator("#id_status").select_option("ACTIVE"))
    expect(guide.locator("#id_status")).to_have_value("ACTIVE")
    guide.locator("#id_name").fill("Mira")
    changed(guide, lambda: guide.keyboard.press("Enter"))
    chip = guide.get_by_role("button", name="Name: Mira")
    expect(chip).to_be_visible()
    expect(guide.locator("#id_name")).to_be_focused()
    changed(guide, chip.click)
    expect(chip).to_have_count(0)
    expect(guide.locator("[data-count]")).to_be_focused()


def test_what_is_typed_while_the_list_is_on_its_way_stays(guide):
    guide.route("**/styleguide/*", lambda route: (guide.wait_for_timeout(300), route.continue_()))
    guide.locator("#id_since").fill("2026-01-01")
    guide.locator("#id_since").dispatch_event("change")
    guide.locator("#id_name").fill("Mi")
    expect(guide.get_by_role("button", name="From: 1 Jan 2026")).to_be_visible()
    expect(guide.locator("#id_name")).to_have_value("Mi")


def test_a_filter_works_without_javascript(as_role):
    page = as_role("staff", java_script_enabled=False)
    page.goto("/styleguide/")
    page.locator("#id_name").fill("Mira")
    page.locator("#filter").get_by_role("button", name="Show").click()
    page.get_by_role("button", name="Name: Mira").click()
    expect(page.get_by_role("button", name="Name: Mira")).to_have_count(0)


def test_focus_shows_on_any_ground(guide):
    button = guide.get_by_role("button", name="Primary, once a page")
    guide.keyboard.press("Tab")
    button.focus()
    outline, shadow = button.evaluate(
        "node => [getComputedStyle(node).outlineWidth, getComputedStyle(node).boxShadow]"
    )
    assert outline == "2px"
    assert "6px" in shadow

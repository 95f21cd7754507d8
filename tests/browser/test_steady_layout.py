"""What stands on a page stays where it is when the script arrives, however late that is."""

import pytest
from playwright.sync_api import Route

from piggyadmin.actions.registry import actions
from tests.browser.screenshots import SIZES

IS_DRAWN = """
    () => document.readyState === "interactive"
        && [...document.querySelectorAll("link[rel=stylesheet]")].every(each => each.sheet)
"""
SEE = """
    () => {
        window.seen = [...document.querySelectorAll("main *, footer")]
            .filter(each => !each.closest("svg *") && each.checkVisibility());
        window.placeOf = each => {
            const { x, y, width, height } = each.getBoundingClientRect();
            return [x + scrollX, y + scrollY, width, height].map(Math.round).join();
        };
        window.places = seen.map(placeOf);
    }
"""
MOVED = """
    () => seen.filter((each, at) => placeOf(each) !== places[at])
        .map(each => each.cloneNode().outerHTML)
"""


@pytest.mark.parametrize("size", ["phone", "wide"])
def test_no_form_moves_when_the_script_arrives(size, as_role):
    page = as_role("admin", viewport=SIZES[size])

    def see_first(script: Route) -> None:
        page.wait_for_function(IS_DRAWN)
        page.evaluate(SEE)
        script.continue_()

    page.route("**/ui*.js", see_first)
    moved = {}
    for action in actions():
        page.goto(action.url)
        moved[action.slug] = page.evaluate(MOVED)
    assert {slug: several for slug, several in moved.items() if several} == {}

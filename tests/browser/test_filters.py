"""Filters above lists."""

import pytest

from tests.browser.screenshots import SIZES


@pytest.mark.parametrize("size", ["phone", "wide"])
def test_a_field_with_an_error_stays_in_line_with_its_neighbours(as_role, size):
    page = as_role("auditor", viewport=SIZES[size])
    page.goto("/ledger/")
    page.locator("#id_contact_uuid").fill("Nobody at all")
    page.locator("#id_contact_uuid").press("Enter")
    error = page.locator("#id_contact_uuid_error")
    error.wait_for()
    wrong = page.locator("#id_contact_uuid").bounding_box()
    assert error.bounding_box()["y"] >= wrong["y"] + wrong["height"]
    assert error.bounding_box()["x"] == wrong["x"]
    controls = page.locator("#filter > :is(.field, details) > :is(input, select, summary)")
    boxes = [each.bounding_box() for each in controls.all() if each.is_visible()]
    middles = [box["y"] + box["height"] / 2 for box in boxes]
    in_line = [each for each in middles if abs(each - wrong["y"] - wrong["height"] / 2) < 3]
    label = page.locator("label[for=id_contact_uuid]").bounding_box()
    # None is half a line off, as what is pushed down by a neighbour's error would be.
    off = [each for each in middles if label["y"] < each < error.bounding_box()["y"] + 40]
    assert len(in_line) >= 2
    assert sorted(in_line) == sorted(off)

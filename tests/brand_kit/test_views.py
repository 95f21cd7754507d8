"""The page of the account's looks: whatever is no colour is drawn as none."""

import pytest

from piggyadmin.brand_kit.types import BrandKit
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db


def page_of(browser) -> str:
    return main_of(browser.get("/brand-kit/").content.decode())


def test_colours_are_drawn_and_logos_named(support, sandbox):
    page = page_of(support)
    assert 'fill="#' in page
    assert "Small logo" in page
    assert "<img" not in page


def test_what_is_no_colour_is_not_drawn(support, sandbox, monkeypatch):
    odd = BrandKit(primary_color='#fff" onload="alert(1)', font_color="red")
    monkeypatch.setattr("piggyadmin.brand_kit.views.get_brand_kit", lambda _piggy: odd)
    page = page_of(support)
    assert "fill=" not in page
    assert 'onload="alert' not in page
    assert "red" in page

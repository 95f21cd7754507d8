"""What can be read of perks and tiers."""

import pytest

from piggyadmin.actions.registry import get_action
from piggyadmin.perks import services
from piggyadmin.perks.types import Tier
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db


def tiers(browser) -> str:
    return main_of(browser.post("/actions/list-tiers/", {}).content.decode())


def test_tiers_from_the_lowest_up(support, sandbox, monkeypatch):
    known = [Tier(name="Gold", position=2), Tier(name="Silver", position=1)]
    monkeypatch.setattr(services, "list_tiers", lambda _piggy: known)
    html = tiers(support)
    assert html.index("Silver") < html.index("Gold")


def test_tiers_of_the_sandbox(support, sandbox):
    assert "Silver" in tiers(support)


def test_an_account_without_tiers_says_so(support, sandbox, monkeypatch):
    monkeypatch.setattr(services, "list_tiers", lambda _piggy: [])
    assert "This account has no tiers." in tiers(support)


def test_what_piggy_lists_is_what_is_given(monkeypatch):
    """A tier without a place stands before all that have one."""
    known = [Tier(name=name, position=place) for name, place in (("b", 2), ("n", None), ("a", 1))]
    monkeypatch.setattr(services, "list_tiers", {"piggy": known}.__getitem__)
    names = [tier.name for tier in get_action("list-tiers").perform("piggy", {})]
    assert names == ["n", "a", "b"]
    monkeypatch.setattr(services, "list_perks", {"piggy": ["perk"]}.__getitem__)
    assert get_action("list-perks").perform("piggy", {}) == ["perk"]

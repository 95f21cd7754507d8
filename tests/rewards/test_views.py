"""The list of rewards: of a shop, and whether they are offered."""

import pytest

from piggyadmin.piggy.client import PiggyClient
from piggyadmin.rewards.types import Reward
from piggyadmin.sandbox import seed
from tests.ledger.reading import main_of

pytestmark = pytest.mark.django_db


def titles(browser, **typed: str) -> list[str]:
    response = browser.post("/rewards/", typed, follow=True)
    assert response.status_code == 200
    return [reward.title for reward in response.context["rewards"]]


def test_all_of_them(support, sandbox):
    assert titles(support) == ["A cookie", "A cappuccino", "A mug", "A month of music"]


def test_of_a_shop_that_is_named_in_words(support, sandbox):
    response = support.post("/rewards/", {"shop_uuid": seed.AMSTERDAM_UUID}, follow=True)
    assert "Shop: Amsterdam" in main_of(response.content.decode())
    (call,) = sandbox.calls("GET", "/rewards")
    assert seed.AMSTERDAM_UUID in str(call)


def test_offered_or_not(support, sandbox, monkeypatch):
    rewards = [Reward(uuid="a", title="On", is_active=True), Reward(uuid="b", title="Off")]

    def listed(_piggy: PiggyClient, **_more: str | None) -> list[Reward]:
        return rewards

    monkeypatch.setattr("piggyadmin.rewards.views.list_rewards", listed)
    assert titles(support, is_active="true") == ["On"]
    assert titles(support, is_active="false") == ["Off"]


def test_a_shop_that_there_is_not_is_no_page(support, sandbox):
    typed = {"shop_uuid": "c0ffee00-0000-4000-8000-00000000dead"}
    assert support.post("/rewards/", typed, follow=True).status_code == 404

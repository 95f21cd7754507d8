from datetime import timedelta

import pytest
from django.utils import timezone

from piggyadmin.sandbox.models import Contact, LoyaltyTransaction, Reward

pytestmark = pytest.mark.django_db(databases=["sandbox"])


@pytest.fixture
def cookie():
    return Reward.objects.create(title="Cookie", required_credits=50, stock=2)


@pytest.fixture
def wanted(account, cookie):
    return {
        "contact_uuid": account.mira.uuid,
        "shop_uuid": account.shop.uuid,
        "reward_uuid": cookie.uuid,
    }


def balance(account):
    return Contact.objects.get(pk=account.mira.pk).credits


def test_a_contact_sees_what_it_can_have(api, account, cookie):
    Reward.objects.create(title="Car", required_credits=10_000)
    Reward.objects.create(title="Old", required_credits=1, is_active=False)
    shown = api("GET", "rewards", contact_uuid=account.mira.uuid, shop_uuid=account.shop.uuid)
    assert [each["title"] for each in shown] == ["Cookie"]
    assert len(api("GET", "rewards")) == 3
    assert api.code("GET", "rewards", contact_uuid="no") == 55031
    assert api.code("GET", "rewards", shop_uuid="no") == 1008
    assert api.code("GET", "rewards/no") == 6003
    assert api.wrong("PUT", f"rewards/{cookie.uuid}", required_credits=-1) == {"required_credits"}
    assert api("PUT", f"rewards/{cookie.uuid}", description="Sweet")["description"] == "Sweet"


def test_a_reward_costs_credits_and_stock_and_is_given_back_once(api, account, cookie, wanted):
    taken = api("POST", "reward-receptions", **wanted)
    assert (taken["credits"], taken["title"], balance(account)) == (-50, "Cookie", 70)
    rows = api("GET", "loyalty-transactions", type="reward_receptions")
    assert [row["reward"]["uuid"] for row in rows] == [cookie.uuid]
    assert Reward.objects.get().stock == 1
    path = f"reward-receptions/{taken['uuid']}/reverse"
    back = api("POST", path)
    assert (back["type"], back["credits"], balance(account)) == ("credit_reception", 50, 120)
    assert Reward.objects.get().stock == 2
    assert api.wrong("POST", path) == {"reward_reception_uuid"}
    assert api("GET", "collectable-rewards", contact_uuid=account.mira.uuid) == []


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"stock": 0}, 1018),
        ({"is_active": False}, 1052),
        ({"required_credits": 121}, 1017),
    ],
)
def test_what_is_refused_costs_nothing(api, account, wanted, values, code):
    Reward.objects.update(**values)
    before = Reward.objects.get().stock
    assert api.code("POST", "reward-receptions", **wanted) == code
    assert (balance(account), Reward.objects.get().stock) == (120, before)


def test_a_digital_reward_is_a_code(api, account, wanted):
    Reward.objects.update(type="DIGITAL")
    taken = api("POST", "reward-receptions", **wanted)
    assert taken["type"] == "digital_reward_reception"
    assert len(taken["digital_reward_code"]["code"]) == 10
    assert "reward" not in taken
    assert api("GET", "collectable-rewards", contact_uuid=account.mira.uuid) == []


def test_a_reward_is_collected_once_in_time_and_that_can_be_undone(api, account, wanted):
    uuid = api("POST", "reward-receptions", **wanted)["uuid"]
    collect, undo = f"collectable-rewards/collect/{uuid}", f"collectable-rewards/{uuid}/reverse"
    assert api.code("POST", undo) == 1003
    assert api("PUT", collect) == {"uuid": uuid, "status": "COLLECTED"}
    assert api.code("PUT", collect) == 1003
    (listed,) = api("GET", "collectable-rewards", contact_uuid=account.mira.uuid)
    assert listed["has_been_collected"]
    assert api("POST", undo) == {"uuid": uuid, "status": "REVERSED"}
    LoyaltyTransaction.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert api.code("PUT", collect) == 80300
    assert api.code("PUT", "collectable-rewards/collect/no") == 6003
    assert api.wrong("GET", "collectable-rewards") == {"contact_uuid"}

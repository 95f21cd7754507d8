"""Rewards, against a sandbox behind a socket."""

from datetime import UTC, datetime

import pytest

from piggyadmin.credits.services import get_credit_balance
from piggyadmin.piggy.errors import ErrorCode, NotFound, OutcomeUnknown, Rejected
from piggyadmin.rewards import services
from piggyadmin.sandbox.seed import AMSTERDAM_UUID, ANONYMOUS_UUID, DUPLICATE_UUID, MIRA_UUID
from tests.piggy.scripted import Script, answers

NOBODY = "c0ffee00-0000-4000-8000-00000000ffff"


def reward(piggy, title):
    return next(each for each in services.list_rewards(piggy) if each.title == title)


def take(piggy, title="A mug", contact_uuid=MIRA_UUID):
    return services.create_reward_reception(
        piggy,
        contact_uuid=contact_uuid,
        reward_uuid=reward(piggy, title).uuid,
        shop_uuid=AMSTERDAM_UUID,
    )


def test_list_rewards(piggy):
    mug = reward(piggy, "A mug")
    assert (mug.type, mug.is_active, mug.required_credits) == ("PHYSICAL", True, 100)
    assert services.get_reward(piggy, reward_uuid=mug.uuid) == mug
    possible = services.list_rewards(piggy, contact_uuid=DUPLICATE_UUID, shop_uuid=AMSTERDAM_UUID)
    assert [each.title for each in possible] == ["A cookie"]
    with pytest.raises(NotFound):
        services.get_reward(piggy, reward_uuid=NOBODY)
    with pytest.raises(NotFound):
        services.list_rewards(piggy, contact_uuid=NOBODY)


def test_update_reward(piggy):
    cookie = reward(piggy, "A cookie")
    changed = services.update_reward(piggy, reward_uuid=cookie.uuid, required_credits=20)
    assert (changed.title, changed.required_credits) == ("A cookie", 20)


def test_attributes_stand_beside_the_other_keys(scripted, scripted_piggy):
    scripted.will(answers({"uuid": "r", "reward_type": "DIGITAL", "active": False}))
    changed = services.update_reward(
        scripted_piggy, reward_uuid="r", title="T", custom_attributes={"plu": "1"}
    )
    assert scripted.received[0].json == {"title": "T", "plu": "1"}
    assert (changed.type, changed.is_active) == ("DIGITAL", False)


def test_reward_attributes(piggy):
    services.create_reward_attribute(
        piggy, name="plu", label="PLU", data_type="text", placeholder="123"
    )
    (listed,) = services.list_reward_attributes(piggy).items
    assert (listed.name, listed.placeholder) == ("plu", "123")


def test_a_reward_from_taking_to_collecting_and_back(piggy):
    taken = take(piggy)
    assert (taken.title, taken.credits, taken.has_been_collected) == ("A mug", -100, False)
    assert get_credit_balance(piggy, contact_uuid=MIRA_UUID) == 20
    (waiting,) = services.list_collectable_rewards(piggy, contact_uuid=MIRA_UUID)
    assert (waiting.uuid, waiting.reward.title) == (taken.uuid, "A mug")
    one = {"loyalty_transaction_uuid": taken.uuid}
    assert services.collect_reward(piggy, **one).is_collected
    with pytest.raises(Rejected):
        services.collect_reward(piggy, **one)
    assert not services.reverse_collection(piggy, **one).is_collected
    with pytest.raises(Rejected):
        services.reverse_collection(piggy, **one)
    back = services.reverse_reward_reception(piggy, reward_reception_uuid=taken.uuid)
    assert (back.credits, back.contact.credits) == (100, 120)
    assert services.list_collectable_rewards(piggy, contact_uuid=MIRA_UUID) == []


def test_what_cannot_be_had(piggy):
    with pytest.raises(Rejected) as caught:
        take(piggy, contact_uuid=DUPLICATE_UUID)
    assert caught.value.code == ErrorCode.NOT_ENOUGH_CREDITS
    with pytest.raises(NotFound):
        services.collect_reward(piggy, loyalty_transaction_uuid=NOBODY)


def test_a_reward_is_never_taken_twice(scripted, scripted_piggy):
    scripted.will(Script(status=502), answers({"uuid": "t"}))
    with pytest.raises(OutcomeUnknown):
        services.create_reward_reception(
            scripted_piggy, contact_uuid="c", reward_uuid="r", shop_uuid="s"
        )
    assert len(scripted.received) == 1


def test_a_digital_reward_brings_a_code(scripted, scripted_piggy):
    code = {"digital_reward": {"uuid": "r"}, "digital_reward_code": {"code": "ABC"}}
    scripted.will(answers({"uuid": "t", "type": "digital_reward_reception", **code}))
    taken = services.create_reward_reception(
        scripted_piggy, contact_uuid="c", reward_uuid="r", shop_uuid="s"
    )
    assert (taken.reward.uuid, taken.code) == ("r", "ABC")
    assert "ABC" not in repr(taken)


def test_the_older_answer_to_collecting(scripted, scripted_piggy):
    scripted.will(answers({"uuid": "t", "title": "A mug", "has_been_collected": True}))
    assert services.collect_reward(scripted_piggy, loyalty_transaction_uuid="t").is_collected


def test_the_rewards_that_a_contact_took_are_listed(piggy):
    page = services.list_reward_receptions(piggy, contact_uuid=ANONYMOUS_UUID, limit=1)
    assert page.has_more
    (row,) = page.items
    assert (row.title, row.credits, row.has_been_collected) == ("A cookie", -25, True)
    assert services.list_reward_receptions(piggy, contact_uuid=MIRA_UUID).items == []


PLU = {
    "name": "plu",
    "label": "PLU",
    "description": "Of the till",
    "options": [{"label": "One", "value": "1"}],
    "placeholder": "123",
}
TAKEN = {
    "contact_uuid": "c",
    "reward_uuid": "r",
    "shop_uuid": "s",
    "contact_identifier_value": "CARD",
}
REWARD = {"title": "T", "description": "D", "required_credits": 5}


@pytest.mark.parametrize(
    ("service", "asked", "endpoint", "body"),
    [
        (services.create_reward_reception, TAKEN, ("POST", "reward-receptions"), TAKEN),
        (
            services.create_reward_attribute,
            PLU | {"data_type": "select"},
            ("POST", "reward-attributes"),
            PLU | {"type": "select"},
        ),
        (
            services.update_reward,
            REWARD | {"reward_uuid": "r", "custom_attributes": {"plu": "1"}},
            ("PUT", "rewards/r"),
            REWARD | {"plu": "1"},
        ),
    ],
)
def test_everything_that_is_given_is_sent(scripted, scripted_piggy, service, asked, endpoint, body):
    scripted.will(answers({"uuid": "u", "name": "plu"}))
    service(scripted_piggy, **asked)
    (request,) = scripted.received
    assert (request.method, request.path, request.json) == (*endpoint, body)


def test_what_is_asked_of_lists(scripted, scripted_piggy):
    scripted.will(*[answers([])] * 6)
    services.list_rewards(scripted_piggy, shop_uuid="s", contact_uuid="c")
    attributes = services.list_reward_attributes(scripted_piggy, page=2, limit=7)
    receptions = services.list_reward_receptions(
        scripted_piggy,
        contact_uuid="c",
        created_from=datetime(2030, 1, 2, tzinfo=UTC),
        page=3,
        limit=9,
    )
    services.list_collectable_rewards(scripted_piggy, contact_uuid="c")
    assert (attributes.page, receptions.page) == (2, 3)
    assert services.list_reward_attributes(scripted_piggy).page == 1
    assert services.list_reward_receptions(scripted_piggy, contact_uuid="c").page == 1
    asked = {"contact_uuid": "c", "type": "reward_receptions"}
    assert [(request.path, request.query) for request in scripted.received] == [
        ("rewards", {"shop_uuid": "s", "contact_uuid": "c"}),
        ("reward-attributes", {"page": "2", "limit": "7"}),
        (
            "loyalty-transactions",
            asked | {"page": "3", "limit": "9", "created_at[gte]": "2030-01-02T00:00:00+00:00"},
        ),
        ("collectable-rewards", {"contact_uuid": "c"}),
        ("reward-attributes", {"page": "1", "limit": "30"}),
        ("loyalty-transactions", asked | {"page": "1", "limit": "30"}),
    ]


def test_a_full_page_may_be_followed_by_more(scripted, scripted_piggy):
    """Where Piggy does not tell which page is the last one."""
    scripted.will(*[answers([{"uuid": "a"}, {"uuid": "b"}])] * 2)
    assert services.list_reward_receptions(scripted_piggy, limit=2, contact_uuid="c").has_more
    assert not services.list_reward_receptions(scripted_piggy, limit=3, contact_uuid="c").has_more

"""Calls about rewards: offering, taking, collecting, and taking back."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from piggyadmin.credits.types import CreditReception
from piggyadmin.custom_attributes.types import CustomAttribute
from piggyadmin.piggy.client import PiggyClient, path_value
from piggyadmin.piggy.types import Page, without_none
from piggyadmin.rewards.types import CollectableReward, Collection, Reward, RewardReception


def _path(reward_uuid: str) -> str:
    return f"rewards/{path_value(reward_uuid)}"


# --- Rewards ---------------------------------------------------------------------------------


def list_rewards(
    piggy: PiggyClient, *, shop_uuid: str | None = None, contact_uuid: str | None = None
) -> list[Reward]:
    """List rewards; with a contact only those that it may have now (docs).

    Raises:
        NotFound: no such shop (1008) or contact (55031).
    """
    params = without_none(shop_uuid=shop_uuid, contact_uuid=contact_uuid)
    return piggy.get("rewards", params=params).several(Reward)


def get_reward(piggy: PiggyClient, *, reward_uuid: str) -> Reward:
    """Get one reward.

    Raises:
        NotFound: there is none (6003).
    """
    return piggy.get(_path(reward_uuid)).one(Reward)


def update_reward(
    piggy: PiggyClient,
    *,
    reward_uuid: str,
    title: str | None = None,
    description: str | None = None,
    required_credits: int | None = None,
    custom_attributes: Mapping[str, Any] | None = None,
) -> Reward:
    """Change what is given; custom attributes stand beside the other keys (docs).

    Raises:
        NotFound: there is none (6003).
    """
    body = without_none(
        title=title,
        description=description,
        required_credits=required_credits,
        **(custom_attributes or {}),
    )
    return piggy.put(_path(reward_uuid), json=body).one(Reward)


def list_reward_attributes(
    piggy: PiggyClient, *, page: int = 1, limit: int = 30
) -> Page[CustomAttribute]:
    """List the attributes that rewards have, a page at a time (SDK)."""
    answer = piggy.get("reward-attributes", params={"page": page, "limit": limit})
    return answer.page(CustomAttribute, page=page, limit=limit)


def create_reward_attribute(
    piggy: PiggyClient,
    *,
    name: str,
    label: str,
    data_type: str,
    description: str | None = None,
    options: Sequence[Mapping[str, Any]] | None = None,
    placeholder: str | None = None,
) -> CustomAttribute:
    """Create an attribute of rewards, for good; here the type is called `type` (SDK).

    Raises:
        Rejected: the name is taken (60009, inferred).
    """
    body = without_none(
        name=name,
        label=label,
        type=data_type,
        description=description,
        options=options,
        placeholder=placeholder,
    )
    return piggy.post("reward-attributes", json=body).one(CustomAttribute)


# --- Taking one ------------------------------------------------------------------------------


def create_reward_reception(
    piggy: PiggyClient,
    *,
    contact_uuid: str,
    reward_uuid: str,
    shop_uuid: str,
    contact_identifier_value: str | None = None,
) -> RewardReception:
    """Spend a contact's credits on a reward. Never repeated by itself: a repeat spends again.

    Raises:
        NotFound: no such contact (55031), shop (1008) or reward (6003).
        Rejected: too few credits (1017), sold out (1018), had too often (1019), inactive (1052).
    """
    body = without_none(
        contact_uuid=contact_uuid,
        reward_uuid=reward_uuid,
        shop_uuid=shop_uuid,
        contact_identifier_value=contact_identifier_value,
    )
    return piggy.post("reward-receptions", json=body).one(RewardReception)


def list_reward_receptions(
    piggy: PiggyClient,
    *,
    contact_uuid: str,
    created_from: datetime | None = None,
    page: int = 1,
    limit: int = 30,
) -> Page[RewardReception]:
    """List the rewards that a contact took, reversed ones too; Piggy may give others' as well.

    Not all docs have the contact and `created_from`, so that an account may ignore them.
    """
    params = without_none(
        contact_uuid=contact_uuid,
        type="reward_receptions",
        page=page,
        limit=limit,
        **{"created_at[gte]": created_from},
    )
    answer = piggy.get("loyalty-transactions", params=params)
    return answer.page(RewardReception, page=page, limit=limit)


def reverse_reward_reception(piggy: PiggyClient, *, reward_reception_uuid: str) -> CreditReception:
    """Give the credits of a reward back, by a credit reception that is answered (docs).

    Raises:
        Rejected: there is none, or it was reversed before (1003).
    """
    path = f"reward-receptions/{path_value(reward_reception_uuid)}/reverse"
    return piggy.post(path).one(CreditReception)


# --- Collecting it ---------------------------------------------------------------------------


def list_collectable_rewards(piggy: PiggyClient, *, contact_uuid: str) -> list[CollectableReward]:
    """List what a contact has paid for, collected or not.

    Raises:
        NotFound: no such contact (55031).
    """
    params = {"contact_uuid": contact_uuid}
    return piggy.get("collectable-rewards", params=params).several(CollectableReward)


def collect_reward(piggy: PiggyClient, *, loyalty_transaction_uuid: str) -> Collection:
    """Note that a reward was handed over.

    Raises:
        NotFound: there is none (6003).
        Rejected: it is past its date (80300), or was collected before (1003, inferred).
    """
    path = f"collectable-rewards/collect/{path_value(loyalty_transaction_uuid)}"
    return piggy.put(path).one(Collection)


def reverse_collection(piggy: PiggyClient, *, loyalty_transaction_uuid: str) -> Collection:
    """Take back that a reward was handed over; it can be collected again (docs of 2026).

    The credits stay spent.

    Raises:
        NotFound: there is none (6003, inferred).
        Rejected: it was not collected (1003, inferred).
    """
    path = f"collectable-rewards/{path_value(loyalty_transaction_uuid)}/reverse"
    return piggy.post(path).one(Collection)

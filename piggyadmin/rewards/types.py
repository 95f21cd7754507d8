"""Rewards, and what contacts took of them, as Piggy answers them. Prices are in credits."""

from typing import Annotated, Any

from pydantic import AliasChoices, Field, model_validator

from piggyadmin.contacts.types import Contact, ContactIdentifier
from piggyadmin.ledger.snapshots import PERSONAL
from piggyadmin.piggy.types import Answer, Lenient, Moment, Text, Whole, YesNo
from piggyadmin.shops.types import Shop


class Reward(Answer):
    """What can be had for credits; `type` is PHYSICAL or DIGITAL (docs)."""

    essential = ("uuid",)

    uuid: Text = None
    title: Text = None
    description: Text = None
    type: Annotated[Text, Field(validation_alias=AliasChoices("reward_type", "type"))] = None
    is_active: Annotated[YesNo, Field(validation_alias=AliasChoices("is_active", "active"))] = None
    required_credits: Whole = None
    stock: Whole = None
    expiration_duration: Whole = None  # seconds


class CollectableReward(Answer):
    """A reward that was paid for, and is to be collected before it expires."""

    essential = ("uuid",)

    uuid: Text = None
    title: Text = None
    contact: Annotated[Contact | None, Lenient] = None
    created_at: Moment = None
    expires_at: Moment = None
    has_been_collected: YesNo = None
    reward: Annotated[Reward | None, Lenient] = None


class RewardReception(CollectableReward):
    """Credits, negative here, that were spent on a reward; a digital one brings a code (SDK).

    Whoever has the code can spend it, so that the ledger keeps it beside its chain alone.
    """

    type: Text = None
    credits: Whole = None
    shop: Annotated[Shop | None, Lenient] = None
    contact_identifier: Annotated[ContactIdentifier | None, Lenient] = None
    code: Annotated[Text, Field(repr=False), PERSONAL] = None

    @model_validator(mode="before")
    @classmethod
    def _flatten(cls, given: Any) -> Any:
        """Read a digital reward where a physical one stands, and its code beside it."""
        if not isinstance(given, dict) or "digital_reward" not in given:
            return given
        code = given.get("digital_reward_code")
        told = {"code": code.get("code") if isinstance(code, dict) else code}
        return {**told, "reward": given["digital_reward"], **given}


class Collection(Answer):
    """What became of a reward that was collected, or whose collecting was reversed.

    Older docs answer the whole reward with `has_been_collected`, later ones only a status.
    """

    essential = ("uuid",)

    uuid: Text = None
    status: Text = None
    has_been_collected: YesNo = None

    @property
    def is_collected(self) -> bool:
        """Whether it is collected now."""
        return self.status == "COLLECTED" or bool(self.has_been_collected)

"""Referrals, as Piggy answers them."""

from typing import Annotated, Any

from piggyadmin.contacts.types import Contact
from piggyadmin.piggy.types import Answer, Lenient, Text, Whole


class Referral(Answer):
    """One contact who brought another one; `status` is pending, completed or failed (docs)."""

    essential = ("uuid",)

    uuid: Text = None
    referring_contact: Annotated[Contact | None, Lenient] = None
    referred_contact: Annotated[Contact | None, Lenient] = None
    status: Text = None


class _Credits(Answer):
    credits: Whole = None


class Incentive(Answer):
    """What somebody has of a referral, or what completes one: its kind, and what belongs to it."""

    type: Text = None
    data: Annotated[dict[str, Any] | None, Lenient] = None

    @property
    def credits(self) -> int | None:
        """How many credits it is, where it is credits."""
        return _Credits.model_validate(self.data or {}).credits


class ReferralSettings(Answer):
    """When a referral is completed, how often for one contact, and what both have of it."""

    essential = ("completion_event",)

    completion_event: Annotated[Incentive | None, Lenient] = None
    limit_per_contact: Whole = None
    referred_contact_incentive: Annotated[Incentive | None, Lenient] = None
    referring_contact_incentive: Annotated[Incentive | None, Lenient] = None

"""Calls about referrals."""

from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.types import Page, without_none
from piggyadmin.referrals.types import Referral, ReferralSettings


def list_referrals(
    piggy: PiggyClient,
    *,
    referring_contact_uuid: str | None = None,
    status: str | None = None,
    page: int = 1,
    limit: int = 30,
) -> Page[Referral]:
    """List referrals, at most 100 a page; `status` is pending, completed or failed (docs)."""
    params = without_none(
        referring_contact_uuid=referring_contact_uuid, status=status, page=page, limit=limit
    )
    return piggy.get("referrals", params=params).page(Referral, page=page, limit=limit)


def get_referral_settings(piggy: PiggyClient) -> ReferralSettings:
    """Get when a referral is completed, and what is given for it (docs of 2026)."""
    return piggy.get("referrals/settings").one(ReferralSettings)

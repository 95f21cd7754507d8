"""Calls about referrals."""

from collections.abc import Iterable

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


def brought_by(referrals: Iterable[Referral], contact_uuid: str) -> list[Referral]:
    """Leave out those of others: Piggy need not heed whose were asked for (inferred)."""
    return [
        each
        for each in referrals
        if each.referring_contact is None or each.referring_contact.uuid in {None, contact_uuid}
    ]


def get_referral_settings(piggy: PiggyClient) -> ReferralSettings:
    """Get when a referral is completed, and what is given for it (docs of 2026)."""
    return piggy.get("referrals/settings").one(ReferralSettings)

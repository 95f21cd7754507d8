"""Until when certain pairs are merged by themselves: both people still have to be able to do it."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import APPROVE, RUN_IN_BULK, may_now
from piggyadmin.duplicates.merging.actions.merge_duplicates import MergeDuplicates
from piggyadmin.duplicates.models import StandingApproval

# For so long one approval holds.
GOOD_FOR = timedelta(days=30)
# So long before its end whoever may renew it is reminded.
REMIND_BEFORE = timedelta(days=5)
# What asking takes, and what approving takes besides.
TO_ASK = (MergeDuplicates().permission, RUN_IN_BULK)
TO_APPROVE = (*TO_ASK, APPROVE)


def why_over(standing: StandingApproval) -> str:
    """Say why an approval holds no longer; nothing where it does, or is still waited for."""
    standing.refresh_from_db()
    if standing.ended_at:
        return standing.ended_because
    if standing.expires_at and standing.expires_at <= timezone.now():
        return gettext("The approval to merge pairs by themselves ended after 30 days.")
    for pk, permissions in (
        (standing.asked_by_id, TO_ASK),
        (standing.approver_id, TO_APPROVE),
    ):
        person = User.objects.get(pk=pk)
        if not may_now(person, *permissions):
            words = gettext("%(person)s may not merge many pairs, or not any more.")
            return words % {"person": person.name}
    return ""

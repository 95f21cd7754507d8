"""The yes to the pairs that somebody looked through: by who asks, and by a second person if needed.

What nobody has seen is not merged: just the screens that were looked through are agreed to.
"""

from datetime import timedelta
from functools import partial
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import insist_on_permission
from piggyadmin.duplicates.certain import daily_rights, running
from piggyadmin.duplicates.certain.operations import MERGE_CERTAIN, PairsToMerge, asked
from piggyadmin.duplicates.models import (
    CertainPairState,
    CertainRun,
    CertainRunStatus,
    StandingApproval,
)
from piggyadmin.ledger import approvals, declining, hash_chain, outcomes, writes
from piggyadmin.ledger.models import Approval
from piggyadmin.ledger.operations import Refused
from piggyadmin.piggy.client import piggy_client
from piggyadmin.ui.codes import as_seen

Status = CertainRunStatus
# For so long what was checked can be begun: contacts change.
GOOD_FOR = timedelta(days=1)


def is_stale(run: CertainRun) -> bool:
    """Tell whether it is so long since the pairs were checked that they may be others by now."""
    return run.checked_at is None or run.checked_at < timezone.now() - GOOD_FOR


def plan_of(run: CertainRun) -> PairsToMerge:
    """Say which pairs a run would merge, as they were seen and left ticked."""
    ready = running.wanted_of(run).filter(state=CertainPairState.READY)
    rows = ready.values_list("position", "first", "second", "survivor", "agreement")
    listed = [list(row) for row in rows]
    return PairsToMerge(pairs=len(listed), digest=hash_chain.digest(listed))


def needs_second_person(run: CertainRun) -> bool:
    """Tell whether somebody else has to approve a run."""
    plan = plan_of(run)
    return approvals.needs_second_person(MERGE_CERTAIN, asked(run, plan), plan, person=run.person)


def confirm(run: CertainRun, *, person: User, reason: str, comment: str) -> None:
    """Begin a run, or ask a second person first.

    Raises:
        PermissionDenied: they may not do it, or not any more.
    """
    insist_on_permission(person, *running.PERMISSIONS)
    plan = plan_of(run)
    request = _request(run, plan, person=person, reason=reason, comment=comment)
    try:
        outcome = writes.carry_out(piggy_client(), request)
    except approvals.SecondPersonNeeded:
        _ask(run, plan, person=person, reason=reason, comment=comment)
    else:
        running.begin(outcome.entry)


def _request(
    run: CertainRun,
    plan: PairsToMerge,
    *,
    person: User,
    reason: str,
    comment: str,
    approve: partial[dict[str, object]] | None = None,
) -> writes.WriteRequest:
    return writes.WriteRequest(
        action=MERGE_CERTAIN,
        data=asked(run, plan),
        submission_key=run.key,
        preview=plan,
        person=person,
        reason=reason,
        comment=comment,
        approve=approve,
    )


def confirm_standing(run: CertainRun, standing: StandingApproval) -> None:
    """Begin a run by itself, by an approval that holds while the intent is committed.

    Raises:
        PermissionDenied: it holds no longer, or who asked may not do it any more.
    """
    request = _request(
        run,
        plan_of(run),
        person=standing.asked_by,
        reason=standing.reason,
        comment=standing.comment,
        approve=partial(_approved_by_standing, standing),
    )
    running.begin(writes.carry_out(piggy_client(), request).entry)


def _approved_by_standing(standing: StandingApproval) -> dict[str, object]:
    """Give what the ledger keeps of the approval, as long as it holds."""
    if words := daily_rights.why_over(standing):
        raise PermissionDenied(words)
    return {
        "approved_by": standing.approver_id,
        "approved_by_name": standing.approver.name,
        "asked_at": standing.asked_at,
        "approved_at": standing.approved_at,
        "note": gettext("Approved for 30 days."),
    }


# --- A second person -------------------------------------------------------------------------


def _ask(run: CertainRun, plan: PairsToMerge, *, person: User, reason: str, comment: str) -> None:
    approvals.ask(
        MERGE_CERTAIN,
        person=person,
        form_data={"reason": reason, "comment": comment},
        agreement=plan.digest,
        submission_key=run.key,
        data=hash_chain.plain(asked(run, plan)),
        subjects={},
        gives=None,
    )
    checked = CertainRun.objects.filter(pk=run.pk, status=Status.CHECKED)
    checked.update(status=Status.WAITING, reason=reason, comment=comment)


def approval_of(run: CertainRun) -> Approval | None:
    """Find what was asked of a second person about a run."""
    return Approval.objects.filter(submission_key=run.key).first()


def approve(run: CertainRun, approval: Approval, *, person: User, note: str) -> outcomes.Outcome:
    """Begin a run that somebody else asked for.

    Raises:
        PermissionDenied: it needs somebody else, or the one who asked may not do it any more.
        TooLate: somebody has decided already.
        Refused: it is not what was asked for any more, or that is too long ago.
    """
    insist_on_permission(person, *running.PERMISSIONS)
    plan = plan_of(run)
    if is_stale(run) or plan.digest != approval.agreement:
        raise Refused({})
    request = _request(
        run,
        plan,
        person=approval.asked_by,
        reason=run.reason,
        comment=run.comment,
        approve=partial(approvals.approve, approval, person=person, note=as_seen(note)),
    )
    outcome = writes.carry_out(piggy_client(), request)
    running.begin(outcome.entry)
    return outcome


def refuse(run: CertainRun, approval: Approval, *, person: User, note: str) -> None:
    """Decline what somebody asked for, or withdraw one's own: it can be asked for anew.

    Raises:
        PermissionDenied: nobody declines what they may not do themselves.
    """
    if declining.refuse(MERGE_CERTAIN, approval, person=person, note=note):
        waiting = CertainRun.objects.filter(pk=run.pk, status=Status.WAITING)
        waiting.update(status=Status.CHECKED, key=uuid4())

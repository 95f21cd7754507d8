"""Certain pairs that are merged by themselves: daily, up to a number, as two people agreed.

One person asks and names another one, who approves for 30 days. A worker then begins one run a day;
which day it is for stands in the run, once, so that neither two workers nor a clock that is put
back begin a second one. A run is carried as any other, and begins an entry of its own in the
ledger. As long as one waits for a person, no other one begins.
"""

from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import insist_on_permission, may
from piggyadmin.duplicates.certain import confirming, running
from piggyadmin.duplicates.certain.daily_rights import (
    GOOD_FOR,
    REMIND_BEFORE,
    TO_APPROVE,
    TO_ASK,
    why_over,
)
from piggyadmin.duplicates.certain.operations import MERGE_DAILY, DailyPreview
from piggyadmin.duplicates.certain.rules import find_rule
from piggyadmin.duplicates.models import (
    CertainPairState,
    CertainRun,
    CertainRunStatus,
    StandingApproval,
)
from piggyadmin.ledger import approvals, conflicts, declining, following, hash_chain, writes
from piggyadmin.ledger.models import HAPPENED, OPEN, Approval, Entry
from piggyadmin.ledger.operations import Progress
from piggyadmin.piggy.client import piggy_client
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.runs import start
from piggyadmin.ui.codes import as_seen

Status = CertainRunStatus
# Of a run that is so, no other one begins.
UNDER_WAY = (Status.CHECKING, Status.CHECKED, Status.RUNNING, Status.STOPPED)
# What of its runs ends with an approval; what has stopped waits for a person.
ENDED_TOO = (Status.CHECKING, Status.CHECKED, Status.RUNNING)
# So long after its end the desk still tells of it.
TOLD_FOR = timedelta(days=5)


def current() -> StandingApproval | None:
    """Give the one that holds, or is waited for; there is one at a time."""
    return StandingApproval.objects.filter(ended_at=None).first()


def approval_of(standing: StandingApproval) -> Approval | None:
    """Find what was asked of the named person."""
    return Approval.objects.filter(submission_key=standing.key).first()


def is_ending(standing: StandingApproval) -> bool:
    """Tell whether it ends soon, so that whoever wants it to go on asks anew."""
    return bool(standing.expires_at and standing.expires_at <= timezone.now() + REMIND_BEFORE)


# --- Asking, approving -----------------------------------------------------------------------


def ask(*, person: User, approver: User, **what: Any) -> StandingApproval | None:
    """Ask another person to approve it; None where somebody else was faster.

    `what` is its `rule`, its `most_per_day`, and why: `reason` and `comment`.

    Raises:
        PermissionDenied: one of the two may not do it.
    """
    insist_on_permission(person, *TO_ASK)
    insist_on_permission(approver, *TO_APPROVE)
    try:
        with transaction.atomic():
            standing = StandingApproval.objects.create(
                asked_by=person, approver=approver, language=translation.get_language(), **what
            )
            approvals.ask(
                MERGE_DAILY,
                person=person,
                form_data={"reason": standing.reason, "comment": standing.comment},
                agreement=hash_chain.digest(_asked(standing)),
                submission_key=standing.key,
                data=_asked(standing),
                subjects={},
                gives=None,
            )
    except IntegrityError:
        return None
    return standing


def _asked(standing: StandingApproval) -> dict[str, Any]:
    return {
        "standing": standing.pk,
        "rule": str(find_rule(standing.rule).words),
        "most_per_day": standing.most_per_day,
        "approver": standing.approver.name,
    }


def objection(standing: StandingApproval, person: User) -> str:
    """Say why somebody cannot approve it; nothing where they can."""
    if person.pk != standing.approver_id:
        words = gettext("Only %(person)s was named to approve this.")
        return words % {"person": standing.approver.name}
    approval = approval_of(standing)
    return approvals.objection(approval, person) if approval else ""


def approve(standing: StandingApproval, approval: Approval, *, person: User, note: str) -> None:
    """Let it begin.

    Raises:
        PermissionDenied: it is not who was named, or they may not, or one person has both in hand.
        TooLate: somebody has decided already.
    """
    insist_on_permission(person, *TO_APPROVE)
    insist_on_permission(standing.asked_by, *TO_ASK)
    if words := objection(standing, person):
        raise PermissionDenied(words)
    request = writes.WriteRequest(
        action=MERGE_DAILY,
        data=approval.data,
        submission_key=standing.key,
        preview=DailyPreview(most_per_day=standing.most_per_day),
        person=standing.asked_by,
        reason=standing.reason,
        comment=standing.comment,
        approve=partial(approvals.approve, approval, person=person, note=as_seen(note)),
    )
    begin(writes.carry_out(piggy_client(), request).entry)


def begin(entry: Entry) -> None:
    """Have an approval hold from when its entry was made; once."""
    asked = StandingApproval.objects.filter(
        key=entry.submission_key, approved_at=None, ended_at=None
    )
    asked.update(approved_at=entry.created_at, expires_at=entry.created_at + GOOD_FOR)


def end(standing: StandingApproval, words: str) -> None:
    """End it at once: what is under way at Piggy goes on, no other merge begins."""
    holding = StandingApproval.objects.filter(pk=standing.pk, ended_at=None)
    if holding.update(ended_at=timezone.now(), ended_because=words):
        for run in standing.runs.filter(status__in=ENDED_TOO):
            running.end_early(run)
        if entry := _entry_of(standing):
            following.follow_up(entry, Progress(finished=True, words=words))


def _entry_of(standing: StandingApproval) -> Entry | None:
    """Find the entry of an approval that was given."""
    entry = Entry.objects.filter(submission_key=standing.key).first()
    return entry if entry and entry.state in HAPPENED else None


def stop(standing: StandingApproval, *, person: User, note: str = "") -> None:
    """Have somebody end it, or decline or withdraw what was asked.

    Raises:
        PermissionDenied: they may not do it themselves.
    """
    insist_on_permission(person, *TO_ASK)
    approval = approval_of(standing)
    if approval and not standing.approved_at:
        declining.refuse(MERGE_DAILY, approval, person=person, note=note)
    end(standing, gettext("%(person)s stopped it.") % {"person": person.name})


# --- By themselves ---------------------------------------------------------------------------


def keep() -> None:
    """End what is over, and let the run of today begin or go on."""
    standing = current()
    if standing is None:
        return
    with translation.override(standing.language):
        if words := why_over(standing):
            end(standing, words)
        elif standing.approved_at:
            _go_on(standing)
        elif entry := _entry_of(standing):  # who was at it died before it held
            begin(entry)


def _go_on(standing: StandingApproval) -> None:
    run = standing.runs.filter(status__in=UNDER_WAY).first()
    if run is None:
        _begin_today(standing)
    elif run.status == Status.CHECKING:
        _see_checked(run)
    elif run.status == Status.CHECKED:
        _begin_run(standing, run)


def _begin_today(standing: StandingApproval) -> None:
    """Have the pairs of today chosen, once a day, whatever the clock says later."""
    today = timezone.localdate()
    if standing.runs.filter(day__gte=today).exists():
        return
    try:
        with transaction.atomic():
            run = CertainRun.objects.create(
                rule=standing.rule,
                person=standing.asked_by,
                person_name=standing.asked_by.name,
                language=standing.language,
                standing=standing,
                day=today,
            )
            start(running.CHECKER, key=str(run.pk), payload={"certain": run.pk}, by=None)
    except IntegrityError:  # another worker was faster
        return


def _see_checked(run: CertainRun) -> None:
    """Give up a run whose pairs could not be looked at; tomorrow there is another one."""
    work = Run.objects.filter(name=running.CHECKER, key=str(run.pk)).order_by("-pk").first()
    if work and work.state in {RunState.FAILED, RunState.CANCELLED}:
        running.end_early(run)


def _begin_run(standing: StandingApproval, run: CertainRun) -> None:
    """Have the pairs that were found merged; without any there is nothing to tell of."""
    entry = running.entry_of(run)
    if not running.wanted_of(run).exists() or confirming.is_stale(run):
        running.end_early(run)
    elif entry and entry.state in HAPPENED:
        running.begin(entry)
    elif entry is None:
        try:
            confirming.confirm_standing(run, standing)
        except conflicts.NOT_BEGUN:
            running.end_early(run)
    elif entry.state not in OPEN:  # who was at it died before it was done: nothing was sent
        running.end_early(run)


# --- Telling ---------------------------------------------------------------------------------


class Report(NamedTuple):
    """What the desk tells: how the last run went, and whether the approval ends soon."""

    run: CertainRun | None
    merged: int
    standing: StandingApproval
    is_ending: bool


def told_to(person: User) -> Report | None:
    """Report the last run of the approval that there is or was last; nothing to who may not."""
    standing = StandingApproval.objects.first() if may(person, *TO_ASK) else None
    if standing is None or (standing.ended_at and standing.ended_at < timezone.now() - TOLD_FOR):
        return None
    run = standing.runs.first()
    merged = run.pairs.filter(state=CertainPairState.MERGED).count() if run else 0
    return Report(run, merged, standing, not standing.ended_at and is_ending(standing))

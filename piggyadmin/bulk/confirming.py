"""The yes to a checked run: by who asks, and by a second person where one is needed."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.bulk import running
from piggyadmin.bulk.models import BulkRowState, BulkRun, BulkRunStatus
from piggyadmin.bulk.operations import RUN_IN_BULK, RowsToDo, asked
from piggyadmin.bulk.totals import REPEATS
from piggyadmin.ledger import approvals, declining, hash_chain, outcomes, writes
from piggyadmin.ledger.models import Approval, ApprovalStatus
from piggyadmin.ledger.operations import Refused
from piggyadmin.piggy.client import piggy_client
from piggyadmin.ui.codes import as_seen

Status = BulkRunStatus
# For so long what was checked can be begun: contacts and rules may change.
GOOD_FOR = timedelta(days=1)


def is_stale(run: BulkRun) -> bool:
    """Tell whether it is so long since the rows were checked that they may be others by now."""
    return run.checked_at is None or run.checked_at < timezone.now() - GOOD_FOR


def objection_to(run: BulkRun, *, includes_repeats: bool) -> str:
    """Say what keeps all rows from being done together; nothing where they can be."""
    name = "objection_with_repeats" if includes_repeats else "objection"
    return str(run.totals.get(name, ""))


def plan_of(run: BulkRun, *, includes_repeats: bool) -> RowsToDo:
    """Say what a run would do, as its rows were checked."""
    counts, totals = run.totals["counts"], run.totals
    repeats = sum(counts.get(state, 0) for state in REPEATS) if includes_repeats else 0
    return RowsToDo(
        action=run.action,
        check_number=run.check_number,
        rows=counts.get(BulkRowState.READY, 0) + repeats,
        repeats=repeats,
        gives=totals["gives_with_repeats" if includes_repeats else "gives"],
        wants_second_person=totals["wants_second_person"],
    )


def needs_second_person(run: BulkRun, *, person: User, includes_repeats: bool) -> bool:
    """Tell whether somebody else has to approve a run that this person wants."""
    plan = plan_of(run, includes_repeats=includes_repeats)
    return approvals.needs_second_person(RUN_IN_BULK, asked(run, plan.rows), plan, person=person)


def confirm(
    run: BulkRun, *, person: User, reason: str, comment: str, includes_repeats: bool
) -> None:
    """Begin a checked run, or ask a second person first.

    Raises:
        PermissionDenied: they may not do it, or not any more.
    """
    plan = plan_of(run, includes_repeats=includes_repeats)
    request = _request(run, plan, person=person, reason=reason, comment=comment)
    try:
        outcome = writes.carry_out(piggy_client(), request)
    except approvals.SecondPersonNeeded:
        _ask(run, plan, person=person, reason=reason, comment=comment)
    else:
        running.begin(outcome.entry)


def _request(run: BulkRun, plan: RowsToDo, **more: Any) -> writes.WriteRequest:
    return writes.WriteRequest(
        action=RUN_IN_BULK,
        data=asked(run, plan.rows),
        submission_key=run.key,
        preview=plan,
        **more,
    )


# --- A second person -------------------------------------------------------------------------


def _ask(run: BulkRun, plan: RowsToDo, *, person: User, reason: str, comment: str) -> None:
    approval = approvals.ask(
        RUN_IN_BULK,
        person=person,
        form_data={"reason": reason, "comment": comment},
        agreement=hash_chain.digest(hash_chain.plain(plan.decisive())),
        submission_key=run.key,
        data=hash_chain.plain(asked(run, plan.rows)),
        subjects={},
        gives=plan.gives,
    )
    if approval.status != ApprovalStatus.WAITING:
        return
    # Whoever was first has it wait for what they chose.
    checked = BulkRun.objects.filter(pk=run.pk, key=run.key, status=Status.CHECKED)
    checked.update(
        status=Status.WAITING,
        reason=reason,
        comment=comment,
        person=person,
        person_name=person.name,
        includes_repeats=plan.repeats > 0,
    )


def approval_of(run: BulkRun) -> Approval | None:
    """Find what was asked of a second person about a run."""
    return Approval.objects.filter(submission_key=run.key).first()


def approve(run: BulkRun, approval: Approval, *, person: User, note: str) -> outcomes.Outcome:
    """Begin a run that somebody else asked for.

    Raises:
        PermissionDenied: it needs somebody else, or the one who asked may not do it any more.
        TooLate: somebody has decided already.
        Refused: it is not what was asked for any more, or that is too long ago.
    """
    plan = plan_of(run, includes_repeats=run.includes_repeats)
    if is_stale(run) or hash_chain.digest(hash_chain.plain(plan.decisive())) != approval.agreement:
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


def refuse(run: BulkRun, approval: Approval, *, person: User, note: str) -> None:
    """Decline what somebody asked for, or withdraw one's own: it can be asked for anew.

    Raises:
        PermissionDenied: nobody declines what they may not do themselves.
    """
    if declining.refuse(RUN_IN_BULK, approval, person=person, note=note):
        waiting = BulkRun.objects.filter(pk=run.pk, status=Status.WAITING)
        waiting.update(status=Status.CHECKED, key=uuid4())

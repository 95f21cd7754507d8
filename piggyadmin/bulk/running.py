"""Bulk runs: rows done side by side, over pauses and crashes, never a row twice and none lost.

A run that writes is made of the ledger's entry of `in-bulk`, and each row is an entry of its own
whose key follows from the run and the row. So whatever dies, whoever goes on finds by the keys what
was asked for, and what the ledger says of it is what became of the row.

A run is somebody's: of who asked for it, or of who took it up last. Before each part of it, and by
the ledger before each row, it is looked up whether they still may. Where they may not, it stops.

What Piggy cannot take on just then is tried anew later; what only nobody found at Piggy is not, as
it may still come late: a person says whether it is asked for once more.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import RUN_IN_BULK, insist_on_permission, may_now
from piggyadmin.actions.registry import get_action
from piggyadmin.bulk import checking
from piggyadmin.bulk.lanes import HeldUp, Lanes, Outcomes, Stopped
from piggyadmin.bulk.models import (
    LEFT,
    BulkPiece,
    BulkRow,
    BulkRowState,
    BulkRun,
    BulkRunStatus,
    counts_of,
)
from piggyadmin.bulk.totals import REPEATS
from piggyadmin.ledger import approvals, entries, following, reconciliation, recovery
from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Progress
from piggyadmin.ledger.tasks import SETTLE_PAUSES, pause_after
from piggyadmin.piggy.client import piggy_client
from piggyadmin.piggy.errors import PASSING, PiggyError, Unauthorized
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.runs import RetryLater, start
from piggyadmin.ui.templatetags.ui import number

# The background runs that check and that carry a bulk run.
CHECKER, CARRIER = "bulk-check", "bulk-run"
# Pauses in seconds before Piggy is asked again that could not take something on.
HELD_UP_SECONDS = 15.0
# Somebody else is, or was, at work on rows: look again after so many seconds.
LOOK_AGAIN_SECONDS = 2.0
# So many of what is unknown are looked for at a time.
SETTLED_AT_ONCE = 50
Status, State = BulkRunStatus, BulkRowState
# Rows that are left out, whatever happens.
NEVER_DONE = (State.FAULTY, State.REPEATED, State.DONE_BEFORE)


# --- Checking --------------------------------------------------------------------------------


def start_check(run: BulkRun, *, by: User) -> None:
    """Have the rows of a run checked, in the background."""
    checking.reset(run)
    changes = {"status": Status.CHECKING, "trouble": "", "totals": {}}
    BulkRun.objects.filter(pk=run.pk).update(check_number=F("check_number") + 1, **changes)
    start(CHECKER, key=str(run.pk), payload={"bulk": run.pk}, by=by)


def forget_check(run: BulkRun) -> None:
    """Go back to the columns of a run that nobody has confirmed."""
    unconfirmed = BulkRun.objects.filter(pk=run.pk, status__in=(Status.CHECKING, Status.CHECKED))
    if unconfirmed.update(status=Status.DRAFT, trouble="", totals={}):
        checking.reset(run)


def carry_check(work: Run) -> None:
    """Check the rows of a run.

    Raises:
        RetryLater: Piggy cannot be asked now.
    """
    run = BulkRun.objects.get(pk=work.payload["bulk"])
    if run.status != Status.CHECKING:
        return
    with translation.override(run.language):
        try:
            checking.check(work, run)
        except PASSING as error:
            raise RetryLater(_hold_up(run, error)) from None


def _hold_up(run: BulkRun, error: PiggyError) -> float:
    """Say why a run does not go on, and when it does; gives the seconds until then."""
    seconds = max(HELD_UP_SECONDS, error.retry_after or 0)
    at = timezone.now() + timedelta(seconds=seconds)
    BulkRun.objects.filter(pk=run.pk).update(trouble=str(error.message), goes_on_at=at)
    return seconds


# --- Beginning -------------------------------------------------------------------------------


def begin(entry: Entry) -> BulkRun | None:
    """Have the run carried that an entry asks for; gives it as it is, or None where it is gone."""
    run = BulkRun.objects.filter(key=entry.submission_key).first()
    if run is None:
        return None
    _set_going(
        run,
        reason=entry.reason,
        comment=entry.comment,
        person=entry.person_id,
        person_name=entry.person_name,
        # As the ledger has it, whatever somebody pressed beside that.
        includes_repeats=bool(entry.preview and entry.preview["repeats"]),
    )
    approvals.withdraw_sent(run.key)
    if run.status == Status.RUNNING:
        _have_carried(run)
    return run


def begin_look_ups(run: BulkRun, *, by: User) -> None:
    """Have a run of look-ups carried, which needs no entry as it changes nothing."""
    _set_going(run)
    _have_carried(run, by=by)


def _set_going(run: BulkRun, **told: Any) -> None:
    """Make a run go, once; the file is of no more use then."""
    ready = BulkRun.objects.filter(pk=run.pk, status__in=(Status.CHECKED, Status.WAITING))
    with transaction.atomic():
        if ready.update(status=Status.RUNNING, begun_at=timezone.now(), **told):
            BulkPiece.objects.filter(run=run).delete()
            run.refresh_from_db()
            repeats = run.rows.filter(state__in=REPEATS if run.includes_repeats else ())
            repeats.update(state=State.READY, words="")
    run.refresh_from_db()


def _have_carried(run: BulkRun, by: User | None = None) -> None:
    """Have a worker carry it, unless somebody has cancelled that, or it failed for good."""
    if by is None:
        notice_failure(run)
    if run.status != Status.RUNNING:
        return
    start(CARRIER, key=str(run.pk), payload={"bulk": run.pk}, by=by)


def keep_going() -> None:
    """Have all runs carried that are to go on, whatever became of what carried them."""
    for run in BulkRun.objects.filter(status__in=(Status.CHECKING, Status.RUNNING)):
        with translation.override(run.language):
            notice_failure(run)
        name = {Status.CHECKING: CHECKER, Status.RUNNING: CARRIER}.get(Status(run.status))
        if name:
            start(name, key=str(run.pk), payload={"bulk": run.pk})


def notice_failure(run: BulkRun) -> None:
    """Say of a run whose background work was given up that it goes no further."""
    name = {Status.CHECKING: CHECKER, Status.RUNNING: CARRIER}.get(Status(run.status))
    last = Run.objects.filter(name=name or "", key=str(run.pk)).order_by("-pk").first()
    if last is None or last.state not in {RunState.FAILED, RunState.CANCELLED}:
        return
    words = gettext("Its background work was cancelled, or failed: %(error)s")
    told = words % {"error": last.last_error or last.get_state_display()}
    if run.status == Status.RUNNING:
        stop(run, told)
    else:
        BulkRun.objects.filter(pk=run.pk).update(status=Status.DRAFT, trouble=told)
        checking.reset(run)
    run.refresh_from_db()


def entry_of(run: BulkRun) -> Entry | None:
    """Find the entry of the ledger that a run was made of; a run of look-ups has none."""
    return Entry.objects.filter(submission_key=run.key).first()


# --- Carrying --------------------------------------------------------------------------------


def carry(work: Run) -> None:
    """Carry a run as far as it goes.

    Raises:
        RetryLater: something has to be waited for.
    """
    run = BulkRun.objects.get(pk=work.payload["bulk"])
    with translation.override(run.language):
        try:
            _carry(work, run)
        except Stopped as stopped:
            stop(run, stopped.words)
        except HeldUp as held:
            if isinstance(held.error, Unauthorized):
                _pause(run, str(held.error.message))
            else:
                raise RetryLater(_hold_up(run, held.error)) from None


def _carry(work: Run, run: BulkRun) -> None:
    lanes = Lanes(run, person_of(run), piggy_client(), work.should_stop)
    if run.trouble and run.status == Status.RUNNING:
        BulkRun.objects.filter(pk=run.pk).update(trouble="", goes_on_at=None)
    total = run.rows.exclude(state__in=NEVER_DONE).count()
    while is_wanted(run) and (rows := lanes.next_rows()):
        _insist_on_rights(run, lanes.person)
        outcomes = lanes.carry(rows)
        _tell_progress(work, run, total)
        _go_on(outcomes)
    if is_wanted(run):
        _wait_for_others(lanes)
        _settle(run, lambda: _tell_progress(work, run, total))
        if run.rows.filter(state=State.READY).exists():
            raise RetryLater(0)
        finish(run)


def _tell_progress(work: Run, run: BulkRun, total: int) -> None:
    """Say how far it is, which shows as well that whoever is at it lives."""
    left = run.rows.filter(state__in=LEFT).count()
    work.heartbeat(progress=total - left, of=total)


def _go_on(outcomes: Outcomes) -> None:
    """Go on, unless something was in the way of some row.

    Raises:
        HeldUp: Piggy could not take it on.
        Stopped: whose run it is may not do it any more.
    """
    if outcomes.stopped:
        raise outcomes.stopped
    if outcomes.held_up:
        raise outcomes.held_up


def is_wanted(run: BulkRun) -> bool:
    """Tell whether a run is to go on, whatever was read of it before."""
    return BulkRun.objects.filter(pk=run.pk, status=Status.RUNNING).exists()


def person_of(run: BulkRun) -> User:
    """Give the person in whose name the rows are done."""
    entry = entry_of(run)
    return following.answers_for(entry) if entry else run.person


def _insist_on_rights(run: BulkRun, person: User) -> None:
    """Stop where whose run it is may not do it, or not any more.

    Raises:
        Stopped: it says who.
    """
    action = get_action(run.action)
    if not may_now(person, RUN_IN_BULK, action.permission):
        words = gettext(
            "%(person)s may not do “%(action)s” with many rows, or not any more, so nothing more "
            "was sent. Whoever may do it can take it up, and does the rest in their own name."
        )
        raise Stopped(words % {"person": person.name, "action": action.label})


def _wait_for_others(lanes: Lanes) -> None:
    """Come back for rows that another process is at, or was at when it died.

    Raises:
        RetryLater: there are some.
    """
    if lanes.left_to_others:
        recovery.recover()
        raise RetryLater(LOOK_AGAIN_SECONDS)


def _settle(run: BulkRun, tell: Callable[[], None]) -> None:
    """Find out what became of the rows whose answer was lost, and tell of each that was looked for.

    Raises:
        RetryLater: of some nobody can tell yet.
    """
    unknown = list(run.rows.filter(state=State.UNKNOWN).order_by("position")[:SETTLED_AT_ONCE])
    if not unknown:
        return
    piggy = piggy_client()
    open_entries = []
    for row in unknown:
        if entry := _settled(piggy, run, row):
            open_entries.append(entry)
        tell()
    young = [entry for entry in open_entries if _is_young(entry)]
    if young:
        raise RetryLater(min(pause_after(SETTLE_PAUSES, entry) for entry in young))
    if not open_entries:
        raise RetryLater(0)  # there may be more of them


def _settled(piggy: Any, run: BulkRun, row: BulkRow) -> Entry | None:
    """Look for a row at Piggy; gives its entry where that has told nothing."""
    entry = Entry.objects.get(submission_key=row.submission_key(run))
    if reconciliation.is_searched(entry):
        reconciliation.settle(piggy, entry)
        entry = entries.reread(entry)
    Lanes(run, run.person, piggy, lambda: False).judge(row, entry)
    row.save()
    return entry if row.state == State.UNKNOWN else None


def _is_young(entry: Entry) -> bool:
    age = timezone.now() - entry.created_at
    return bool(age.total_seconds() < settings.LEDGER_FOLLOW_SECONDS)


# --- Ending, pausing, going on ---------------------------------------------------------------


def progress_of(run: BulkRun) -> Progress:
    """Say how far a run is."""
    if run.status in {Status.RUNNING, Status.PAUSED}:
        words = gettext("%(left)s rows are left.")
        left = run.rows.filter(state__in=LEFT).count()
        return Progress(finished=False, words=words % {"left": number(left)})
    if run.status == Status.STOPPED:
        return Progress(finished=True, as_expected=False, words=run.trouble)
    return Progress(finished=True, words=in_words(run))


def in_words(run: BulkRun) -> str:
    """Say what became of the rows of a run that has ended."""
    counts = counts_of(run)
    done = counts.pop(State.DONE, 0)
    words = ngettext("%(done)s row was done.", "%(done)s rows were done.", done)
    told = [words % {"done": number(done)}]
    if rest := sum(counts.values()):
        words = ngettext("%(rest)s row was not.", "%(rest)s rows were not.", rest)
        told.append(words % {"rest": number(rest)})
    return " ".join(told)


def finish(run: BulkRun) -> None:
    """End a run of which nothing is left to be done."""
    _end(run, Status.DONE)


def stop(run: BulkRun, words: str) -> None:
    """Stop a run until somebody who may takes it up; its entry stands on the desk till then."""
    _end(run, Status.STOPPED, trouble=words)


def cancel(run: BulkRun) -> None:
    """End a run before its end: what is done stays done, the rest is not sent."""
    going = (Status.RUNNING, Status.PAUSED, Status.STOPPED)
    _end(run, Status.CANCELLED, after=going, trouble="")


def _end(
    run: BulkRun,
    status: BulkRunStatus,
    *,
    after: tuple[BulkRunStatus, ...] = (Status.RUNNING,),
    **values: Any,
) -> None:
    going = BulkRun.objects.filter(pk=run.pk, status__in=after)
    is_over = {"finished_at": timezone.now()} if status != Status.STOPPED else {}
    if not going.update(status=status, goes_on_at=None, **is_over, **values):
        return
    run.refresh_from_db()
    if entry := entry_of(run):
        following.follow_up(entry, progress_of(run))


def pause(run: BulkRun, *, by: User) -> None:
    """Have a run do nothing until somebody resumes it."""
    words = gettext("%(person)s has paused it.")
    _pause(run, words % {"person": by.name})


def _pause(run: BulkRun, words: str) -> None:
    going = BulkRun.objects.filter(pk=run.pk, status=Status.RUNNING)
    going.update(status=Status.PAUSED, trouble=words, goes_on_at=None)


def resume(run: BulkRun, *, by: User) -> None:
    """Let a paused run go on; a stopped one is taken up by whoever lets it go on.

    Raises:
        PermissionDenied: they may not do what is left.
    """
    insist_on_permission(by, RUN_IN_BULK, get_action(run.action).permission)
    entry = entry_of(run)
    if entry and run.status == Status.STOPPED:
        following.resume(entry, person=by, comment=gettext("Taken up."))
    elif run.status == Status.STOPPED:
        BulkRun.objects.filter(pk=run.pk).update(person=by, person_name=by.name)
    halted = BulkRun.objects.filter(pk=run.pk, status__in=(Status.PAUSED, Status.STOPPED))
    if halted.update(status=Status.RUNNING, trouble="", goes_on_at=None):
        run.refresh_from_db()
        _have_carried(run, by=by)


def ask_anew(run: BulkRun, *, by: User) -> None:
    """Have the rows done once more that were found not to be, on the word of who has looked.

    Raises:
        PermissionDenied: they may not do it.
    """
    insist_on_permission(by, RUN_IN_BULK, get_action(run.action).permission)
    not_done = run.rows.filter(state=State.NOT_DONE)
    over = BulkRun.objects.filter(pk=run.pk, status=Status.DONE)
    with transaction.atomic():
        if not over.update(status=Status.RUNNING, finished_at=None):
            return
        not_done.update(state=State.READY, words="", attempts=F("attempts") + 1, ended_at=None)
    run.refresh_from_db()
    _have_carried(run, by=by)


def rate_of(run: BulkRun) -> float:
    """Give how many rows were done a second, lately."""
    now = timezone.now()
    since = max(run.begun_at or now, now - timedelta(seconds=60))
    seconds = (now - since).total_seconds()
    done = run.rows.filter(ended_at__gte=since).count()
    return done / seconds if seconds >= 1 else 0.0

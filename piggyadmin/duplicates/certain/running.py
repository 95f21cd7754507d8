"""Runs of certain pairs: merged one after another, over crashes, until the first surprise.

A run is made of the ledger's entry of `merge-certain-pairs`. Each pair is a step of it: an entry of
`merge-duplicates` whose key follows from the run and the pair, and whose merge run carries and
verifies it as it does any other. The first pair goes alone; once that is seen to its end, a few are
under way at a time. As soon as one stops, no other one begins until somebody has settled that merge
on its own page and takes the run up.

Right before it begins, each pair is looked at anew. What has changed since somebody said yes, or
was decided by somebody else, is left out.
"""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import RUN_IN_BULK, insist_on_permission, may_now
from piggyadmin.actions.registry import get_action
from piggyadmin.duplicates.certain import checking, daily_rights
from piggyadmin.duplicates.certain.rules import CertainRule
from piggyadmin.duplicates.merging import runs as merging
from piggyadmin.duplicates.merging.actions.merge_duplicates import MergeDuplicates
from piggyadmin.duplicates.models import (
    CertainPair,
    CertainPairState,
    CertainRun,
    CertainRunStatus,
    MergeRun,
    Pair,
)
from piggyadmin.duplicates.review import decisions, queue
from piggyadmin.ledger import conflicts, following, recovery, steps
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.ledger.operations import Progress
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.runs import RetryLater, start
from piggyadmin.ui.templatetags.ui import number

# The background runs that check and that carry a run.
CHECKER, CARRIER = "certain-check", "certain-run"
# So many merges are under way at a time, once the first one was seen to its end.
AT_ONCE = 5
# Merges that are under way are looked at after so many seconds.
LOOK_AGAIN_SECONDS = 2.0
Status, State = CertainRunStatus, CertainPairState
# Who merges many needs this besides being allowed to merge.
PERMISSIONS = (MergeDuplicates().permission, RUN_IN_BULK)


# --- Checking --------------------------------------------------------------------------------


def start_check(rule: CertainRule, *, by: User, among: Sequence[int] = ()) -> CertainRun:
    """Make a run, and have its pairs chosen and looked at in the background.

    They are chosen among all pairs of the queue, or those with these numbers.
    """
    run = CertainRun.objects.create(
        rule=rule.slug,
        among=list(among),
        person=by,
        person_name=by.name,
        language=translation.get_language(),
    )
    start(CHECKER, key=str(run.pk), payload={"certain": run.pk}, by=by)
    return run


def carry_check(work: Run) -> None:
    """Check the pairs of a run."""
    run = CertainRun.objects.get(pk=work.payload["certain"])
    if run.status == Status.CHECKING:
        with translation.override(run.language):
            checking.check(work, run)


# --- Beginning -------------------------------------------------------------------------------


def begin(entry: Entry) -> CertainRun:
    """Have the run carried that an entry asks for; gives it as it is."""
    run = CertainRun.objects.get(key=entry.submission_key)
    ready = CertainRun.objects.filter(pk=run.pk, status__in=(Status.CHECKED, Status.WAITING))
    ready.update(status=Status.RUNNING, reason=entry.reason, comment=entry.comment)
    run.refresh_from_db()
    if run.status == Status.RUNNING:
        have_carried(run)
    return run


def have_carried(run: CertainRun, by: User | None = None) -> None:
    """Have a worker carry it, unless somebody has cancelled that, or it failed for good."""
    last = Run.objects.filter(name=CARRIER, key=str(run.pk)).order_by("-pk").first()
    if by is None and last and last.state in {RunState.FAILED, RunState.CANCELLED}:
        words = gettext("Its background work was cancelled, or failed: %(error)s")
        stop(run, words % {"error": last.last_error or last.get_state_display()})
        return
    start(CARRIER, key=str(run.pk), payload={"certain": run.pk}, by=by)


def keep_going() -> None:
    """Have all runs carried that are to go on, whatever became of what carried them."""
    for run in CertainRun.objects.filter(status=Status.RUNNING):
        with translation.override(run.language):
            have_carried(run)


def entry_of(run: CertainRun) -> Entry | None:
    """Find the entry of the ledger that a run was made of."""
    return Entry.objects.filter(submission_key=run.key).first()


# --- Carrying --------------------------------------------------------------------------------


def carry(work: Run) -> None:
    """Carry a run as far as it goes.

    Raises:
        RetryLater: merges are under way.
    """
    run = CertainRun.objects.get(pk=work.payload["certain"])
    if run.status != Status.RUNNING:
        return
    with translation.override(run.language):
        try:
            _carry(work, run, Entry.objects.get(submission_key=run.key))
        except merging.Surprise as surprise:
            stop(run, surprise.words)


def _carry(work: Run, run: CertainRun, whole: Entry) -> None:
    note_ends(run)
    _insist_on_no_surprise(run)
    wanted, total = wanted_of(run), wanted_of(run).count()
    left = wanted.filter(state=State.READY)
    for row in left[: _room(run)]:
        work.heartbeat(progress=total - left.count(), of=total)
        if not CertainRun.objects.filter(pk=run.pk, status=Status.RUNNING).exists():
            return
        _insist_on_rights(whole)
        _insist_on_standing(run, whole)
        _begin_pair(piggy_client(), row, whole)
    if wanted.filter(state__in=(State.READY, State.MERGING)).exists():
        raise RetryLater(LOOK_AGAIN_SECONDS)
    _end(run, Status.DONE, finished_at=timezone.now())


def wanted_of(run: CertainRun) -> Any:
    """Select the pairs that were agreed to: those that somebody saw and left ticked.

    A run that began by itself is about all that were found to be without a conflict.
    """
    if run.standing_id:
        return run.pairs.exclude(state__in=(State.UNCHECKED, State.LEFT_OUT))
    return run.pairs.filter(is_seen=True, is_wanted=True)


def _room(run: CertainRun) -> int:
    """Say how many merges may begin now; as long as none has ended well, one at a time."""
    under_way = run.pairs.filter(state=State.MERGING).count()
    most = AT_ONCE if run.pairs.filter(state=State.MERGED).exists() else 1
    return max(most - under_way, 0)


def _insist_on_rights(whole: Entry) -> None:
    """Stop where whose run it is may not do it, or not any more.

    Raises:
        Surprise: it says who.
    """
    person = following.answers_for(whole)
    if not may_now(person, *PERMISSIONS):
        words = gettext(
            "%(person)s may not merge many pairs, or not any more, so nothing more was sent. "
            "Whoever may do it can take it up, and does the rest in their own name."
        )
        raise merging.Surprise(words % {"person": person.name})


def _insist_on_standing(run: CertainRun, whole: Entry) -> None:
    """Stop a run that began by itself once that is not approved any more; others may take it up.

    Raises:
        Surprise: it says why.
    """
    standing = run.standing
    is_askers = standing and following.answers_for(whole).pk == standing.asked_by_id
    if standing and is_askers and (words := daily_rights.why_over(standing)):
        raise merging.Surprise(words)


def _begin_pair(piggy: PiggyClient, row: CertainPair, whole: Entry) -> None:
    """Have a pair merged, once, unless it is not what somebody agreed to any more."""
    entry = steps.find_step(whole, str(row.position))
    if entry is None:
        if words := _changed_since(row, following.answers_for(whole)):
            return _leave(row, words)
        checked = checking.look(piggy, row.first, row.second, row.survivor)
        if words := _differs(row, checked):
            return _leave(row, words)
        entry = _ask(piggy, row, whole, checked)
    if entry.state in HAPPENED:
        merging.begin(entry)
        _put(row, State.MERGING)
    else:  # whoever was at it died before it was done; then it is asked for anew
        recovery.recover()
    return None


def _changed_since(row: CertainPair, person: User) -> str:
    """Say what became of a pair here since it was looked at; nothing where it is as it was."""
    pair = Pair.objects.filter(first=row.first, second=row.second).first()
    if pair is None or pair.status not in Pair.UNDECIDED:
        return gettext("It was decided by somebody meanwhile, or one of the two is gone.")
    if decisions.fingerprints(pair) != (row.first_fingerprint, row.second_fingerprint):
        return gettext("The data of these two changed meanwhile.")
    if held_by := pair.holder_beside(person.pk):
        return gettext("%(name)s was looking at it.") % {"name": held_by}
    if queue.busy_among([row.first, row.second]):
        return gettext("Something else is under way with one of the two.")
    return ""


def _differs(row: CertainPair, checked: checking.CheckedPair) -> str:
    """Say why a pair that was read right now is not merged; nothing where it is as agreed."""
    if checked.words or checked.plan is None:
        return checked.words
    if checking.agreement_on(checked.plan) != row.agreement:
        return gettext("The data of these two changed meanwhile.")
    return ""


def _ask(
    piggy: PiggyClient, row: CertainPair, whole: Entry, checked: checking.CheckedPair
) -> Entry:
    """Ask for the merge of a pair.

    Raises:
        Surprise: it cannot be asked for.
    """
    action, name = get_action(MergeDuplicates.slug), str(row.position)
    try:
        outcome = steps.carry_step(
            piggy, whole, action, checked.data, name=name, preview=checked.plan
        )
    except conflicts.NOT_BEGUN as error:
        raise merging.Surprise(conflicts.why_not_begun(error)) from None
    return outcome.entry


def _leave(row: CertainPair, words: str) -> None:
    _put(row, State.NOT_MERGED, words)


def _put(row: CertainPair, state: CertainPairState, words: str = "") -> None:
    CertainPair.objects.filter(pk=row.pk).update(state=state, words=words)


# --- What became of merges -------------------------------------------------------------------


def merge_run_of(run: CertainRun, row: CertainPair) -> MergeRun | None:
    """Find the merge run of a pair, once there is one."""
    whole = entry_of(run)
    entry = steps.find_step(whole, str(row.position)) if whole else None
    return merging.find(entry) if entry else None


def note_ends(run: CertainRun) -> None:
    """Keep what became of the merges that were under way."""
    for row in run.pairs.filter(state=State.MERGING):
        merge = merge_run_of(run, row)
        if merge and merge.status == MergeRun.Status.DONE:
            _put(row, State.MERGED)
        elif merge and merge.status == MergeRun.Status.ABANDONED:
            _put(row, State.NOT_MERGED, gettext("It was given up."))


def _insist_on_no_surprise(run: CertainRun) -> None:
    """Stop where one of the merges has.

    Raises:
        Surprise: it says why.
    """
    for row in run.pairs.filter(state=State.MERGING):
        merge = merge_run_of(run, row)
        if merge and merge.status == MergeRun.Status.STOPPED:
            words = gettext("A merge stopped at a surprise: %(words)s Settle it on its own page.")
            raise merging.Surprise(words % {"words": merge.surprise})


# --- Ending, going on ------------------------------------------------------------------------


def progress_of(run: CertainRun) -> Progress:
    """Say how far a run is."""
    if run.status == Status.RUNNING:
        left = wanted_of(run).filter(state__in=(State.READY, State.MERGING)).count()
        words = ngettext("%(left)s pair is left.", "%(left)s pairs are left.", left)
        return Progress(finished=False, words=words % {"left": number(left)})
    if run.status == Status.STOPPED:
        return Progress(finished=True, as_expected=False, words=run.surprise)
    merged = run.pairs.filter(state=State.MERGED).count()
    words = ngettext("%(merged)s pair was merged.", "%(merged)s pairs were merged.", merged)
    return Progress(finished=True, words=words % {"merged": number(merged)})


def stop(run: CertainRun, words: str) -> None:
    """Stop a run until somebody has looked; its entry stands on the desk till then."""
    _end(run, Status.STOPPED, surprise=words)


def cancel(run: CertainRun, *, by: User) -> None:
    """End a run before its end: what is under way goes on, no other one begins.

    Raises:
        PermissionDenied: they may not do it themselves.
    """
    insist_on_permission(by, *PERMISSIONS)
    going = (Status.CHECKING, Status.CHECKED, Status.RUNNING, Status.STOPPED)
    _end(run, Status.CANCELLED, after=going, finished_at=timezone.now())
    if entry := entry_of(run):
        following.acknowledge(entry, person=by, comment=gettext("The rest was cancelled."))


def end_early(run: CertainRun) -> None:
    """End a run that began by itself: of what is left, nothing is begun."""
    going = (Status.CHECKING, Status.CHECKED, Status.RUNNING)
    _end(run, Status.CANCELLED, after=going, finished_at=timezone.now())


def _end(
    run: CertainRun,
    status: CertainRunStatus,
    *,
    after: tuple[CertainRunStatus, ...] = (Status.RUNNING,),
    **values: Any,
) -> None:
    going = CertainRun.objects.filter(pk=run.pk, status__in=after)
    if not going.update(status=status, **values):
        return
    run.refresh_from_db()
    entry = entry_of(run)
    if entry and entry.state in HAPPENED:
        following.follow_up(entry, progress_of(run))


def resume(run: CertainRun, *, by: User) -> None:
    """Let a stopped run go on: whoever does takes it up.

    Raises:
        PermissionDenied: they may not do what is left.
    """
    insist_on_permission(by, *PERMISSIONS)
    stopped = CertainRun.objects.filter(pk=run.pk, status=Status.STOPPED)
    if not stopped.exists():
        return
    whole = Entry.objects.get(submission_key=run.key)
    following.resume(whole, person=by, comment=gettext("Taken up."))
    stopped.update(status=Status.RUNNING, surprise="")
    run.refresh_from_db()
    have_carried(run, by=by)

"""Merge runs: several contacts into one, step by step, over crashes, never a step twice.

A run is made of the ledger's entry of `merge-duplicates`. Its steps are entries of their own: each
source is merged into the survivor, followed to its end and verified before the next; then the
values that are kept are written to the survivor. They come last because nobody knows whose values
Piggy lets win. What was chosen stands in the run's entry from the beginning, so that a crash loses
nothing, and each step's submission key is committed before anything is sent.

The first surprise stops a run. A person looks at it and lets the run go on, or gives it up.

A run is somebody's: of who asked for it, or of who let it go on last. Before each step it is looked
up whether they still may do all that is left; where they may not, nothing more is sent, and the run
stops until somebody who may takes it up. What was sent before is seen to its end all the same.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import insist_on_permission, may_now
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import get_action
from piggyadmin.contacts.services import find_contact, get_contact, get_full_contact
from piggyadmin.contacts.types import Contact
from piggyadmin.contacts.values import WORDS, changes, is_same, writable_attributes
from piggyadmin.duplicates.merging.balances import balances_of
from piggyadmin.duplicates.merging.checks import pair_of
from piggyadmin.duplicates.merging.plan import MergePlan
from piggyadmin.duplicates.mirror import store
from piggyadmin.duplicates.models import (
    DecisionKind,
    MergeRun,
    MergeStep,
    Pair,
    PairStatus,
)
from piggyadmin.duplicates.review import clustering, decisions
from piggyadmin.duplicates.review.evidence import Point, evidence_of
from piggyadmin.duplicates.review.queue import NOT_HELD
from piggyadmin.ledger import conflicts, entries, following, reconciliation, recovery, writes
from piggyadmin.ledger.models import FLAGGED, NOT_HAPPENED, OPEN, Entry, EntryState, Event
from piggyadmin.ledger.operations import Data, Preview, Progress
from piggyadmin.ledger.reconciliation_evidence import seconds_since_sent
from piggyadmin.ledger.snapshots import data_of, preview_of
from piggyadmin.ledger.tasks import FOLLOW_PAUSES, SETTLE_PAUSES, pause_after
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import (
    Busy,
    ErrorCode,
    Maintenance,
    NotFound,
    Unauthorized,
    Unreachable,
)
from piggyadmin.tasks.models import Run, RunState
from piggyadmin.tasks.runs import RetryLater, start

# The background run that carries a merge run.
CARRIER = "merge-run"
MERGE, UPDATE = "merge-contacts", "update-contact"
# Piggy speaks of minutes. What is not finished after so many seconds is looked at by a person.
FINISHES_WITHIN_SECONDS = 2 * 60 * 60
# What was written is to be read after so many seconds at the latest.
VALUES_WITHIN_SECONDS = 30
# Somebody else is at work on a step: look again after so many seconds.
LOOK_AGAIN_SECONDS = 2.0
# Pauses in seconds between attempts of a step that Piggy could not take on.
ATTEMPT_PAUSES = (5, 15, 60, 300)
# Piggy could not take it on, and nothing changed: it is tried again.
PASSES = {kind.__name__ for kind in (Busy, Maintenance, Unauthorized, Unreachable)}


class Surprise(Exception):  # noqa: N818  (named as a person would)
    """A run stops here, until somebody has looked."""

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words


# --- Beginning -------------------------------------------------------------------------------


def begin(entry: Entry) -> MergeRun:
    """Make the run that an entry asks for, once, and have it carried; gives it as it is."""
    run = find(entry) or _make(entry)
    if run.status == MergeRun.Status.RUNNING:
        _have_carried(run)
    return run


def find(entry: Entry) -> MergeRun | None:
    """Find the run that was made of an entry."""
    return MergeRun.objects.filter(submission_key=entry.submission_key).first()


def of_pair(pair: Pair) -> MergeRun | None:
    """Find the run that has merged, or is merging, the contacts of a pair."""
    if pair.status not in {PairStatus.MERGING, PairStatus.MERGED}:
        return None
    steps = MergeStep.objects.filter(source__in=[pair.first, pair.second]).select_related("run")
    last = steps.order_by("-pk").first()
    return last.run if last else None


def _make(entry: Entry) -> MergeRun:
    plan = MergePlan.model_validate(preview_of(entry))
    pairs = [pair_of(plan.survivor.uuid, source.uuid) for source in plan.sources]
    evidence = evidence_of(pairs)
    try:
        with transaction.atomic():
            run = MergeRun.objects.create(
                submission_key=entry.submission_key,
                survivor=plan.survivor.uuid,
                contacts=len(plan.candidates),
                person_id=entry.person_id,
                person_name=entry.person_name,
                reason=entry.reason,
                comment=entry.comment,
            )
            MergeStep.objects.bulk_create(_steps(run, plan))
            _decide(run, pairs, evidence)
    except IntegrityError:  # somebody else has just made it
        return MergeRun.objects.get(submission_key=entry.submission_key)
    return run


def _steps(run: MergeRun, plan: MergePlan) -> list[MergeStep]:
    """One step for each source, and one for the values."""
    sources = [source.uuid for source in plan.sources]
    return [
        MergeStep(
            run=run,
            position=position,
            action=MERGE if source else UPDATE,
            source=source,
            submission_key=uuid5(run.submission_key, str(position)),
        )
        for position, source in enumerate([*sources, ""], start=1)
    ]


def _decide(run: MergeRun, pairs: Sequence[Pair], evidence: Sequence[Sequence[Point]]) -> None:
    """Keep that somebody takes each source for the survivor, and on what evidence."""
    for pair, points in zip(pairs, evidence, strict=True):
        kind = DecisionKind.MERGE
        decisions.keep(pair, kind, run.person, comment=run.comment, evidence=points)
    uuids = {uuid for pair in pairs for uuid in (pair.first, pair.second)}
    Pair.objects.between(uuids).update(status=PairStatus.MERGING, **NOT_HELD)


def _have_carried(run: MergeRun, by: User | None = None) -> None:
    """Have a worker carry it, unless somebody has cancelled that, or it failed for good."""
    last = Run.objects.filter(name=CARRIER, key=str(run.pk)).order_by("-pk").first()
    if by is None and last and last.state in {RunState.FAILED, RunState.CANCELLED}:
        words = gettext("Its background work was cancelled, or failed: %(error)s")
        stop(run, words % {"error": last.last_error or last.get_state_display()})
        return
    start(CARRIER, key=str(run.pk), payload={"merge": run.pk}, by=by)


# --- Carrying --------------------------------------------------------------------------------


def carry(work: Run) -> None:
    """Carry a run as far as it goes; called again after a while as long as Piggy is at it.

    Raises:
        Later: a step has to be waited for.
    """
    run = MergeRun.objects.get(pk=work.payload["merge"])
    if run.status != MergeRun.Status.RUNNING:
        return
    piggy, steps = piggy_client(), list(run.steps.all())
    try:
        for number, step in enumerate(steps):
            work.heartbeat(progress=number, of=len(steps))
            if not step.is_done:
                _carry_step(piggy, run, step)
    except Surprise as surprise:
        stop(run, surprise.words)
    except NotFound as error:
        if error.code != ErrorCode.CONTACT_NOT_FOUND:
            raise
        _close_pairs_of_gone(piggy, run)
        words = gettext(
            "One of the customers is no longer at Piggy: it was merged or deleted elsewhere. What "
            "was done before stands below; nothing more was sent."
        )
        stop(run, words)
    else:
        finish(run)


def _carry_step(piggy: PiggyClient, run: MergeRun, step: MergeStep) -> None:
    entry = entry_of(step) or _send(piggy, run, step)
    if entry is not None:
        _insist_that_it_happened(piggy, step, entry)
        entry = entries.reread(entry)
        if step.action == MERGE:
            _verify_merge(piggy, step, entry)
        elif not step.is_accepted:
            _verify_values(piggy, entry)
    with transaction.atomic():
        MergeStep.objects.filter(pk=step.pk).update(is_done=True)
        if step.action == MERGE:
            _close_pairs(run, step.source)
    if step.action == MERGE:
        clustering.regroup([step.source])


def entry_of(step: MergeStep) -> Entry | None:
    """Find a step's entry in the ledger; None as long as nothing was asked for."""
    return Entry.objects.filter(submission_key=step.submission_key).first()


def _send(piggy: PiggyClient, run: MergeRun, step: MergeStep) -> Entry | None:
    """Ask for a step, as the person whose run it is; None where there is nothing to ask for.

    Raises:
        Surprise: it cannot be asked for now, or not by them.
    """
    person = _insist_on_whose_it_is(run)
    data, preview = (_merge if step.action == MERGE else _update)(piggy, run, step)
    if not data:
        return None
    try:
        outcome = writes.carry_out(piggy, _request(run, step, person, data, preview))
    except conflicts.NOT_BEGUN as error:
        raise Surprise(conflicts.why_not_begun(error)) from None
    return outcome.entry


def _request(
    run: MergeRun, step: MergeStep, person: User, data: Data, preview: Preview | None
) -> writes.WriteRequest:
    action = get_action(step.action)
    return writes.WriteRequest(
        action=action,
        person=person,
        data=data,
        submission_key=step.submission_key,
        preview=preview,
        reason=run.reason,
        comment=run.comment,
        part_of=run.submission_key,
        repeat_of=_settled_before(action, step, data),
    )


def _insist_on_whose_it_is(run: MergeRun) -> User:
    """Give the person in whose name the next step is done, if they may do all that is left.

    Raises:
        Surprise: they may not, or not any more. Somebody else has to take the run up.
    """
    person = following.answers_for(entry_of_run(run))
    for action in _actions_left(run):
        if not may_now(person, action.permission):
            words = gettext(
                "%(person)s may not do “%(action)s”, or not any more, so nothing more was sent. "
                "Whoever may do it can let this go on, and does the rest in their own name."
            )
            raise Surprise(words % {"person": person.name, "action": action.label})
    return person


def _actions_left(run: MergeRun) -> list[Action[Any, Any]]:
    """Give the actions that whose run it is must be allowed to do: the whole, and what is left."""
    left = run.steps.filter(is_done=False).values_list("action", flat=True)
    slugs = [entry_of_run(run).action, *left]
    return [get_action(slug) for slug in dict.fromkeys(slugs)]


def _settled_before(action: Action[Any, Any], step: MergeStep, data: Data) -> UUID | None:
    """Give the key of this step's last attempt, where a person has let it be asked for anew."""
    alike = conflicts.latest_alike(action.deduplication_key(data))
    is_own = alike is not None and entries.key_of_again(alike) == step.submission_key
    return alike.submission_key if alike and is_own else None


def _merge(piggy: PiggyClient, run: MergeRun, step: MergeStep) -> tuple[Data, Preview | None]:
    """Read both contacts as they are now: the merge is compared with that afterwards.

    With it goes what was chosen of the survivor's subscriptions, which each merge may change.
    """
    source, survivor = gather(
        partial(get_contact, piggy, contact_uuid=step.source),
        partial(get_contact, piggy, contact_uuid=run.survivor),
    )
    data = {"source_contact_uuid": source, "destination_contact_uuid": survivor}
    preview = get_action(MERGE).preview(piggy, data)
    return data, preview.model_copy(update={"subscriptions": plan_of(run).subscriptions})


def _update(piggy: PiggyClient, run: MergeRun, step: MergeStep) -> tuple[Data, Preview | None]:  # noqa: ARG001
    """Pick the values that the survivor should have and has not, now that all is in it.

    What is neither empty nor what one of them had was changed by somebody meanwhile, and stays.
    """
    plan = plan_of(run)
    contact = get_full_contact(piggy, contact_uuid=run.survivor)
    now = contact.values_of(writable_attributes(piggy))
    wanted = {
        name: value
        for name, value in changes(plan.kept_values, now).items()
        if name not in now
        or any(is_same(now[name], candidate.values.get(name)) for candidate in plan.candidates)
    }
    whose = Contact(uuid=run.survivor)
    return {"contact_uuid": whose, "attributes": wanted} if wanted else {}, None


def plan_of(run: MergeRun) -> MergePlan:
    """Give what was agreed to, whole as far as it is still kept."""
    return MergePlan.model_validate(preview_of(entry_of_run(run)))


def entry_of_run(run: MergeRun) -> Entry:
    """Give the entry of the ledger that a run was made of."""
    return Entry.objects.get(submission_key=run.submission_key)


# --- Insisting on the truth ------------------------------------------------------------------


def _insist_that_it_happened(piggy: PiggyClient, step: MergeStep, entry: Entry) -> None:
    """Go on only with what is certain to have been done.

    Raises:
        Later: it is not known yet.
        Surprise: it was not done, or nobody knows.
    """
    if entry.state in recovery.UNDER_WAY:
        recovery.recover()
        entry = entries.reread(entry)
        if entry.state in recovery.UNDER_WAY:
            raise RetryLater(LOOK_AGAIN_SECONDS)
    if entry.state == EntryState.UNKNOWN:
        reconciliation.settle(piggy, entry)
        entry = entries.reread(entry)
    if entry.state in OPEN:
        _wait_for(entry, gettext("It is not known whether Piggy has done it."), SETTLE_PAUSES)
    if entry.state in NOT_HAPPENED:
        _try_anew(step, entry)


def _wait_for(entry: Entry, words: str, pauses: tuple[int, ...]) -> None:
    if seconds_since_sent(entry) > FINISHES_WITHIN_SECONDS:
        raise Surprise(words)
    raise RetryLater(pause_after(pauses, entry))


def _try_anew(step: MergeStep, entry: Entry) -> None:
    """Have a step that certainly was not done tried again, where that is no news to anybody.

    What never left because its process was killed, and what Piggy could not take on just then, is
    tried again by itself. What Piggy refused, and what was lost on the way, a person looks at.
    """
    detail = entry.last_event.detail if entry.last_event else {}
    if detail.get("by") != "never sent" and detail.get("error") not in PASSES:
        words = gettext("This step was not done, and nothing changed by it. %(message)s")
        raise Surprise(words % {"message": detail.get("message") or detail.get("words") or ""})
    give_another_key(step, entry)
    raise RetryLater(ATTEMPT_PAUSES[min(step.attempts, len(ATTEMPT_PAUSES)) - 1])


def give_another_key(step: MergeStep, entry: Entry) -> None:
    """Let a step that was certainly not done be asked for once more.

    It is the key with which the ledger's own page sends it again, so that both never do.
    """
    step.submission_key, step.attempts = entries.key_of_again(entry), step.attempts + 1
    step.save(update_fields=["submission_key", "attempts"])


def _verify_merge(piggy: PiggyClient, step: MergeStep, entry: Entry) -> None:
    """Insist that Piggy has carried a merge out, and that nothing got lost by it."""
    if entry.follow_up is None:
        progress = get_action(MERGE).watch(piggy, entry)
        if not progress.finished:
            words = gettext("Piggy has not finished this merge, though it took it on long ago.")
            _wait_for(entry, f"{words} {progress.words}", FOLLOW_PAUSES)
        following.follow_up(entry, progress)
    followed = entries.reread(entry).follow_up
    if followed and followed.kind == FLAGGED:
        _insist_on_a_person(piggy, step, followed)


def _insist_on_a_person(piggy: PiggyClient, step: MergeStep, flag: Event) -> None:
    if not step.is_accepted:
        raise Surprise(str(flag.detail["words"]))
    if find_contact(piggy, contact_uuid=step.source):
        raise Surprise(gettext("The customer that should be gone is still there."))


def _verify_values(piggy: PiggyClient, entry: Entry) -> None:
    """Read the survivor, and insist that it has the values that were written."""
    wanted = data_of(entry)["attributes"]
    contact = get_full_contact(piggy, contact_uuid=entry.data["contact_uuid"])
    missing = changes(wanted, contact.values_of(writable_attributes(piggy)))
    if not missing:
        return
    if seconds_since_sent(entry) < VALUES_WITHIN_SECONDS:
        raise RetryLater(LOOK_AGAIN_SECONDS)
    names = ", ".join(str(WORDS.get(name, name)) for name in missing)
    words = gettext("All customers are one, but these values are not as they should be: %(names)s.")
    raise Surprise(words % {"names": names})


# --- Pairs -----------------------------------------------------------------------------------


def _close_pairs(run: MergeRun, source: str) -> None:
    """Say of every pair of a source that has gone what became of it."""
    inside = [run.survivor, *run.steps.exclude(source="").values_list("source", flat=True)]
    touching = Pair.objects.touching([source])
    merged = touching.between(inside)
    merged.update(status=PairStatus.MERGED)
    touching.exclude(status=PairStatus.MERGED).update(status=PairStatus.GONE, **NOT_HELD)


def _close_pairs_of_gone(piggy: PiggyClient, run: MergeRun) -> None:
    """Close the pairs of whoever of those that are left is not at Piggy any more."""
    left = run.steps.filter(is_done=False).exclude(source="").values_list("source", flat=True)
    for uuid in [run.survivor, *left]:
        if find_contact(piggy, contact_uuid=uuid) is None:
            touching = Pair.objects.touching([uuid])
            touching.update(status=PairStatus.GONE, **NOT_HELD)
            store.forget([uuid])


# --- Ending ----------------------------------------------------------------------------------


def progress_of(run: MergeRun) -> Progress:
    """Say how far a run is."""
    steps = list(run.steps.all())
    if run.status == MergeRun.Status.RUNNING:
        words = gettext("%(done)s of %(all)s steps are done.")
        done = sum(step.is_done for step in steps)
        return Progress(finished=False, words=words % {"done": done, "all": len(steps)})
    if run.status == MergeRun.Status.DONE:
        words = gettext("Done: %(contacts)s customers are one now.")
        return Progress(finished=True, words=words % {"contacts": run.contacts})
    return Progress(finished=True, as_expected=False, words=run.surprise)


def stop(run: MergeRun, words: str) -> None:
    """Stop a run until somebody has looked; its entry stands on the desk till then."""
    _end(run, status=MergeRun.Status.STOPPED, surprise=words)


def finish(run: MergeRun) -> None:
    """End a run whose steps are all done."""
    report = balances_of(run).report()
    _end(run, status=MergeRun.Status.DONE, surprise="", report=report, finished_at=timezone.now())


def _end(run: MergeRun, **values: Any) -> None:
    running = MergeRun.objects.filter(pk=run.pk, status=MergeRun.Status.RUNNING)
    running.update(**values)
    run.refresh_from_db()
    following.follow_up(entry_of_run(run), progress_of(run))


def resume(run: MergeRun, *, person: User, comment: str) -> None:
    """Let a stopped run go on: a person has settled the surprise, says how, and takes it up.

    Raises:
        PermissionDenied: they may not do what is left.
        Refused: something else is under way with one of its contacts by now.
    """
    insist_on_permission(person, *(action.permission for action in _actions_left(run)))
    stopped = MergeRun.objects.filter(pk=run.pk, status=MergeRun.Status.STOPPED)
    if not stopped.exists():
        return
    following.resume(entry_of_run(run), person=person, comment=comment)
    step = run.steps.filter(is_done=False).first()
    if step and (entry := entry_of(step)):
        _settle_step(step, entry, person=person, comment=comment)
    if stopped.update(status=MergeRun.Status.RUNNING, surprise=""):
        run.refresh_from_db()
        _have_carried(run, by=person)


def _settle_step(step: MergeStep, entry: Entry, *, person: User, comment: str) -> None:
    """Take a person's word for the step at which a run stopped."""
    if entry.state in NOT_HAPPENED:
        give_another_key(step, entry)
        return
    following.acknowledge(entry, person=person, comment=comment)
    step.is_accepted = True
    step.save(update_fields=["is_accepted"])


def abandon(run: MergeRun, *, person: User, comment: str) -> None:
    """Give a stopped run up: what is done stays done, the rest will not be.

    Raises:
        PermissionDenied: they may not merge duplicates.
    """
    insist_on_permission(person, get_action(entry_of_run(run).action).permission)
    stopped = MergeRun.objects.filter(pk=run.pk, status=MergeRun.Status.STOPPED)
    if not stopped.update(status=MergeRun.Status.ABANDONED, finished_at=timezone.now()):
        return
    following.acknowledge(entry_of_run(run), person=person, comment=comment)
    rest = run.steps.filter(is_done=False).exclude(source="").values_list("source", flat=True)
    Pair.objects.between([run.survivor, *rest]).with_status(PairStatus.MERGING).update(
        status=PairStatus.OPEN
    )

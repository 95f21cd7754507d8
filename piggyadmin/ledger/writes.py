"""Carrying out a write: intent is committed first, the outcome appended after.

The same submission key never sends twice: whoever comes second gets the first one's outcome. The
same thing asked anew within minutes is held back until somebody says that it is meant. All of that
is decided while the end of the chain is held, so that of two at once one comes first.

Only who may do an action has it done, whoever calls: that is looked up anew when the intent is
committed, and once more right before the request leaves. As changes of people stand in the same
chain, nothing in it was intended or sent by somebody after they had lost the right to it.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, connection

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import permitted_statement, refuse
from piggyadmin.accounts.proofs import insist_on_fresh
from piggyadmin.ledger import approvals, hash_chain, snapshots
from piggyadmin.ledger.appending import Superseded, append_inside
from piggyadmin.ledger.backlog import AWAY, backlog
from piggyadmin.ledger.conflicts import (
    DuplicateRequest,
    insist_on_same,
    refuse_duplicate,
    refuse_overlap,
)
from piggyadmin.ledger.entries import fingerprint_of, reread
from piggyadmin.ledger.group_commit import append_grouped
from piggyadmin.ledger.models import (
    OPEN,
    Entry,
    EntryState,
    Head,
    Snapshot,
    Subject,
)
from piggyadmin.ledger.operations import (
    Data,
    Effect,
    Operation,
    Preview,
    Refused,
)
from piggyadmin.ledger.outcomes import Outcome, describe, kept_of, recall
from piggyadmin.ledger.own_reference import Reference, referring
from piggyadmin.ledger.recovery import mend, wait_for_outcome
from piggyadmin.ledger.sql import Rows, Statement, insert, together
from piggyadmin.piggy.actor import use_actor
from piggyadmin.piggy.client import PiggyClient, on_first_write
from piggyadmin.piggy.errors import OutcomeUnknown, PiggyError
from piggyadmin.piggy.trace import current_trace_id

# Pauses before each attempt to store an outcome, where the database is away for a moment; then it
# is left to the backlog.
STORE_AFTER_SECONDS = (0.0, 0.2, 1.0)
logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class WriteRequest:
    """What somebody asks to have done, and how.

    Attributes:
        action: What is to be done.
        person: Who asks for it, and must be allowed to. What the console does by itself (it looks,
            follows, recovers) is no action, so that there is always somebody.
        data: What was filled in.
        submission_key: The same one again sends nothing.
        preview: What the person has seen and agreed to.
        reason: Why it is wanted.
        comment: What else there is to say of it.
        repeat_of: The key of the alike entry that the person knows of and wants to go beyond.
        approve: Called while the intent is committed; gives what is kept of who approved it.
        part_of: The key of the entry, under way itself, of which this is a step.
        is_judged_by_itself: Whether another person may be needed for this step although the whole
            began without one: what was given elsewhere meanwhile counts.
        fingerprint: What tells this request from another one that was sent with the same key;
            nothing where a page asks, whose keys belong to one form.
    """

    action: Operation[Any, Any]
    person: User
    data: Data
    submission_key: UUID
    preview: Preview | None = None
    reason: str = ""
    comment: str = ""
    repeat_of: UUID | None = None
    approve: Callable[[], dict[str, Any]] | None = None
    part_of: UUID | None = None
    is_judged_by_itself: bool = False
    fingerprint: str = ""


def carry_out(piggy: PiggyClient, request: WriteRequest) -> Outcome:
    """Do a write once, and keep what was asked and what came of it.

    PiggyErrors are part of the outcome, not raised. The same `submission_key` again, at the same
    moment or after a crash, sends nothing: it waits for the first one's outcome, though not for
    ever, and gives that.

    A worker may call this for the person who asked, once for each step of its run, with a key that
    is always the same for that step. What `outcome.entry.state` then says:

    DONE, SETTLED_DONE          it was done; where `action.is_watched`, Piggy may still be at it
    REJECTED, SETTLED_NOT_DONE  nothing was changed: another key may ask for it anew
    UNKNOWN                     workers find out, or a person: look again later, and until then
                                neither go on nor ask anew
    INTENDED, SENT              the first one is still at it, or died where nobody can see it yet:
                                look again later, which is settled within a minute

    Raises:
        PermissionDenied: the person may not do it, or not any more; nothing was sent.
        DuplicateRequest: the same was asked a moment ago, and `repeat_of` does not name it.
        ProofNeeded: it cannot be undone, and whoever presses has to show first that it is them.
        SecondPersonNeeded: a setting demands an approval, and `approve` brings none.
        KeyReused: the key was sent with another request before.
        Refused: something is under way that does not go together with this.
        RuntimeError: a transaction is open, in which the intent could still be undone.
        ValueError: contacts would cease to exist, and no preview holds what they had.
    """
    if request.action.ends_contacts and request.preview is None:
        raise ValueError("Nothing would be kept of the contacts.")
    if request.action.effect is Effect.IRREVERSIBLE or getattr(request.preview, "is_final", False):
        insist_on_fresh()
    entry, is_new = _intend(request)
    if not is_new:
        return recall(request.action, wait_for_outcome(entry))
    return _perform(piggy, request, entry)


def first_press(
    action: Operation[Any, Any], *, person: User, submission_key: UUID, fingerprint: str = ""
) -> Outcome | None:
    """Give the outcome of the press that had this key before; None where there was none.

    Asked before anything else: what was done may have changed what the form is about.

    Raises:
        KeyReused: it was another request.
    """
    first = Entry.objects.filter(submission_key=submission_key).first()
    if first is None:
        return None
    return recall(action, wait_for_outcome(_own(first, action, person, fingerprint)))


def _own(first: Entry, action: Operation[Any, Any], person: User, fingerprint: str) -> Entry:
    """Insist that a key that was there before is this person's, for this action and request."""
    if (first.person_id, first.action) != (person.pk, action.slug):
        raise SuspiciousOperation("A submission key of another form.")
    insist_on_same(fingerprint, fingerprint_of(first) if fingerprint else "")
    return first


# --- Intent ----------------------------------------------------------------------------------


def _intend(request: WriteRequest) -> tuple[Entry, bool]:
    """Commit the intent; False when this submission key was there before."""
    try:
        return _commit_intent(request), True
    except (
        IntegrityError,
        PermissionDenied,
        DuplicateRequest,
        Refused,
        approvals.SecondPersonNeeded,
    ):
        # What is in the way may be this very press, made before.
        first = Entry.objects.filter(submission_key=request.submission_key).first()
        if first is None:
            raise
        return _own(first, request.action, request.person, request.fingerprint), False
    except AWAY:
        # Whether it was committed cannot be seen now; nobody is going to be at work on it.
        backlog.add(partial(_give_up, request.submission_key, current_trace_id()))
        raise


def _give_up(submission_key: UUID, trace_id: str) -> None:
    """Settle an intent of which nobody was told that it is there; what another asked stays."""
    asked = Entry.objects.filter(submission_key=submission_key, trace_id=trace_id)
    for entry in asked:
        with suppress(Superseded), hash_chain.locked_head() as head:
            detail, only_after = {"by": "never sent"}, [EntryState.INTENDED]
            append_inside(head, entry, EntryState.SETTLED_NOT_DONE, detail, only_after=only_after)


_ANY_ALIKE = "SELECT 1 FROM actions_entry WHERE likeness = %s LIMIT 1"


def _append_for(request: WriteRequest, work: Callable[[Head], T]) -> T:
    """Append something for somebody who may do this now, as is found out on the way."""
    person, permission = request.person, request.action.permission

    def check(found: Rows) -> None:
        if not found:
            refuse(person, permission)

    # Nobody has the number 0; and who is no person, as programs can be, has none.
    asked = permitted_statement(getattr(person, "pk", None) or 0, permission)
    return append_grouped(work, along=Statement(*asked), check=check)


def _commit_intent(request: WriteRequest) -> Entry:
    action, preview = request.action, request.preview
    bare, personal = snapshots.part(preview)
    subjects = action.subjects(request.data, preview)
    deduplication_key = action.deduplication_key(request.data)
    plain = hash_chain.plain(dict(request.data))
    asked, private = snapshots.part_data(plain, action.private, subjects)

    def append_intent(head: Head) -> Entry:
        _insist_on_approval(request)
        refuse_overlap(action, subjects, request.part_of)
        entry = Entry(
            person=request.person,
            person_name=request.person.name,
            action=action.slug,
            entity=action.entity,
            deduplication_key=deduplication_key,
            reason=request.reason,
            comment=request.comment,
            repeat_of=request.repeat_of,
            data=asked,
            preview=hash_chain.plain(approvals.with_gives(bare, preview)),
            trace_id=current_trace_id(),
            submission_key=request.submission_key,
        )
        # Nearly always nothing is alike, which is found out on the way; else all is undone.
        any_alike, ((entry.pk,),) = together(
            Statement(_ANY_ALIKE, [deduplication_key]), insert(entry, returning="id")
        )
        if any_alike:
            refuse_duplicate(action, deduplication_key, request.repeat_of)
        approval = request.approve() if request.approve else None
        pairs = list(subjects.items())
        detail = hash_chain.summary(entry, pairs) | {"approval": approval}
        further = {"part_of": request.part_of, "fingerprint": request.fingerprint}
        detail |= {name: value for name, value in further.items() if value}
        concerned = [Subject(entry=entry, role=role, contact_uuid=uuid) for role, uuid in pairs]
        kept = snapshots.rows(entry, Snapshot.Moment.ASKED, private)
        kept += snapshots.rows(entry, Snapshot.Moment.BEFORE, personal)
        append_inside(head, entry, EntryState.INTENDED, detail, subjects=concerned, kept=kept)
        _remember_subjects(entry, concerned)
        return entry

    return _append_for(request, append_intent)


def _remember_subjects(entry: Entry, subjects: list[Subject]) -> None:
    """Spare whoever hears of the outcome a query: the contacts of an entry never change."""
    known = Subject.objects.filter(entry=entry)
    known._result_cache = subjects  # as `prefetch_related` does
    entry._prefetched_objects_cache = {"subjects": known}  # type: ignore[attr-defined]


def _insist_on_approval(request: WriteRequest) -> None:
    """Refuse what another person has to approve first; a step was approved with the whole."""
    is_covered = request.part_of is not None and not request.is_judged_by_itself
    if request.approve is not None or is_covered:
        return
    action, data, person = request.action, request.data, request.person
    if approvals.needs_second_person(action, data, request.preview, person=person):
        raise approvals.SecondPersonNeeded


# --- Performing ------------------------------------------------------------------------------


def _perform(piggy: PiggyClient, request: WriteRequest, entry: Entry) -> Outcome:
    """Send it, and append an outcome whatever happens short of a killed process."""
    action, data = request.action, request.data
    sending = _Sending(entry, request)
    kind: EntryState | None = EntryState.UNKNOWN
    detail: dict[str, Any] = {"error": "Interrupted"}
    personal: list[snapshots.Personal] = []
    try:
        with _as_asker(entry), referring(sending.reference), on_first_write(sending.begin):
            result = action.perform(piggy, data)
        kind = EntryState.DONE
        detail, personal = kept_of(action, result)
        action.after_done(data, result)
        return Outcome(entry, result=result)
    except Superseded:
        kind = None
        return recall(action, reread(entry))
    except PermissionDenied as denied:
        detail = {"error": type(denied).__name__, "words": str(denied)}
        raise
    except PiggyError as failure:
        sending.reference.learn(piggy, failure)
        error = sending.judge(failure)
        kind = EntryState.REJECTED if error.nothing_changed else EntryState.UNKNOWN
        detail = describe(error)
        return Outcome(entry, error=error)
    finally:
        if kind == EntryState.UNKNOWN and not sending.has_begun:
            kind, detail = EntryState.SETTLED_NOT_DONE, {**detail, "by": "never sent"}
        if kind:
            _conclude(entry, kind, detail, personal)


def _as_asker(entry: Entry) -> Any:
    return use_actor(entry.person_id, entry.person_name, entry.action, entry.pk)


class _Sending:
    """Notes that the request is about to leave, unless the entry was settled before."""

    def __init__(self, entry: Entry, request: WriteRequest) -> None:
        self.entry = entry
        self.request = request
        self.reference = Reference(entry.submission_key)
        self.has_begun = False

    def begin(self) -> None:
        """Commit `sent`, right before the first byte.

        Raises:
            Superseded: nobody thought that this process was still at it.
            PermissionDenied: the person has lost the right to it meanwhile.
        """
        detail, only_after = self.reference.detail(), [EntryState.INTENDED]
        _append_for(
            self.request,
            lambda head: append_inside(
                head, self.entry, EntryState.SENT, detail, only_after=only_after
            ),
        )
        self.has_begun = True

    def judge(self, error: PiggyError) -> PiggyError:
        """Give what a failure says of the entry: a look-up after the write says nothing of it."""
        if error.is_write or not self.has_begun:
            return error
        return OutcomeUnknown(is_write=True, trace_id=error.trace_id, status=error.status)


def _conclude(
    entry: Entry, kind: str, detail: dict[str, Any], personal: list[snapshots.Personal]
) -> None:
    """Append the outcome, with what is personal in it beside it, be it at the second attempt.

    Where somebody has established another one meanwhile, that one stays. What cannot be stored now
    is stored by a thread of its own as soon as the database is back.
    """
    kept = snapshots.rows(entry, Snapshot.Moment.ANSWER, personal)
    store = partial(_append_outcome, entry, kind, detail, kept)
    for pause in STORE_AFTER_SECONDS:
        time.sleep(pause)
        try:
            return store()
        except AWAY as error:
            logger.warning("An outcome was not stored: %s", type(error).__name__)
            connection.close_if_unusable_or_obsolete()
    return backlog.add(store)


def _append_outcome(entry: Entry, kind: str, detail: dict[str, Any], kept: list[Snapshot]) -> None:
    try:
        append_grouped(
            lambda head: append_inside(head, entry, kind, detail, only_after=OPEN, kept=kept)
        )
    except Superseded:
        if kind == EntryState.DONE:
            with suppress(Superseded), hash_chain.locked_head() as head:
                mend(head, entry, kind, detail, kept=kept)

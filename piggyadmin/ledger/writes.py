"""Carrying out a write: intent is committed first, the outcome appended after.

The same submission key never sends twice: whoever comes second gets the first one's outcome. The
same thing asked anew within minutes is held back until somebody says that it is meant. All of that
is decided while the end of the chain is held, so that of two at once one comes first.

Only who may do an action has it done, whoever calls: that is looked up anew when the intent is
committed, and once more right before the request leaves. As changes of people stand in the same
chain, nothing in it was intended or sent by somebody after they had lost the right to it.

An entry that nobody is at work on any more is recovered: what was only intended was certainly not
sent, what was sent has an unknown outcome. Nothing is ever sent again by itself.
"""

import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import IntegrityError, connection
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import READ_LEDGER, insist_on_permission, may, refuse
from piggyadmin.ledger import approvals, hash_chain, snapshots
from piggyadmin.ledger.backlog import AWAY, backlog
from piggyadmin.ledger.leases import is_at_work, lease_from, this_process
from piggyadmin.ledger.models import (
    ACKNOWLEDGED,
    FLAGGED,
    HAPPENED,
    OPEN,
    RESUMED,
    VERIFIED,
    Entry,
    EntryState,
    EntryStatus,
    Event,
    Head,
    PersonLookUp,
    ReadCount,
    Snapshot,
    Subject,
)
from piggyadmin.ledger.operations import (
    Data,
    Operation,
    Preview,
    Progress,
    Refused,
    get_operation,
    operations,
    permission_to_decide_about,
)
from piggyadmin.ledger.own_reference import Reference, referring
from piggyadmin.ledger.sql import Statement, insert, marks, together, update
from piggyadmin.piggy import errors
from piggyadmin.piggy.actor import use_actor
from piggyadmin.piggy.client import PiggyClient, on_first_write
from piggyadmin.piggy.errors import OutcomeUnknown, PiggyError
from piggyadmin.piggy.trace import current_trace_id

# How long, in seconds, the second press of a button waits for the outcome of the first.
WAIT_FOR_FIRST_SECONDS = 35.0
LOOK_AGAIN_SECONDS = 0.05
LOOK_AGAIN_SECONDS_AT_MOST = 0.5
# The same thing asked anew within this time needs a second yes.
DEDUPLICATION_SECONDS = 300

# Pauses before each attempt to store an outcome, where the database is away for a moment; then it
# is left to the backlog.
STORE_AFTER_SECONDS = (0.0, 0.2, 1.0)

# Who settles what is unknown, where it is no person.
READ_BACK = "read-back"

UNDER_WAY = frozenset({EntryState.INTENDED, EntryState.SENT})

logger = logging.getLogger(__name__)

# Sent with `entry` and `kind`, inside the transaction in which an event is appended.
appended = Signal()


class DuplicateRequest(Exception):  # noqa: N818  (named as a person would)
    """The same was asked a moment ago: it needs a second yes that names `alike`."""

    def __init__(self, alike: Entry) -> None:
        super().__init__()
        self.alike = alike


class Superseded(Exception):  # noqa: N818
    """Somebody else has brought the entry into another state meanwhile."""


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


class Outcome:
    """What a press of the button came to, for the page that shows it."""

    def __init__(
        self, entry: Entry, *, result: Any = None, error: PiggyError | None = None
    ) -> None:
        self.entry = entry
        self.result = result
        self.error = error


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
        SecondPersonNeeded: a setting demands an approval, and `approve` brings none.
        Refused: something is under way that does not go together with this.
        RuntimeError: a transaction is open, in which the intent could still be undone.
        ValueError: contacts would cease to exist, and no preview holds what they had.
    """
    if request.action.ends_contacts and request.preview is None:
        raise ValueError("Nothing would be kept of the contacts.")
    entry, is_new = _intend(request)
    if not is_new:
        return recall(request.action, _wait_for_outcome(entry))
    return _perform(piggy, request, entry)


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
        return _own(first, request.action, request.person), False
    except AWAY:
        # Whether it was committed cannot be seen now; nobody is going to be at work on it.
        backlog.add(partial(_give_up, request.submission_key, current_trace_id()))
        raise


def _give_up(submission_key: UUID, trace_id: str) -> None:
    """Settle an intent of which nobody was told that it is there; what another asked stays."""
    asked = Entry.objects.filter(submission_key=submission_key, trace_id=trace_id)
    for entry in asked:
        with suppress(Superseded), hash_chain.turn() as head:
            detail, only_after = {"by": "never sent"}, [EntryState.INTENDED]
            append_inside(head, entry, EntryState.SETTLED_NOT_DONE, detail, only_after=only_after)


_ANY_ALIKE = "SELECT 1 FROM actions_entry WHERE likeness = %s LIMIT 1"


def _commit_intent(request: WriteRequest) -> Entry:
    action, preview = request.action, request.preview
    bare, personal = snapshots.part(preview)
    subjects = action.subjects(request.data, preview)
    deduplication_key = action.deduplication_key(request.data)
    plain = hash_chain.plain(dict(request.data))
    asked, private = snapshots.part_data(plain, action.private, subjects)
    with hash_chain.turn() as head:
        insist_on_permission(request.person, action.permission)
        _insist_on_approval(request)
        _refuse_overlap(action, subjects, request.part_of)
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
            preview=hash_chain.plain(bare),
            trace_id=current_trace_id(),
            submission_key=request.submission_key,
        )
        # Nearly always nothing is alike, which is found out on the way; else all is undone.
        any_alike, ((entry.pk,),) = together(
            Statement(_ANY_ALIKE, [deduplication_key]), insert(entry, returning="id")
        )
        if any_alike:
            _refuse_duplicate(request, deduplication_key)
        approval = request.approve() if request.approve else None
        pairs = list(subjects.items())
        detail = hash_chain.summary(entry, pairs) | {"approval": approval}
        if request.part_of:
            detail["part_of"] = request.part_of
        concerned = [Subject(entry=entry, role=role, contact_uuid=uuid) for role, uuid in pairs]
        kept = snapshots.rows(entry, Snapshot.Moment.ASKED, private)
        kept += snapshots.rows(entry, Snapshot.Moment.BEFORE, personal)
        append_inside(head, entry, EntryState.INTENDED, detail, subjects=concerned, kept=kept)
    _remember_subjects(entry, concerned)
    return entry


def _remember_subjects(entry: Entry, subjects: list[Subject]) -> None:
    """Spare whoever hears of the outcome a query: the contacts of an entry never change."""
    known = Subject.objects.filter(entry=entry)
    known._result_cache = subjects  # as `prefetch_related` does
    entry._prefetched_objects_cache = {"subjects": known}  # type: ignore[attr-defined]


def _insist_on_approval(request: WriteRequest) -> None:
    """Refuse what another person has to approve first; a step was approved with the whole."""
    if request.approve is not None or request.part_of is not None:
        return
    if approvals.needs_second_person(request.action, request.data, request.preview):
        raise approvals.SecondPersonNeeded


def first_press(
    action: Operation[Any, Any], *, person: User, submission_key: UUID
) -> Outcome | None:
    """Give the outcome of the press that had this key before; None where there was none.

    Asked before anything else: what was done may have changed what the form is about.
    """
    first = Entry.objects.filter(submission_key=submission_key).first()
    if first is None:
        return None
    return recall(action, _wait_for_outcome(_own(first, action, person)))


def key_of_again(entry: Entry) -> UUID:
    """Give the submission key with which an entry is sent again: always the same one."""
    return uuid5(entry.submission_key, "again")


def _own(first: Entry, action: Operation[Any, Any], person: User) -> Entry:
    """Insist that a key that was there before is this person's, for this action."""
    if (first.person_id, first.action) != (person.pk, action.slug):
        raise SuspiciousOperation("A submission key of another form.")
    return first


def _refuse_duplicate(request: WriteRequest, deduplication_key: str) -> None:
    alike = latest_alike(deduplication_key) if request.action.is_deduplicated else None
    if alike and request.repeat_of != alike.submission_key:
        raise DuplicateRequest(alike)


def latest_alike(deduplication_key: str) -> Entry | None:
    """Find the last entry of the same thing that may have happened.

    That is one of lately, one whose outcome is unknown, or one that was only inferred not to have
    happened and may still come late.
    """
    now = timezone.now()
    since = now - timedelta(seconds=DEDUPLICATION_SECONDS)
    lately = Q(created_at__gte=since, status__state__in=HAPPENED)
    denied = Event.objects.filter(
        entry=OuterRef("pk"),
        kind=EntryState.SETTLED_NOT_DONE,
        at__gte=now - timedelta(seconds=settings.LEDGER_FOLLOW_SECONDS),
        detail__by=READ_BACK,
    )
    inferred = Q(Exists(denied), status__state=EntryState.SETTLED_NOT_DONE)
    may_have = lately | inferred | Q(status__state__in=OPEN)
    return (
        Entry.objects.filter(may_have, deduplication_key=deduplication_key).order_by("-pk").first()
    )


def was_inferred(entry: Entry) -> bool:
    """Tell whether an entry counts as not done only because nothing was found of it."""
    event = entry.last_event
    denied = event and event.kind == EntryState.SETTLED_NOT_DONE
    return bool(denied and event and event.detail.get("by") == READ_BACK)


def busy_with(uuids: Iterable[str], *, part_of: UUID | None = None) -> Subject | None:
    """Find what ends or changes one of these contacts for good and is under way, if anything.

    What is under way as a whole, with the key `part_of`, is not in the way of its own steps, nor
    they in its.
    """
    slugs = [other.slug for other in operations() if other.ends_contacts]
    under_way = Q(entry__status__state__in=OPEN) | Q(entry__status__is_followed=True)
    subjects = Subject.objects.filter(
        under_way, contact_uuid__in=list(uuids), entry__action__in=slugs
    )
    for busy in subjects.select_related("entry").order_by("-pk"):
        own = {busy.entry.submission_key, whole_of(busy.entry)}
        if part_of is None or part_of not in own:
            return busy
    return None


def whole_of(entry: Entry) -> UUID | None:
    """Give the key of the entry of which this one is a step; None where it stands for itself."""
    key = _intent(entry).get("part_of")
    return UUID(key) if key else None


def _intent(entry: Entry) -> dict[str, Any]:
    """Give what is kept of how an entry came to be asked for."""
    intended = entry.events.filter(kind=EntryState.INTENDED).first()
    return intended.detail if intended else {}


def words_about(busy: Subject) -> str:
    """Say what is under way with a contact, and who asked for it."""
    words = gettext(
        "%(person)s asked for “%(action)s” for this contact, and how that ends is not known "
        "yet. Nothing was sent. Wait for it to end, then look again."
    )
    params = {"person": busy.entry.person_name, "action": get_operation(busy.entry.action).label}
    return words % params


def _refuse_overlap(
    action: Operation[Any, Any], subjects: dict[str, str], part_of: UUID | None
) -> None:
    """Refuse to end or change a contact for good while another such thing is under way."""
    busy = busy_with(subjects.values(), part_of=part_of) if action.ends_contacts else None
    if busy:
        role = next(role for role, uuid in subjects.items() if uuid == busy.contact_uuid)
        raise Refused({f"{role}_contact_uuid".removeprefix("contact_"): words_about(busy)})


# --- Appending -------------------------------------------------------------------------------


def append(entry: Entry, kind: str, detail: dict[str, Any] | None = None) -> Event:
    """Add what became known about an entry."""
    with hash_chain.turn() as head:
        return append_inside(head, entry, kind, detail or {})


def append_inside(
    head: Head,
    entry: Entry,
    kind: str,
    detail: dict[str, Any],
    *,
    only_after: Iterable[EntryState] = tuple(EntryState),
    subjects: Iterable[Subject] = (),
    kept: Iterable[Snapshot] = (),
) -> Event:
    """Append inside a turn, and keep the projection with it.

    The contacts of a new entry, and the snapshots `kept` with the event, are stored along with it.

    Raises:
        Superseded: the entry is in none of the states `only_after`; the turn must be undone.
    """
    kept = list(kept)
    event = hash_chain.link(head, entry, kind, detail | snapshots.seals(kept))
    getattr(entry, "_prefetched_objects_cache", {}).pop("events", None)
    stand = _begin_status if kind == EntryState.INTENDED else partial(_stand, only_after=only_after)
    *_, stood = hash_chain.keep(event, *map(insert, [*subjects, *kept]), stand(entry, event))
    if not stood:
        raise Superseded
    appended.send(Event, entry=entry, kind=kind)
    return event


def _begin_status(entry: Entry, event: Event) -> Statement:
    """Make the projection of a new entry."""
    values = hash_chain.status_values(entry, [event.kind], is_watched=False)
    values |= {"owner": this_process(), "lease_until": lease_from(event.at)}
    status = EntryStatus(entry_id=entry.pk, updated_at=event.at, **values)
    return insert(status, returning="entry_id")


def _stand(entry: Entry, event: Event, only_after: Iterable[EntryState]) -> Statement:
    """Bring the projection up to date with one more event, unless its state forbids it."""
    changed: dict[str, Any] = {"updated_at": event.at}
    if event.kind in EntryState.values:
        happened = event.kind in {EntryState.DONE, EntryState.SETTLED_DONE}
        changed |= {"state": event.kind, "is_followed": happened and _is_watched(entry)}
        if event.kind == EntryState.SENT:
            changed["lease_until"] = lease_from(event.at)
        else:
            changed |= {"owner": "", "lease_until": None}
    elif event.kind in {VERIFIED, FLAGGED}:
        changed |= {"is_followed": False, "is_flagged": event.kind == FLAGGED}
    elif event.kind == ACKNOWLEDGED:
        changed["is_flagged"] = False
    elif event.kind == RESUMED:
        changed |= {"is_followed": True, "is_flagged": False}
    states = list(map(str, only_after))
    where = f"entry_id = %s AND state IN ({marks(states)})"
    return update(EntryStatus, changed, where, [entry.pk, *states], returning="entry_id")


def approval_of(entry: Entry) -> dict[str, Any] | None:
    """Give what is kept of who approved an entry; None where nobody had to."""
    return _intent(entry).get("approval")


def _is_watched(entry: Entry) -> bool:
    return any(action.slug == entry.action and action.is_watched for action in operations())


# --- Performing ------------------------------------------------------------------------------


def _perform(piggy: PiggyClient, request: WriteRequest, entry: Entry) -> Outcome:
    """Send it, and append an outcome whatever happens short of a killed process."""
    action, data = request.action, request.data
    sending = _Sending(entry, request)
    kind: EntryState | None = EntryState.UNKNOWN
    detail: dict[str, Any] = {"error": "Interrupted"}
    personal: list[snapshots.Personal] = []
    try:
        with _acting(entry), referring(sending.reference), on_first_write(sending.begin):
            result = action.perform(piggy, data)
        kind = EntryState.DONE
        detail, personal = _kept(action, result)
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


def _acting(entry: Entry) -> Any:
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
        with hash_chain.turn() as head:
            insist_on_permission(self.request.person, self.request.action.permission)
            detail, only_after = self.reference.detail(), [EntryState.INTENDED]
            append_inside(head, self.entry, EntryState.SENT, detail, only_after=only_after)
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
        with hash_chain.turn() as head:
            append_inside(head, entry, kind, detail, only_after=OPEN, kept=kept)
    except Superseded:
        if kind == EntryState.DONE:
            with suppress(Superseded), hash_chain.turn() as head:
                mend(head, entry, kind, detail, kept=kept)


def mend(
    head: Head, entry: Entry, kind: str, detail: dict[str, Any], *, kept: Iterable[Snapshot]
) -> None:
    """Correct inside a turn what was found not to be done, and was done late; that is told.

    Raises:
        Superseded: nobody has found it not to be done; the turn must be undone.
    """
    append_inside(head, entry, kind, detail, only_after=[EntryState.SETTLED_NOT_DONE], kept=kept)
    words = gettext(
        "It was found not to be done, and then Piggy did it all the same, late. If it was asked "
        "for once more meanwhile, it was done twice: compare, and take one of them back."
    )
    append_inside(head, entry, FLAGGED, {"words": words})


def _kept(
    action: Operation[Any, Any], result: Any
) -> tuple[dict[str, Any], list[snapshots.Personal]]:
    """Give what the ledger keeps of a result: everything, or of a secret nothing."""
    if not action.result_type:
        return {}, []
    bare, personal = snapshots.part(result)
    return {"result": bare}, personal


def describe(error: PiggyError) -> dict[str, Any]:
    """Say what went wrong in a way that can be kept and shown again."""
    return {
        "error": type(error).__name__,
        "message": str(error.message),
        "piggy_message": error.piggy_message,
        "code": error.code,
        "status": error.status,
        "field_errors": error.field_errors,
    }


def error_of(entry: Entry, detail: dict[str, Any]) -> PiggyError | None:
    """Make an error again from what was kept of it; None where there was none."""
    kind = getattr(errors, str(detail.get("error", "")), None)
    if not (isinstance(kind, type) and issubclass(kind, PiggyError)):
        return None
    return kind(
        status=detail.get("status"),
        code=detail.get("code"),
        trace_id=entry.trace_id,
        piggy_message=detail.get("piggy_message", ""),
        field_errors=detail.get("field_errors"),
        is_write=True,
    )


# --- The second press ------------------------------------------------------------------------


def reread(entry: Entry) -> Entry:
    """Read an entry anew."""
    return Entry.objects.get(pk=entry.pk)


def _wait_for_outcome(entry: Entry) -> Entry:
    """Wait until the one who came first has an outcome, is dead, or takes too long."""
    give_up_at = time.monotonic() + WAIT_FOR_FIRST_SECONDS
    pause = LOOK_AGAIN_SECONDS
    while time.monotonic() < give_up_at:
        status = EntryStatus.objects.get(entry=entry)
        if status.state not in UNDER_WAY or recover_one(status, timezone.now()):
            break
        time.sleep(pause)
        pause = min(pause * 1.5, LOOK_AGAIN_SECONDS_AT_MOST)
    return reread(entry)


def recall(action: Operation[Any, Any], entry: Entry) -> Outcome:
    """Give an entry's outcome as it was shown the first time."""
    event = entry.last_event
    detail = event.detail if event else {}
    kept = snapshots.answer_of(entry, detail)
    result = None
    if action.result_type and kept is not None:
        result = action.result_type.model_validate(kept)
    return Outcome(entry, result=result, error=error_of(entry, detail))


# --- Recovery --------------------------------------------------------------------------------


def recover(now: datetime | None = None) -> list[Entry]:
    """Settle what nobody is at work on any more, and give those entries. Nothing is sent."""
    now = now or timezone.now()
    under_way = EntryStatus.objects.filter(state__in=UNDER_WAY).select_related("entry")
    return [status.entry for status in under_way if recover_one(status, now)]


def recover_one(status: EntryStatus, now: datetime) -> bool:
    """Settle one entry if nobody is at work on it; tells whether that was so."""
    if is_at_work(status.owner, status.lease_until, now):
        return False
    with hash_chain.turn() as head:
        current = EntryStatus.objects.select_related("entry").get(pk=status.pk)
        if current.state not in UNDER_WAY or is_at_work(current.owner, current.lease_until, now):
            return False
        if current.state == EntryState.SENT:
            detail = {"by": "recovery", "error": "Interrupted"}
            append_inside(head, current.entry, EntryState.UNKNOWN, detail)
        else:
            append_inside(head, current.entry, EntryState.SETTLED_NOT_DONE, {"by": "never sent"})
    return True


def needs_attention(person: User) -> QuerySet[EntryStatus]:
    """Give what a person should look at: unknown outcomes and surprises, the oldest first.

    Those of the actions that they may do, and, for readers of the ledger, of actions that are gone.
    """
    theirs = Q(action__in=[each.slug for each in operations() if each.is_allowed_for(person)])
    if person.has_perm(READ_LEDGER):
        theirs |= ~Q(action__in=[each.slug for each in operations()])
    return (
        EntryStatus.objects.filter(Q(state=EntryState.UNKNOWN) | Q(is_flagged=True))
        .filter(theirs)
        .select_related("entry")
        .prefetch_related("entry__events")
        .order_by("asked_at", "entry_id")
    )


# --- Following -------------------------------------------------------------------------------


def follow_up(entry: Entry, progress: Progress, *, as_expected: bool | None = None) -> None:
    """Keep, once, how something ended that Piggy carried out after its answer."""
    is_right = progress.as_expected if as_expected is None else as_expected
    if reread(entry).follow_up:
        return
    if is_right:
        # Before it counts as ended, so that it is done again where somebody is killed in between.
        get_operation(entry.action).after_followed(entry)
    with hash_chain.turn() as head:
        if reread(entry).follow_up:
            return
        bare, personal = snapshots.part(progress.after)
        kept = snapshots.rows(entry, Snapshot.Moment.AFTER, personal)
        detail = {"words": progress.words, "after": bare}
        append_inside(head, entry, VERIFIED if is_right else FLAGGED, detail, kept=kept)
    if is_right:
        # And after it, for what the end itself has set going.
        get_operation(entry.action).after_followed(entry)


def acknowledge(entry: Entry, *, person: User, comment: str) -> None:
    """Keep that a person has looked at what ended with a surprise, and what they say of it.

    Raises:
        PermissionDenied: they may not do the action themselves.
    """
    with hash_chain.turn() as head:
        insist_on_permission(person, permission_to_decide_about(entry.action))
        if not EntryStatus.objects.get(entry=entry).is_flagged:
            return
        detail = {"person": person.pk, "person_name": person.name, "comment": comment}
        append_inside(head, entry, ACKNOWLEDGED, detail)


def resume(entry: Entry, *, person: User, comment: str) -> None:
    """Keep that a person has settled a surprise, and that what had stopped goes on.

    Raises:
        PermissionDenied: they may not do the action themselves.
        Refused: something else is under way with one of its contacts by now.
    """
    with hash_chain.turn() as head:
        insist_on_permission(person, permission_to_decide_about(entry.action))
        followed = reread(entry).follow_up
        if followed is None or followed.kind != FLAGGED:
            return
        subjects = {each.role: each.contact_uuid for each in entry.subjects.all()}
        _refuse_overlap(get_operation(entry.action), subjects, entry.submission_key)
        detail = {"person": person.pk, "person_name": person.name, "comment": comment}
        append_inside(head, entry, RESUMED, detail)


def answers_for(entry: Entry) -> User:
    """Give the person in whose name what is left of an entry is done.

    Who let it go on last took it up; else it is who asked. A step goes with its whole.
    """
    key = whole_of(entry)
    whole = Entry.objects.filter(submission_key=key).first() if key else None
    if whole:
        return answers_for(whole)
    resumed = entry.events.filter(kind=RESUMED).last()
    return User.objects.get(pk=resumed.detail["person"]) if resumed else entry.person


# --- Reads -----------------------------------------------------------------------------------


def read(piggy: PiggyClient, action: Operation[Any, Any], *, person: User, data: Data) -> Any:
    """Do an action that changes nothing, and give its result.

    It is done at once, in the request that has just looked up who the person is and what they may;
    that is not asked for again, as somebody waits.

    Raises:
        PermissionDenied: the person may not do it.
        PiggyError: as the services do.
        ValueError: it changes something.
    """
    if not action.is_read:
        raise ValueError("It changes something, and so has to be carried out.")
    if not may(person, action.permission):
        refuse(person, action.permission)
    return action.perform(piggy, data)


def count_read(action: Operation[Any, Any]) -> None:
    """Count one use of an action that changes nothing."""
    today = timezone.localdate()
    if not _add_one(action.slug, today):
        ReadCount.objects.get_or_create(day=today, action=action.slug)
        _add_one(action.slug, today)


def _add_one(slug: str, day: Any) -> int:
    return ReadCount.objects.filter(day=day, action=slug).update(number=F("number") + 1)


def log_look_up(person: User, where: str, contact_uuid: str) -> None:
    """Keep who looked at which contact, and where."""
    PersonLookUp.objects.create(
        person=person,
        person_name=person.name,
        action=where,
        contact_uuid=contact_uuid,
        trace_id=current_trace_id(),
    )

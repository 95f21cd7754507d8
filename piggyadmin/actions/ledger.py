"""Carrying out a write: intent is committed first, the outcome appended after.

The same submission key never sends twice: whoever comes second gets the first one's outcome.
"""

import time
from typing import Any
from uuid import UUID

from django.core.exceptions import SuspiciousOperation
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action, Data, Preview
from piggyadmin.actions.models import (
    FLAGGED,
    VERIFIED,
    Entry,
    Event,
    PersonLookUp,
    ReadCount,
    State,
)
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import OutcomeUnknown, PiggyError
from piggyadmin.piggy.trace import current_trace_id

# How long, in seconds, the second press of a button waits for the outcome of the first.
WAIT_FOR_FIRST_SECONDS = 35.0
LOOK_AGAIN_SECONDS = 0.1


class Outcome:
    """What a press of the button came to, for the page that shows it."""

    def __init__(
        self, entry: Entry, *, result: Any = None, error: PiggyError | None = None
    ) -> None:
        self.entry = entry
        self.result = result
        self.error = error


def carry_out(
    piggy: PiggyClient,
    action: Action[Any, Any],
    *,
    person: User,
    data: Data,
    submission_key: UUID,
    preview: Preview | None = None,
) -> Outcome:
    """Do a write once, and keep what was asked and what came of it.

    PiggyErrors are part of the outcome, not raised.
    """
    entry, is_new = _intend(action, person, data, submission_key, preview)
    if not is_new:
        return recall(action, _wait_for_outcome(entry))
    append(entry, State.SENT)
    return _perform(piggy, action, entry, data)


def _intend(
    action: Action[Any, Any],
    person: User,
    data: Data,
    submission_key: UUID,
    preview: Preview | None,
) -> tuple[Entry, bool]:
    """Commit the intent; False when this submission key was there before."""
    try:
        with transaction.atomic():
            entry = Entry.objects.create(
                person=person,
                person_name=person.name,
                action=action.slug,
                data=dict(data),
                preview=preview and preview.model_dump(mode="json"),
                trace_id=current_trace_id(),
                submission_key=submission_key,
            )
    except IntegrityError:
        return _of_the_first_press(action, person, submission_key), False
    return entry, True


def _of_the_first_press(action: Action[Any, Any], person: User, submission_key: UUID) -> Entry:
    """Get the entry that has this key already.

    Raises:
        SuspiciousOperation: it is somebody else's or another action's, so the form was forged.
    """
    entry = Entry.objects.get(submission_key=submission_key)
    if (entry.person_id, entry.action) != (person.pk, action.slug):
        raise SuspiciousOperation("A submission key of another form.")
    return entry


def _perform(piggy: PiggyClient, action: Action[Any, Any], entry: Entry, data: Data) -> Outcome:
    """Send it, and append an outcome whatever happens short of a killed process."""
    kind, detail = State.UNKNOWN, {"error": "Interrupted"}
    try:
        result = action.perform(piggy, data)
        kind, detail = State.DONE, _kept(action, result)
        action.after_done(data, result)
        return Outcome(entry, result=result)
    except OutcomeUnknown as error:
        kind, detail = State.UNKNOWN, describe(error)
        return Outcome(entry, error=error)
    except PiggyError as error:
        kind, detail = State.REJECTED, describe(error)
        return Outcome(entry, error=error)
    finally:
        append(entry, kind, detail)


def _kept(action: Action[Any, Any], result: Any) -> dict[str, Any]:
    """Give what the ledger keeps of a result: everything, or of a secret nothing."""
    return {"result": result.model_dump(mode="json")} if action.result_type else {}


def describe(error: PiggyError) -> dict[str, Any]:
    """Say what went wrong in a way that can be kept and shown again."""
    return {
        "error": type(error).__name__,
        "message": str(error.message),
        "code": error.code,
        "status": error.status,
        "field_errors": error.field_errors,
    }


def append(entry: Entry, kind: str, detail: dict[str, Any] | None = None) -> Event:
    """Add what became known about an entry."""
    return Event.objects.create(entry=entry, kind=kind, detail=detail or {})


def _wait_for_outcome(entry: Entry) -> Entry:
    """Wait until the one who came first has an outcome, or give up waiting."""
    give_up_at = time.monotonic() + WAIT_FOR_FIRST_SECONDS
    while entry.state in {State.INTENDED, State.SENT} and time.monotonic() < give_up_at:
        time.sleep(LOOK_AGAIN_SECONDS)
        entry = Entry.objects.get(pk=entry.pk)
    return entry


def recall(action: Action[Any, Any], entry: Entry) -> Outcome:
    """Give an entry's outcome as it was shown the first time."""
    event = entry.last_event
    detail = event.detail if event else {}
    result = None
    if action.result_type and "result" in detail:
        result = action.result_type.model_validate(detail["result"])
    return Outcome(entry, result=result)


def follow_up(entry: Entry, *, as_expected: bool, words: str) -> None:
    """Keep, once, how something ended that Piggy carried out after its answer."""
    if entry.follow_up is None:
        append(entry, VERIFIED if as_expected else FLAGGED, {"words": words})


def count_read(action: Action[Any, Any]) -> None:
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

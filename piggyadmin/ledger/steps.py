"""What a followed entry still has to have done: steps, each an entry of its own.

However often an entry is looked at, and whoever dies over it, a step is asked for once: its key
follows from the whole's. What was not done is asked for anew, with the next key. As an attempt that
was only not found may still come late, it is for things of which a second time does no harm.
"""

from uuid import UUID, uuid5

from piggyadmin.ledger import following, writes
from piggyadmin.ledger.entries import key_of_again
from piggyadmin.ledger.models import NOT_HAPPENED, Entry
from piggyadmin.ledger.operations import Data, Operation, Preview
from piggyadmin.ledger.outcomes import Outcome
from piggyadmin.piggy.client import PiggyClient


def carry_step(
    piggy: PiggyClient,
    whole: Entry,
    operation: Operation[object, Preview | None],
    data: Data,
    *,
    name: str,
    preview: Preview | None = None,
) -> Outcome:
    """Ask for a step of an entry, in the name of whoever answers for it.

    `name` tells it from the other steps of the same whole.

    Raises:
        PermissionDenied: they may not do it, or not any more.
        Refused: something is under way that does not go together with it.
        DuplicateRequest: somebody asked for the same a moment ago.
    """
    key, before = _next(uuid5(whole.submission_key, name))
    request = writes.WriteRequest(
        action=operation,
        person=following.answers_for(whole),
        data=data,
        submission_key=key,
        preview=preview,
        reason=whole.reason,
        repeat_of=before.submission_key if before else None,
        part_of=whole.submission_key,
    )
    return writes.carry_out(piggy, request)


def find_step(whole: Entry, name: str) -> Entry | None:
    """Find a step that was asked for and may have happened."""
    key, _before = _next(uuid5(whole.submission_key, name))
    return Entry.objects.filter(submission_key=key).first()


def _next(key: UUID) -> tuple[UUID, Entry | None]:
    """Give the key of what is asked for, and the last attempt, if there was one and it failed."""
    before = None
    while (entry := Entry.objects.filter(submission_key=key).first()) and (
        entry.state in NOT_HAPPENED
    ):
        key, before = key_of_again(entry), entry
    return key, before

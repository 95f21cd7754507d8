"""The yes to many pairs, and taking it back: first an entry of the ledger, then what it decides."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import insist_on_permission
from piggyadmin.duplicates.models import DecisionKind, Pair
from piggyadmin.duplicates.review import batches
from piggyadmin.duplicates.review.batch_operation import DECIDE_ON_PAIRS, PairsToDecide
from piggyadmin.ledger import following, writes
from piggyadmin.ledger.models import HAPPENED, Entry
from piggyadmin.piggy.client import piggy_client


class BulkDecision(NamedTuple):
    """What is decided on many pairs, and why."""

    kind: DecisionKind
    reason: str = ""
    comment: str = ""
    until: datetime | None = None


def decide(pairs: Sequence[Pair], wanted: BulkDecision, *, person: User, key: UUID) -> Entry:
    """Put what was decided on pairs into the ledger, and keep it.

    Raises:
        PermissionDenied: they may not do it, or not any more.
    """
    named = [f"{pair.first} {pair.second} {pair.mark}" for pair in pairs]
    until = {"until": wanted.until.isoformat()} if wanted.until else {}
    return _carry_out({"decision": wanted.kind, "pairs": named, **until}, wanted, person, key)


def take_back(key: UUID, *, person: User, as_key: UUID) -> Entry:
    """Open the pairs again that were decided at once, as far as nobody has decided since.

    Raises:
        PermissionDenied: they may not do it, or not any more.
    """
    named = [f"{each.first} {each.second}" for each in batches.still_standing(key)]
    data = {"decision": DecisionKind.REOPEN, "pairs": named, "of": str(key)}
    return _carry_out(data, BulkDecision(DecisionKind.REOPEN), person, as_key)


def _carry_out(data: dict[str, Any], wanted: BulkDecision, person: User, key: UUID) -> Entry:
    insist_on_permission(person, *batches.PERMISSIONS)
    request = writes.WriteRequest(
        action=DECIDE_ON_PAIRS,
        person=person,
        data=data,
        submission_key=key,
        preview=PairsToDecide(pairs=len(data["pairs"])),
        reason=wanted.reason,
        comment=wanted.comment,
    )
    entry = writes.carry_out(piggy_client(), request).entry
    if entry.state in HAPPENED:
        following.follow_up(entry, batches.keep(entry))
    return entry

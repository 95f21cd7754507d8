"""Settling what is unknown: by looking at Piggy, or by a person who has seen what was found."""

from contextlib import suppress
from typing import Any

from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import insist_on_permission
from piggyadmin.ledger import appending, entries, hash_chain, own_reference, recovery, snapshots
from piggyadmin.ledger.models import LOOKED, Entry, EntryState, Event, Snapshot
from piggyadmin.ledger.operations import (
    Finding,
    Verdict,
    find_operation,
    permission_to_decide_about,
)
from piggyadmin.piggy.actor import use_actor
from piggyadmin.piggy.client import PiggyClient
from piggyadmin.piggy.errors import PiggyError


class AlreadySettled(Exception):  # noqa: N818
    """Somebody, or the read-back, was faster."""


def look(piggy: PiggyClient, entry: Entry) -> Finding:
    """Ask Piggy what became of an entry; what cannot be asked now is undecided."""
    action = find_operation(entry.action)
    if action is None:
        words = gettext("The console can no longer do this, so it cannot look either.")
        return Finding(verdict=Verdict.UNDECIDED, words=words)
    try:
        with use_actor(None, gettext("Read-back"), action.slug, entry.pk):
            return action.read_back(piggy, entry)
    except PiggyError as error:
        return Finding(verdict=Verdict.UNDECIDED, words=str(error.message))


def is_searched(entry: Entry) -> bool:
    """Tell whether it is looked for: what is unknown, and what may come late and is then known.

    That is so where nothing was found yet of what carries the console's own reference.
    """
    if entry.state == EntryState.UNKNOWN:
        return True
    return entries.was_inferred(entry) and own_reference.written(entry) is not None


def settle(piggy: PiggyClient, entry: Entry) -> Finding:
    """Look, and append what was found.

    What was found not to be done is corrected where it is found after all; all else that is not
    unknown stays as it is.
    """
    finding = look(piggy, entry)
    kinds = {
        Verdict.DONE: EntryState.SETTLED_DONE,
        Verdict.NOT_DONE: EntryState.SETTLED_NOT_DONE,
        Verdict.UNDECIDED: LOOKED,
    }
    with suppress(AlreadySettled):
        _conclude(entry, kinds[finding.verdict], finding, {"by": entries.READ_BACK})
    return finding


def decide(entry: Entry, *, person: User, is_done: bool, why: str, seen: Finding) -> None:
    """Settle by a person's word; who, why and what they saw are kept.

    Raises:
        AlreadySettled: it is not unknown any more.
        PermissionDenied: they may not do the action themselves.
    """
    insist_on_permission(person, permission_to_decide_about(entry.action))
    kind = EntryState.SETTLED_DONE if is_done else EntryState.SETTLED_NOT_DONE
    by = {"by": "person", "person": person.pk, "person_name": person.name, "why": why}
    _conclude(entry, kind, seen, by)


def _conclude(entry: Entry, kind: str, finding: Finding, by: dict[str, Any]) -> None:
    result, personal = snapshots.part(finding.result)
    detail = by | {
        "words": finding.words,
        "verdict": finding.verdict,
        "evidence": [each.model_dump(mode="json") for each in finding.evidence],
    }
    if kind == EntryState.SETTLED_DONE and result is not None:
        detail["result"] = result
    kept: list[Snapshot] = []
    if kind == EntryState.SETTLED_DONE:
        kept = snapshots.rows(entry, Snapshot.Moment.ANSWER, personal)
    with hash_chain.locked_head() as head:
        entry = entries.reread(entry)
        if entry.state == EntryState.UNKNOWN:
            if kind != LOOKED or not _says_nothing_new(entry, detail):
                appending.append_inside(head, entry, kind, detail, kept=kept)
        elif kind == EntryState.SETTLED_DONE and is_searched(entry):
            recovery.mend(head, entry, EntryState.SETTLED_DONE, detail, kept=kept)
        else:
            raise AlreadySettled


def _says_nothing_new(entry: Entry, detail: dict[str, Any]) -> bool:
    last = Event.objects.filter(entry=entry).order_by("-sequence").first()
    return last is not None and last.kind == LOOKED and last.detail == hash_chain.plain(detail)


def last_finding(entry: Entry) -> Finding | None:
    """Give what the last look found, for the page that asks a person to decide."""
    looks = [event for event in entry.events.all() if event.kind == LOOKED]
    if not looks:
        return None
    detail = looks[-1].detail
    return Finding(verdict=detail["verdict"], words=detail["words"], evidence=detail["evidence"])

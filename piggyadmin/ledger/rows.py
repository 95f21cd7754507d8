"""Entries and requests as lists show them: a sentence, the customers, and the steps under it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from django.db.models import Count, Exists, OuterRef, Subquery
from django.utils.translation import gettext

from piggyadmin.ledger.models import (
    FLAGGED,
    Approval,
    ApprovalStatus,
    Entry,
    EntryStatus,
    Reason,
    Snapshot,
)
from piggyadmin.ledger.operations import find_operation
from piggyadmin.ledger.sentences import FOLLOWED, Matter, Sentence, lower_first
from piggyadmin.ledger.subjects import directory


class LedgerRow(NamedTuple):
    """An entry as lists show it: what was done, to whom, why, and what became of it."""

    status: EntryStatus
    sentence: str
    # UUID and name; the name is empty where nobody here knows it.
    customers: list[tuple[str, str]]
    reason: str
    # How many steps it has, which are entries of their own.
    steps: int

    @property
    def entry(self) -> Entry:
        """The entry itself."""
        return self.status.entry


class _Around(NamedTuple):
    """What belongs to an entry: contacts by their roles, steps, and whether it has snapshots."""

    subjects: dict[str, str]
    steps: int
    has_snapshots: bool


def described(rows: Sequence[EntryStatus]) -> list[LedgerRow]:
    """Say of each entry what it is about; Piggy is not asked."""
    around = _around([row.entry_id for row in rows])
    uuids = {uuid for each in around.values() for uuid in each.subjects.values()}
    names = names_of([pk for pk, each in around.items() if each.has_snapshots], uuids)
    things = directory().things()
    return [_described(row, around[row.entry_id], names, things) for row in rows]


def _around(entries: Collection[int]) -> dict[int, _Around]:
    """Find what belongs to entries, in one query."""
    steps = EntryStatus.objects.filter(part_of=OuterRef("submission_key")).values("part_of")
    rows = (
        Entry.objects.filter(pk__in=entries)
        .annotate(
            steps=Subquery(steps.annotate(number=Count("pk")).values("number")),
            has_snapshots=Exists(Snapshot.objects.filter(entry=OuterRef("pk"))),
        )
        .order_by("pk", "subjects__pk")
        .values_list("pk", "subjects__role", "subjects__contact_uuid", "steps", "has_snapshots")
    )
    around: dict[int, _Around] = {}
    for pk, role, uuid, number, has_snapshots in rows:
        found = around.setdefault(pk, _Around({}, number or 0, has_snapshots))
        if role is not None:  # an entry can be about nobody
            found.subjects[role] = uuid
    return around


def _described(
    row: EntryStatus, around: _Around, names: Mapping[str, str], things: Mapping[str, str]
) -> LedgerRow:
    customers = {role: names.get(uuid, "") for role, uuid in around.subjects.items()}
    matter = Matter(row.entry.data, row.entry.preview or {}, customers, things)
    return LedgerRow(
        row,
        _sentence(row, matter),
        [(uuid, names.get(uuid, "")) for uuid in dict.fromkeys(around.subjects.values())],
        reason_in_sentence(row.reason),
        around.steps,
    )


def _sentence(row: EntryStatus, matter: Matter) -> str:
    told = sentence_about(row.action, matter).told
    return told(row.entry.person_name, row.state, so_far=so_far(row))


class Followed(Protocol):
    """What is known of what became of an entry after Piggy's answer."""

    @property
    def is_followed(self) -> bool:
        """Whether Piggy is still at it."""

    @property
    def is_flagged(self) -> bool:
        """Whether it ended with a surprise that nobody has looked at yet."""


def so_far(row: Followed) -> str:
    """Give what more is to be said of something that was done; empty for nothing."""
    return FLAGGED if row.is_flagged else FOLLOWED if row.is_followed else ""


def sentence_about(slug: str, matter: Matter) -> Sentence:
    """Have an action say what something is about; of one that has gone, its slug is known."""
    operation = find_operation(slug)
    if operation is not None and not operation.is_read:
        return operation.sentence(matter)
    return Sentence("%(who)s: %(slug)s", "%(slug)s", {"slug": slug})


def reason_in_sentence(reason: str) -> str:
    """Write a reason behind a sentence: one that every console offers in small letters."""
    words = gettext(reason) if reason else ""
    return lower_first(words) if reason in Reason.OFFERED_FIRST else words


def sentence_of(entry: Entry) -> str:
    """Say of one entry what it is about; Piggy is not asked."""
    return described([entry.status])[0].sentence


# --- Who they are ----------------------------------------------------------------------------


def names_of(kept: Collection[int], uuids: Collection[str]) -> Mapping[str, str]:
    """Name customers as they are called now; who is no more, as snapshots of the entries do.

    `kept` are those of the entries that have snapshots.
    """
    names = dict(directory().names(uuids)) if uuids else {}
    unnamed = {uuid for uuid in uuids if not names.get(uuid)} if kept else set()
    return names | names_kept(kept, unnamed) if unnamed else names


def names_kept(entries: Any, uuids: Collection[str]) -> dict[str, str]:
    """Name those who are no more as snapshots of these entries do."""
    kept = Snapshot.objects.filter(entry_id__in=entries, contact_uuid__in=uuids).order_by("pk")
    name_in = directory().name_in
    named = ((uuid, name_in(data)) for uuid, data in kept.values_list("contact_uuid", "data"))
    return {uuid: name for uuid, name in named if name}


# --- Requests that another person decides on -------------------------------------------------


class RequestRow(NamedTuple):
    """What was asked of a second person, as lists show it."""

    approval: Approval
    sentence: str
    reason: str

    @property
    def has_page(self) -> bool:
        """Whether there is still such an action, without which nothing more can be shown."""
        return find_operation(self.approval.action) is not None


def requests_described(approvals: Iterable[Approval]) -> list[RequestRow]:
    """Say of each request what it is about; Piggy is not asked."""
    approvals = list(approvals)
    names = directory().names({uuid for each in approvals for uuid in each.subjects.values()})
    things = directory().things()
    return [
        RequestRow(
            each,
            _request(each, names, things),
            reason_in_sentence(each.form_data.get("reason") or ""),
        )
        for each in approvals
    ]


def _request(approval: Approval, names: Mapping[str, str], things: Mapping[str, str]) -> str:
    customers = {role: names.get(uuid, "") for role, uuid in approval.subjects.items()}
    matter = Matter(approval.data, customers=customers, things=things)
    sentence, who = sentence_about(approval.action, matter), approval.asked_by_name
    if approval.status == ApprovalStatus.WAITING:
        return sentence.waiting(who)
    return sentence.told(who, approval.status)

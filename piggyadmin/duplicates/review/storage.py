"""What a search has found, in the database: pairs that keep what people decided."""

import math
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from piggyadmin.bulk_insert import NAMED, batches, insert
from piggyadmin.duplicates.models import MirroredContact, Pair, PairStatus
from piggyadmin.duplicates.review.decisions import dismissed_fingerprints
from piggyadmin.duplicates.review.decisions import fingerprints as data_of

OPEN = PairStatus.OPEN
# What a search says of a pair; all else is what people did with it.
_FOUND = (
    *("probability", "first_fingerprint", "second_fingerprint", "credits", "last_transaction_at"),
    *("has_anonymous", "is_proposed", "rank", "search"),
)
# What of that is at stake, which changes without the two being compared again.
_STAKE = ("credits", "last_transaction_at", "has_anonymous", "rank")
# How many rows are read or written at a time, so that nobody waits long for the database.
_CHUNK = 5_000
# What is at stake moves a pair up the queue: so much for ten times the credits, and for activity.
_RANK_OF_CREDITS = 0.02
_RANK_OF_ACTIVITY = 0.05
_ACTIVE = timedelta(days=90)


class Party(NamedTuple):
    """What is kept of a contact in its pairs."""

    uuid: str
    fingerprint: str
    credits: int
    last_transaction_at: datetime | None
    is_anonymous: bool


class Found(NamedTuple):
    """Two contacts that may be one person, and how sure that is."""

    one: Party
    other: Party
    probability: float


def parties(rows: QuerySet[MirroredContact]) -> dict[int, Party]:
    """Give what is kept of mirrored contacts, by primary key."""
    return {pk: Party(*values) for pk, *values in rows.values_list("pk", *Party._fields)}


# --- Pairs -----------------------------------------------------------------------------------


def store(found: Iterable[Found], *, proposed: float, search: int) -> int:
    """Store pairs, `proposed` being how sure a proposed one is; gives how many there are.

    What people decided stays: a pair that was dismissed comes back only when its data changed, one
    of whose contacts was gone when both are there again.
    """
    number = 0
    dismissed = dismissed_fingerprints()
    now = timezone.now()
    rows = (_row(each, proposed, search, now) for each in found)
    while some := list(islice(rows, _CHUNK)):
        with transaction.atomic():
            insert(some, unique=("first", "second"), updates=_FOUND)
            still = [row for row in some if dismissed.get((row.first, row.second)) == data_of(row)]
            _dismiss(still)
        number += len(some)
    _open_again(search, dismissed)
    return number


def update_stakes(uuids: Sequence[str]) -> None:
    """Have pairs tell what is at stake now: their contacts bought or earned, and are no others."""
    pairs = list(Pair.objects.touching(uuids).undecided())
    wanted = {uuid for pair in pairs for uuid in (pair.first, pair.second)}
    known = {
        each.uuid: each
        for some in batches(sorted(wanted))
        for each in parties(MirroredContact.objects.filter(uuid__in=some)).values()
    }
    now, changed = timezone.now(), []
    for pair in pairs:
        if pair.first in known and pair.second in known:
            _put_stake(pair, known[pair.first], known[pair.second], now)
            changed.append(pair)
    Pair.objects.bulk_update(changed, _STAKE, batch_size=NAMED)


def _put_stake(pair: Pair, first: Party, second: Party, now: datetime) -> None:
    times = [party.last_transaction_at for party in (first, second) if party.last_transaction_at]
    pair.credits = first.credits + second.credits
    pair.last_transaction_at = max(times, default=None)
    pair.has_anonymous = first.is_anonymous or second.is_anonymous
    pair.rank = _rank(pair.probability, pair.credits, pair.last_transaction_at, now)


def _row(found: Found, proposed: float, search: int, now: datetime) -> Pair:
    first, second = sorted(found[:2], key=lambda party: party.uuid)
    pair = Pair(
        first=first.uuid,
        second=second.uuid,
        probability=found.probability,
        first_fingerprint=first.fingerprint,
        second_fingerprint=second.fingerprint,
        is_proposed=found.probability >= proposed,
        search=search,
        found_at=now,
    )
    _put_stake(pair, first, second, now)
    return pair


def _rank(probability: float, credits_: int, last_at: datetime | None, now: datetime) -> float:
    """Say how high in the queue: certainty first, then what is at stake."""
    is_active = last_at is not None and last_at > now - _ACTIVE
    stake = _RANK_OF_CREDITS * math.log10(1 + max(credits_, 0))
    return probability + stake + (_RANK_OF_ACTIVITY if is_active else 0)


def _dismiss(rows: list[Pair]) -> None:
    """Have pairs be dismissed again whose rows were dropped since."""
    for some in batches(rows):
        wanted = {(row.first, row.second) for row in some}
        opened = Pair.objects.filter(first__in=[row.first for row in some]).with_status(OPEN)
        pks = [row.pk for row in opened if (row.first, row.second) in wanted]
        Pair.objects.filter(pk__in=pks).update(status=PairStatus.DISMISSED)


def _open_again(search: int, dismissed: dict[tuple[str, str], tuple[str, str]]) -> None:
    closed = (PairStatus.DISMISSED, PairStatus.GONE)
    rows = Pair.objects.filter(search=search, status__in=closed)
    again = [row.pk for row in rows if dismissed.get((row.first, row.second)) != data_of(row)]
    for pks in batches(again):
        Pair.objects.filter(pk__in=pks, status__in=closed).update(status=OPEN)


def drop_unfound(search: int, *, among: Collection[str] | None = None) -> None:
    """Drop undecided pairs that a search has not found again: all, or those of some contacts."""
    unfound = Pair.objects.exclude(search=search).undecided()
    if among is None:
        unfound.delete()
        return
    for uuids in batches(sorted(among)):
        unfound.touching(uuids).delete()

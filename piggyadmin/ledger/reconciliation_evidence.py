"""What every read-back needs: when something was sent and given up, and who else may have done it.

What serves as proof is compared in full. Without the console's own reference (`own_reference.py`),
times are compared, on Piggy's clock, and as many rows as entries that may have made them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.ledger.models import HAPPENED, NOT_HAPPENED, OPEN, Entry, EntryState, Event
from piggyadmin.ledger.operations import Evidence, Finding, Verdict
from piggyadmin.piggy.clock import Difference

# What takes Piggy minutes may take so many seconds until its absence proves something.
SETTLES_LATER_SECONDS = 15 * 60
# Beside what is known of Piggy's clock: our own machines' may differ by so much, in seconds.
CLOCKS_DIFFER_SECONDS = 60

Row = TypeVar("Row")


def _last(entry: Entry, kind: EntryState) -> datetime | None:
    return max((event.at for event in entry.events.all() if event.kind == kind), default=None)


def sent_at(entry: Entry) -> datetime:
    """Give when the request left, or could have."""
    return _last(entry, EntryState.SENT) or entry.created_at


def seconds_since_sent(entry: Entry) -> float:
    """Give how long ago the request left, or could have."""
    return (timezone.now() - sent_at(entry)).total_seconds()


def lost_at(entry: Entry) -> datetime | None:
    """Give when its answer was given up; None where it was not."""
    return _last(entry, EntryState.UNKNOWN)


def window(entry: Entry, clock: Difference) -> tuple[datetime, datetime]:
    """Give between which moments, on Piggy's clock, it would have happened."""
    begin, end = sent_at(entry), lost_at(entry) or timezone.now()
    late = timedelta(seconds=settings.PIGGY_LATE_SECONDS)
    differ = timedelta(seconds=CLOCKS_DIFFER_SECONDS)
    return begin + clock.least - differ, end + late + clock.most + differ


def has_settled(entry: Entry, seconds: float = 0) -> bool:
    """Tell whether so much time has passed that what is not there will not come any more.

    It counts from when the answer was given up, and takes PIGGY_LATE_SECONDS at least.
    """
    wait = timedelta(seconds=max(seconds, settings.PIGGY_LATE_SECONDS))
    return timezone.now() >= (lost_at(entry) or sent_at(entry)) + wait


def compared(*facts: bool | None) -> bool | None:
    """Sum facts up: False where one does not fit, None where one is not known, else True."""
    if False in facts:
        return False
    return None if None in facts else True


def same(found: Any, asked: Any) -> bool | None:
    """Compare one fact; what Piggy does not tell now, or did not tell before, is not known."""
    return None if found is None or asked is None else bool(found == asked)


def clocks_differ(clock: Difference) -> str:
    """Say that moments prove nothing, as the clocks are too far apart."""
    minutes = round(abs(clock.ahead).total_seconds() / 60)
    words = gettext(
        "Piggy's clock and ours are %(minutes)s minutes apart, so that times prove nothing."
    )
    return words % {"minutes": minutes}


# --- Sets: rows at Piggy, and the entries that may have made them ----------------------------


def claimants(entry: Entry, field: str) -> list[Entry]:
    """Give the other entries about the same thing, named by a field, that may claim a row.

    They are open, or a person has said that they were done without saying what they made.
    """
    others = Entry.objects.filter(
        **{"action": entry.action, f"data__{field}": entry.data[field]}
    ).exclude(pk=entry.pk)
    told = Event.objects.filter(
        kind=EntryState.SETTLED_DONE, entry__in=others, at__gte=sent_at(entry)
    ).values_list("entry", "detail")
    unnamed = [pk for pk, detail in told if "result" not in detail]
    waiting = others.filter(Q(status__state__in=OPEN) | Q(pk__in=unnamed))
    return list(waiting.prefetch_related("events"))


def own_row(
    entry: Entry,
    others: Iterable[Entry],
    rows: Sequence[Row],
    fits: Callable[[Entry, Row], bool],
) -> Row | None:
    """Give the row that is this entry's; None where that cannot be told.

    It can be told where as many rows are there as entries that they fit, and nothing more can come.
    """
    chosen, entries = _connected(entry, [entry, *others], rows, fits)
    if len(chosen) != len(entries):
        return None
    if len(entries) > 1 and not all(map(has_settled, entries)):
        return None
    owners: dict[int, Entry] = {}
    for each in entries:
        if not _find_row(each, chosen, fits, owners, set()):
            return None
    return next(chosen[place] for place, owner in owners.items() if owner == entry)


def _connected(
    entry: Entry, entries: list[Entry], rows: Sequence[Row], fits: Callable[[Entry, Row], bool]
) -> tuple[list[Row], list[Entry]]:
    """Pick the rows that may be this entry's, the entries whose they may be too, and so on."""
    inside, places = [entry], set[int]()
    for each in inside:  # which grows
        new = {place for place, row in enumerate(rows) if fits(each, row)} - places
        places |= new
        inside += [
            other
            for other in entries
            if other not in inside and any(fits(other, rows[place]) for place in new)
        ]
    return [rows[place] for place in sorted(places)], sorted(inside, key=sent_at)


def _find_row(
    entry: Entry,
    rows: Sequence[Row],
    fits: Callable[[Entry, Row], bool],
    owners: dict[int, Entry],
    tried: set[int],
) -> bool:
    """Give a row to an entry, for which others may have to take another one (augmenting path)."""
    for place, row in enumerate(rows):
        if place in tried or not fits(entry, row):
            continue
        tried.add(place)
        if place not in owners or _find_row(owners[place], rows, fits, owners, tried):
            owners[place] = entry
            return True
    return False


# --- What else may have been at work ---------------------------------------------------------


def changed_since(entry: Entry, field: str, *, action: str = "") -> QuerySet[Entry]:
    """Give the other entries that may have changed the same thing, named by a field, since.

    They are of the same action, or of the one that is named.
    """
    same_thing = {"action": action or entry.action, f"data__{field}": entry.data[field]}
    return at_work_since(entry, Entry.objects.filter(**same_thing))


def alike_since(entry: Entry) -> QuerySet[Entry]:
    """Give the other entries of the same request that may have been carried out since."""
    alike = Entry.objects.filter(deduplication_key=entry.deduplication_key)
    return at_work_since(entry, alike)


def at_work_since(entry: Entry, others: QuerySet[Entry]) -> QuerySet[Entry]:
    """Pick those of other entries that may have been carried out since an entry was asked for."""
    others = others.exclude(Q(pk=entry.pk) | Q(status__state__in=NOT_HAPPENED))
    since = Q(pk__gt=entry.pk) | Q(status__updated_at__gte=entry.created_at)
    return others.filter(since | Q(status__state__in=OPEN))


def accounted_for(
    entry: Entry, seconds: float = SETTLES_LATER_SECONDS, also: Sequence[str] = ()
) -> set[str]:
    """Give the UUIDs of what other entries of this action are known to have made around then.

    `also` names further actions that make the same kind of thing.
    """
    around = timedelta(seconds=seconds)
    events = Event.objects.filter(
        kind__in=HAPPENED,
        entry__action__in=[entry.action, *also],
        at__range=(sent_at(entry) - around, timezone.now()),
    ).exclude(entry=entry)
    results = (event.detail.get("result") for event in events)
    return {result["uuid"] for result in results if isinstance(result, dict) and result.get("uuid")}


def done(words: str, *evidence: Evidence, result: Any = None) -> Finding:
    """Say that it was done."""
    return Finding(verdict=Verdict.DONE, words=words, evidence=evidence, result=result)


def not_done(words: str, *evidence: Evidence) -> Finding:
    """Say that it was not done."""
    return Finding(verdict=Verdict.NOT_DONE, words=words, evidence=evidence)


def undecided(words: str, *evidence: Evidence) -> Finding:
    """Say that a person has to decide, or to wait."""
    return Finding(verdict=Verdict.UNDECIDED, words=words, evidence=evidence)

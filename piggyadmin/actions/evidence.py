"""What every read-back needs: when something was sent, and who else may have done the same."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from piggyadmin.actions.base import Evidence, Finding, Verdict
from piggyadmin.actions.models import HAPPENED, NOT_HAPPENED, OPEN, Entry, Event, State

# Piggy may carry a request out for so long after the connection broke; before, its absence proves
# nothing.
SETTLES_SECONDS = 30
# What takes Piggy minutes may take so many seconds until its absence proves something.
SETTLES_LATER_SECONDS = 15 * 60
# Clocks here and at Piggy may differ by this much, in seconds.
CLOCKS_DIFFER_SECONDS = 60


def sent_at(entry: Entry) -> datetime:
    """Give when the request left, or could have."""
    sent = [event.at for event in entry.events.all() if event.kind == State.SENT]
    return sent[-1] if sent else entry.created_at


def window(entry: Entry) -> tuple[datetime, datetime]:
    """Give between which moments, on Piggy's clock, it would have happened."""
    at = sent_at(entry)
    differ = timedelta(seconds=CLOCKS_DIFFER_SECONDS)
    return at - differ, at + timedelta(seconds=SETTLES_SECONDS) + differ


def has_settled(entry: Entry, seconds: float = SETTLES_SECONDS) -> bool:
    """Tell whether so much time has passed that what is not there will not come any more."""
    return timezone.now() >= sent_at(entry) + timedelta(seconds=seconds)


def rivals(entry: Entry) -> int:
    """Count the other entries of the same thing which the same evidence may belong to.

    They are open, or a person has said that they were done without saying what they made.
    """
    alike = Entry.objects.filter(likeness=entry.likeness).exclude(pk=entry.pk)
    told = Event.objects.filter(
        kind=State.SETTLED_DONE, entry__in=alike, at__gte=sent_at(entry)
    ).values_list("detail", flat=True)
    return alike.filter(standing__state__in=OPEN).count() + sum("result" not in d for d in told)


def touched_since(entry: Entry, field: str) -> bool:
    """Tell whether another entry may have changed the same thing, named by a field, since."""
    others = Entry.objects.filter(
        **{"action": entry.action, f"data__{field}": entry.data[field]}
    ).exclude(Q(pk=entry.pk) | Q(standing__state__in=NOT_HAPPENED))
    since = Q(pk__gt=entry.pk) | Q(standing__updated_at__gte=entry.created_at)
    return others.filter(since | Q(standing__state__in=OPEN)).exists()


def accounted_for(entry: Entry, seconds: float = SETTLES_LATER_SECONDS) -> set[str]:
    """Give the UUIDs of what other entries of this action are known to have made around then."""
    around = timedelta(seconds=seconds)
    events = Event.objects.filter(
        kind__in=HAPPENED,
        entry__action=entry.action,
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

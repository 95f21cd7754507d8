"""Who looks at which pair: nobody gets what somebody else has, nor what cannot be decided now.

A pair is held by one conditional UPDATE, by the database's own clock, for some minutes that an open
page keeps renewing. So any number of processes can hand pairs out, and a closed browser holds none
for long.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, IntegerField, Q, QuerySet, Subquery
from django.db.models.functions import Now

from piggyadmin.accounts.models import User
from piggyadmin.actions.registry import actions
from piggyadmin.duplicates.models import MergeRun, MergeStep, Pair, PairStatus
from piggyadmin.duplicates.review.filters import QueueFilter
from piggyadmin.ledger import approvals
from piggyadmin.ledger.models import OPEN, Subject

LEASE = timedelta(minutes=5)
# So many pairs are tried before more of the queue is read.
CANDIDATES = 10
# More than this is not counted: nobody needs to know exactly how much too much it is.
MOST_COUNTED = 1000

NOT_HELD = {"held_by": None, "held_by_name": "", "held_until": None}


# --- Holding ---------------------------------------------------------------------------------


def hold(pair: Pair, person: User) -> bool:
    """Hold a pair for a person, or go on holding it; False when somebody else does.

    The pair tells who holds it afterwards. One that is not stored is nobody's, and free.
    """
    if pair.pk is None:
        return True
    done = not_held_by_others(person).filter(pk=pair.pk)
    is_held = done.update(held_by=person.pk, held_by_name=person.name, held_until=Now() + LEASE)
    if now := Pair.objects.filter(pk=pair.pk).first():
        for name in NOT_HELD:
            setattr(pair, name, getattr(now, name))
    return bool(is_held)


def release(pair: Pair, person: User) -> None:
    """Let go of a pair, if this person holds it."""
    Pair.objects.filter(pk=pair.pk, held_by=person.pk).update(**NOT_HELD)


def not_held_by_others(person: User) -> QuerySet[Pair]:
    """Select the pairs that this person may have."""
    is_free = Q(held_until=None) | Q(held_until__lte=Now()) | Q(held_by=person.pk)
    return Pair.objects.filter(is_free)


# --- Handing out -----------------------------------------------------------------------------


def next_pair(person: User, form: QueueFilter, after: Pair | None = None) -> Pair | None:
    """Give the next pair of the queue that nobody else looks at, and hold it for this person.

    After the last one it begins anew; None when there is no other one.
    """
    wake()
    for rows in (form.after(after), form.query()):
        if pair := _take_one(person, rows.exclude(pk=after.pk) if after else rows):
            return pair
    return None


def _take_one(person: User, rows: QuerySet[Pair]) -> Pair | None:
    rows = rows & not_held_by_others(person)
    passed: set[int] = set()
    while candidates := list(rows.exclude(pk__in=passed)[:CANDIDATES]):
        busy = busy_among(uuid for pair in candidates for uuid in (pair.first, pair.second))
        for pair in candidates:
            if busy.isdisjoint((pair.first, pair.second)) and hold(pair, person):
                return pair
            passed.add(pair.pk)
    return None


def busy_among(uuids: Iterable[str]) -> set[str]:
    """Name those contacts with whom something is under way that one of them may not survive.

    Piggy is at it, or a second person has to approve it.
    """
    uuids = set(uuids)
    slugs = [action.slug for action in actions() if action.ends_contacts]
    under_way = Q(entry__status__state__in=OPEN) | Q(entry__status__is_followed=True)
    subjects = Subject.objects.filter(under_way, contact_uuid__in=uuids, entry__action__in=slugs)
    running = MergeRun.objects.filter(status=MergeRun.Status.RUNNING)
    survivors = running.filter(survivor__in=uuids)
    sources = MergeStep.objects.filter(run__in=running, source__in=uuids)
    return {
        *subjects.values_list("contact_uuid", flat=True),
        *survivors.values_list("survivor", flat=True),
        *sources.values_list("source", flat=True),
        *approvals.waiting_about(uuids),
    }


def due() -> QuerySet[Pair]:
    """Select what was put off until now."""
    return Pair.objects.filter(status=PairStatus.LATER, put_off_until__lte=Now())


def wake() -> None:
    """Open again what was put off until now."""
    if due().exists():
        due().update(status=PairStatus.OPEN, put_off_until=None)


class QueuePlace(NamedTuple):
    """Where in a queue of how many pairs one is, from 1 on."""

    place: int
    number: int


def place_of(pair: Pair, form: QueueFilter) -> QueuePlace | None:
    """Find a pair's place; None where it is not in the queue, or that holds too many to count."""
    beginning = first_place(form)
    if beginning is None or not form.query().filter(pk=pair.pk).exists():
        return None
    return beginning._replace(place=max(beginning.number - form.after(pair).count(), 1))


def first_place(form: QueueFilter) -> QueuePlace | None:
    """Give the place of the first pair; None where the queue holds too many to count."""
    number = form.query()[: MOST_COUNTED + 1].count()
    return None if number > MOST_COUNTED else QueuePlace(1, number)


def proposed() -> QuerySet[Pair]:
    """Select the proposed pairs that wait for a decision."""
    return Pair.objects.filter(status=PairStatus.OPEN, is_proposed=True)


class CountOf(Subquery):
    """How many rows a query has, within another one."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


def questions() -> dict[str, Any]:
    """Give what `counted` wants to know, to be asked within another query."""
    return {"open_pairs": CountOf(proposed()[:MOST_COUNTED]), "due_pairs": Exists(due())}


def counted(answers: Mapping[str, Any]) -> int:
    """Tell how many proposed pairs wait for a decision, up to MOST_COUNTED, as of now."""
    if not answers["due_pairs"]:
        return int(answers["open_pairs"])
    wake()
    return proposed()[:MOST_COUNTED].count()


def waiting(person: User) -> int:
    """Count the proposed pairs that wait for a decision, up to MOST_COUNTED, as of now."""
    return counted(User.objects.values(**questions()).get(pk=person.pk))

"""Who looks at which pair: nobody gets what somebody else has, nor what cannot be decided now.

A pair is held by one conditional UPDATE, by the database's own clock, for some minutes that an open
page keeps renewing. So any number of processes can hand pairs out, and a closed browser holds none
for long.
"""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from piggyadmin.accounts.models import User
from piggyadmin.actions.models import OPEN, Standing, Subject
from piggyadmin.actions.registry import actions
from piggyadmin.duplicates.models import MergeRun, MergeStep, Pair
from piggyadmin.duplicates.queue_filter import QueueFilter

LEASE = timedelta(minutes=5)
# So many pairs are tried before the queue is read again: others may take them meanwhile.
CANDIDATES = 10
ATTEMPTS = 5
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
    busy = busy_contacts()
    rows = rows.exclude(first__in=busy).exclude(second__in=busy)
    for _attempt in range(ATTEMPTS):
        candidates = list((rows & not_held_by_others(person))[:CANDIDATES])
        if not candidates:
            return None
        for pair in candidates:
            if hold(pair, person):
                return pair
    return None


def busy_contacts() -> set[str]:
    """Name the contacts with whom Piggy is at something that one of them does not survive."""
    slugs = [action.slug for action in actions() if action.ends_contacts]
    open_ones = Standing.objects.filter(action__in=slugs, state__in=OPEN).values("entry")
    followed = Standing.objects.filter(is_followed=True, action__in=slugs).values("entry")
    under_way = Subject.objects.filter(Q(entry__in=open_ones) | Q(entry__in=followed))
    running = MergeRun.objects.filter(status=MergeRun.Status.RUNNING)
    return {
        *under_way.values_list("contact_uuid", flat=True),
        *running.values_list("survivor", flat=True),
        *MergeStep.objects.filter(run__in=running).values_list("source", flat=True),
    }


def wake() -> None:
    """Open again what was put off until now."""
    due = Pair.objects.filter(status=Pair.Status.LATER, put_off_until__lte=Now())
    if due.exists():
        due.update(status=Pair.Status.OPEN, put_off_until=None)


def waiting() -> int:
    """Count the proposed pairs that wait for a decision, up to MOST_COUNTED."""
    wake()
    proposed = Pair.objects.filter(status=Pair.Status.OPEN, is_proposed=True)
    return proposed[:MOST_COUNTED].count()

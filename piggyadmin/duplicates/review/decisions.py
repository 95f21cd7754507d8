"""What people decide about pairs: kept with who, when, why and what they saw; never changed.

The last word on a pair counts. It outlives the pair's row: a search that finds two contacts again
asks here whether somebody has said that they are two people, and of which data that was said.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.accounts.models import User
from piggyadmin.duplicates.models import Decision, DecisionKind, Pair, PairStatus
from piggyadmin.duplicates.review import clustering
from piggyadmin.duplicates.review.evidence import Point, evidence_of
from piggyadmin.duplicates.review.queue import NOT_HELD, not_held_by_others

Contacts = tuple[str, str]
Fingerprints = tuple[str, str]

NO_PAIR = _("These two are not taken for one person any more. Nothing was changed.")
# How long after a decision it can be taken back with one press.
UNDO = timedelta(minutes=10)
PUT_BACK = {DecisionKind.DISMISS: PairStatus.DISMISSED, DecisionKind.LATER: PairStatus.LATER}
# The kinds that settle whether two contacts are one person, and the one that unsettles it.
_VERDICTS = (DecisionKind.DISMISS, DecisionKind.MERGE, DecisionKind.REOPEN)


class Overtaken(Exception):  # noqa: N818  (nothing is broken: somebody or something was faster)
    """The pair is not as the person saw it any more; nothing was changed, the words say why."""

    def __init__(self, words: str | Promise) -> None:
        super().__init__(str(words))
        self.words = words


# --- Deciding --------------------------------------------------------------------------------


def as_seen(pair: Pair, seen: str) -> Pair:
    """Put the fingerprints of which a page spoke into a pair: it is decided on as it was shown."""
    if seen:
        first, _dash, second = seen.partition("-")
        pair.first_fingerprint, pair.second_fingerprint = first, second
    return pair


def dismiss(pair: Pair, person: User, *, comment: str = "") -> Decision:
    """Keep that these are two people; the pair comes back only when their data change.

    Raises:
        Overtaken: it was decided, taken or changed meanwhile.
    """
    kind, status = DecisionKind.DISMISS, PairStatus.DISMISSED
    decision = _decide(pair, person, kind, comment, status=status)
    # Afterwards: whoever decides on another pair of the same cluster may be at it too.
    clustering.regroup(decision.contacts)
    return decision


def put_off(pair: Pair, person: User, *, until: datetime, comment: str = "") -> Decision:
    """Leave a pair out of the queue until a moment.

    Raises:
        Overtaken: it was decided, taken or changed meanwhile.
    """
    status, kind = PairStatus.LATER, DecisionKind.LATER
    return _decide(pair, person, kind, comment, status=status, put_off_until=until)


def reopen(pair: Pair, person: User, *, comment: str = "") -> Decision:
    """Have a pair decided anew that was dismissed or put off.

    Raises:
        Overtaken: it is neither.
    """
    evidence = evidence_of([pair])[0]
    with transaction.atomic():
        decided = Pair.objects.filter(pk=pair.pk, status__in=PUT_BACK.values())
        if not decided.update(status=PairStatus.OPEN, put_off_until=None):
            raise Overtaken(_("There is nothing to take back any more. Nothing was changed."))
        decision = keep(pair, DecisionKind.REOPEN, person, comment=comment, evidence=evidence)
    clustering.regroup(decision.contacts)
    return decision


def keep(
    pair: Pair,
    kind: DecisionKind,
    person: User,
    *,
    comment: str = "",
    evidence: Collection[Point] = (),
) -> Decision:
    """Keep a decision with all that was known when it was taken."""
    decision = made_of(pair, kind, person, comment=comment, evidence=evidence)
    decision.save()
    return decision


def made_of(
    pair: Pair, kind: DecisionKind, person: User, *, evidence: Collection[Point], **more: Any
) -> Decision:
    """Make a decision with all that is known of a pair; it is kept by whoever asks for it."""
    return Decision(
        first=pair.first,
        second=pair.second,
        kind=kind,
        first_fingerprint=pair.first_fingerprint,
        second_fingerprint=pair.second_fingerprint,
        probability=pair.probability,
        evidence=[{**point._asdict(), "words": str(point.words)} for point in evidence],
        person_id=person.pk,
        person_name=person.name,
        **more,
    )


def _decide(pair: Pair, person: User, kind: DecisionKind, comment: str, **changes: Any) -> Decision:
    evidence = evidence_of([pair])[0]
    with transaction.atomic():
        as_seen = not_held_by_others(person).filter(
            pk=pair.pk,
            status__in=Pair.UNDECIDED,
            first_fingerprint=pair.first_fingerprint,
            second_fingerprint=pair.second_fingerprint,
        )
        if not as_seen.update(**{"put_off_until": None, **changes, **NOT_HELD}):
            raise Overtaken(_why_not(pair))
        return keep(pair, kind, person, comment=comment, evidence=evidence)


def _why_not(pair: Pair) -> str:
    """Say what has become of a pair since it was shown."""
    now = Pair.objects.filter(pk=pair.pk).first()
    if now is None:
        return str(NO_PAIR)
    if now.status not in Pair.UNDECIDED:
        params = {"status": now.get_status_display()}
        return gettext("This was decided meanwhile: %(status)s. Nothing was changed.") % params
    if (now.first_fingerprint, now.second_fingerprint) != fingerprints(pair):
        return gettext("The data of these two changed meanwhile. Look again; nothing was changed.")
    params = {"name": now.held_by_name}
    return gettext("%(name)s is looking at this pair now. Nothing was changed.") % params


def tomorrow() -> datetime:
    """Give the moment at which tomorrow begins in the shop's time zone."""
    return _midnight_in(1)


def next_week() -> datetime:
    """Give the moment at which the next week begins in the shop's time zone."""
    return _midnight_in(7 - timezone.localdate().weekday())


def _midnight_in(days: int) -> datetime:
    day = timezone.localdate() + timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


# --- Looking back ----------------------------------------------------------------------------


def about(pair: Pair) -> QuerySet[Decision]:
    """Select what was decided about two contacts, the newest first."""
    return Decision.objects.filter(first=pair.first, second=pair.second)


def latest_per_pair() -> QuerySet[Decision]:
    """Select the decisions that nobody has gone back on: the last word on each pair."""
    same = Decision.objects.filter(first=OuterRef("first"), second=OuterRef("second"))
    return Decision.objects.exclude(Exists(same.filter(pk__gt=OuterRef("pk"))))


def last_of(person: User) -> Decision | None:
    """Give what a person has just decided, as long as it can be taken back."""
    last = Decision.objects.filter(person_id=person.pk).first()
    if last is None or last.at < timezone.now() - UNDO or last.kind not in PUT_BACK:
        return None
    if last.batch:
        return None  # one of many, which are taken back together on their own page
    pair = _pair_of(last)
    if pair is None or pair.status != PUT_BACK[DecisionKind(last.kind)]:
        return None
    return last if about(pair).first() == last else None


def undo(person: User) -> Pair:
    """Take back what a person has just decided; gives the pair, which is open again.

    Raises:
        Overtaken: there is nothing to take back, or not any more.
    """
    last = last_of(person)
    pair = _pair_of(last) if last else None
    if pair is None:
        raise Overtaken(_("There is nothing to take back any more. Nothing was changed."))
    reopen(pair, person)
    return pair


def _pair_of(decision: Decision) -> Pair | None:
    return Pair.objects.filter(first=decision.first, second=decision.second).first()


# --- For the search --------------------------------------------------------------------------


def fingerprints(pair: Pair) -> Fingerprints:
    """Give of which data a pair speaks."""
    return pair.first_fingerprint, pair.second_fingerprint


def dismissed_fingerprints(
    contacts: Collection[str] | None = None,
) -> dict[Contacts, Fingerprints]:
    """Give the dismissed pairs, all or those of some contacts, and of which data each was said.

    A pair is still dismissed as long as both its fingerprints are the ones given here.
    """
    dismissed: dict[Contacts, Fingerprints] = {}
    for kind, first, second, *said_of in _verdicts(contacts):
        if kind == DecisionKind.DISMISS:
            dismissed[first, second] = (said_of[0], said_of[1])
        else:
            dismissed.pop((first, second), None)
    return dismissed


def _verdicts(contacts: Collection[str] | None) -> Iterator[tuple[str, ...]]:
    """Go through what was said of pairs, the oldest first."""
    decisions = Decision.objects.filter(kind__in=_VERDICTS).order_by("id")
    if contacts is not None:
        decisions = decisions.filter(Q(first__in=contacts) | Q(second__in=contacts))
    fields = ("kind", "first", "second", "first_fingerprint", "second_fingerprint")
    return decisions.values_list(*fields).iterator(chunk_size=10_000)

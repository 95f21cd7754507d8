"""Choosing certain pairs, and looking at both contacts of each before anybody is asked about it.

The search knows what the mirror has. What speaks against a merge beyond that (values of which
somebody would have to choose, messages that one of them has unsubscribed from, a booking, a gift
card) is only found live, and found anew right before the two are merged.
"""

import json
from collections.abc import Collection, Iterator
from itertools import islice
from secrets import SystemRandom
from typing import Any, NamedTuple

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.actions.registry import get_action
from piggyadmin.bulk_insert import batches
from piggyadmin.duplicates.certain.rules import LEAST, CertainRule, find_rule
from piggyadmin.duplicates.merging.actions.merge_duplicates import (
    MergeDuplicates,
    MergeDuplicatesForm,
)
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.plan import MergePlan
from piggyadmin.duplicates.models import (
    CertainPair,
    CertainPairState,
    CertainRun,
    CertainRunStatus,
    Pair,
    PairQuerySet,
    PairStatus,
)
from piggyadmin.duplicates.review import queue
from piggyadmin.duplicates.review.evidence import evidence_of
from piggyadmin.ledger.models import HAPPENED, Subject
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.tasks.models import Run

# So many are merged after one yes at most: more, nobody looks through with care.
MOST_PAIRS = 500
# So many of them, drawn by lot, are shown in full before the others.
SAMPLE = 10


class CheckedPair(NamedTuple):
    """What merging a pair would do, and why it is not for a run of many, where it is not."""

    data: dict[str, Any]
    plan: MergePlan | None
    words: str


# --- Choosing --------------------------------------------------------------------------------


def candidates() -> PairQuerySet:
    """Give the pairs that are sure enough; who hangs together with several others is left out."""
    return Pair.objects.filter(status=PairStatus.OPEN, probability__gte=LEAST, cluster=None)


def choose(rule: CertainRule, among: Collection[int] = ()) -> Iterator[Pair]:
    """Give the pairs that are certain by a rule, the surest first, each contact once.

    Where some are named, only those are looked at.
    """
    taken: set[str] = set()
    wanted = candidates().filter(pk__in=among) if among else candidates()
    pks = wanted.order_by("-probability", "pk").values_list("pk", flat=True)
    for some in batches(list(pks)):
        pairs = list(Pair.objects.filter(pk__in=some).order_by("-probability", "pk"))
        busy = queue.busy_among(uuid for pair in pairs for uuid in (pair.first, pair.second))
        for pair, evidence in zip(pairs, evidence_of(pairs), strict=True):
            both = {pair.first, pair.second}
            if both.isdisjoint(taken | busy) and rule.holds(pair.probability, evidence):
                taken |= both
                yield pair


def _choose_for(run: CertainRun) -> None:
    """Keep which pairs a run is about."""
    most = run.standing.most_per_day if run.standing else MOST_PAIRS
    chosen = islice(choose(find_rule(run.rule), run.among), most)
    rows = [
        CertainPair(
            run=run,
            position=position,
            first=pair.first,
            second=pair.second,
            first_fingerprint=pair.first_fingerprint,
            second_fingerprint=pair.second_fingerprint,
            probability=pair.probability,
            credits=pair.credits,
        )
        for position, pair in enumerate(chosen, 1)
    ]
    CertainPair.objects.bulk_create(rows, batch_size=50)


# --- Looking ---------------------------------------------------------------------------------


def check(work: Run, run: CertainRun) -> None:
    """Choose the pairs of a run, and look at each; goes on where it was left.

    Raises:
        PiggyError: Piggy cannot be asked now.
    """
    if not run.pairs.exists():
        _choose_for(run)
    piggy, total = piggy_client(), run.pairs.count()
    left = list(run.pairs.filter(state=CertainPairState.UNCHECKED))
    for number, row in enumerate(left, total - len(left)):
        work.heartbeat(progress=number, of=total)
        if not CertainRun.objects.filter(pk=run.pk, status=CertainRunStatus.CHECKING).exists():
            return
        _check_pair(piggy, row)
    _end_check(run)


def _check_pair(piggy: PiggyClient, row: CertainPair) -> None:
    checked = look(piggy, row.first, row.second)
    row.state, row.words = CertainPairState.LEFT_OUT, checked.words
    if checked.plan and not checked.words:
        row.state = CertainPairState.READY
        row.survivor, row.agreement = checked.plan.survivor.uuid, agreement_on(checked.plan)
        row.credits = sum(candidate.credits for candidate in checked.plan.candidates)
    row.save(update_fields=["state", "words", "survivor", "agreement", "credits"])


def _end_check(run: CertainRun) -> None:
    """Draw the sample, and have somebody look through the pairs."""
    ready = list(run.pairs.filter(state=CertainPairState.READY).values_list("pk", flat=True))
    drawn = SystemRandom().sample(ready, min(SAMPLE, len(ready)))
    run.pairs.filter(pk__in=drawn).update(is_sample=True)
    checking = CertainRun.objects.filter(pk=run.pk, status=CertainRunStatus.CHECKING)
    checking.update(status=CertainRunStatus.CHECKED, checked_at=timezone.now())


def look(piggy: PiggyClient, first: str, second: str, survivor: str = "") -> CheckedPair:
    """Read both contacts of a pair, and say what merging them would do.

    Raises:
        PiggyError: Piggy cannot be asked now.
    """
    asked = {"contact_uuids": f"{first} {second}", "survivor_contact_uuid": survivor}
    form = MergeDuplicatesForm(asked, piggy=piggy)
    if not form.is_valid():
        words = [str(message) for messages in form.errors.values() for message in messages]
        return CheckedPair({}, None, " ".join(words))
    plan = get_action(MergeDuplicates.slug).preview(piggy, form.cleaned_data)
    return CheckedPair(form.action_data, plan, why_not(plan))


def why_not(plan: MergePlan) -> str:
    """Say why somebody has to look at two contacts by themselves; nothing where nobody has to."""
    if plan.warnings:
        return plan.warnings[0].words
    if plan.undecided:
        names = ", ".join(row.label for row in plan.undecided)
        return gettext("These differ, so that somebody has to choose: %(names)s.") % {
            "names": names
        }
    if plan.subscriptions:
        names = ", ".join(choice.name for choice in plan.subscriptions)
        words = gettext("One of them gets messages that the other one does not: %(names)s.")
        return words % {"names": names}
    if _was_sent_giftcard(plan):
        return gettext("A gift card was mailed to one of them from here.")
    return ""


def _was_sent_giftcard(plan: MergePlan) -> bool:
    """Tell whether a gift card may be somebody's, as far as this console knows."""
    uuids = [candidate.uuid for candidate in plan.candidates]
    sent = Subject.objects.filter(contact_uuid__in=uuids, entry__entity="giftcards")
    return sent.filter(entry__status__state__in=HAPPENED).exists()


def agreement_on(plan: MergePlan) -> str:
    """Stand for who goes into whom, what both have and what is kept; balances may move on."""
    has = [_has(candidate) for candidate in plan.candidates]
    text = json.dumps([has, plan.keep], cls=DjangoJSONEncoder, sort_keys=True)
    return signing.Signer(salt="piggyadmin.duplicates.certain").signature(text)


def _has(candidate: Candidate) -> list[Any]:
    return [candidate.uuid, candidate.contact.email, candidate.values, sorted(candidate.cards)]

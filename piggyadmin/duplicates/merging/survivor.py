"""Who should survive a merge, and why: proposed in words, decided by a person."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.ledger.operations import Words

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(9999, 12, 31, tzinfo=UTC)
# An account that was last used so long before another one is one that the person has left behind.
ASLEEP_AFTER = timedelta(days=365)


class Proposal(NamedTuple):
    """Who should survive, and what speaks for it, the weightiest first."""

    survivor: Candidate
    reasons: tuple[str, ...]


class Criterion(NamedTuple):
    """One thing in which one contact may be ahead of all others, and how much that weighs."""

    points: int
    words: Words
    measure: Callable[[Candidate], Any]


def is_named(candidate: Candidate) -> bool:
    """Whether its address is that of a person."""
    return bool(candidate.contact.own_email)


def _tier(candidate: Candidate) -> int:
    return (candidate.contact.tier and candidate.contact.tier.position) or 0


# An address that was confirmed is worth more than all that follows from habit; age only decides
# where nothing else does.
CRITERIA = (
    Criterion(64, _("it has a real e-mail address, not a made-up one"), is_named),
    Criterion(32, _("its e-mail address is confirmed"), lambda s: s.has_confirmed_address),
    Criterion(12, _("it was active last"), lambda s: s.contact.last_transaction_at or LONG_AGO),
    Criterion(10, _("it has the higher tier"), _tier),
    Criterion(8, _("it has more transactions"), lambda s: s.contact.transactions or 0),
    Criterion(4, _("it has more cards and other identifiers"), lambda s: len(s.identifiers)),
    Criterion(2, _("more is known of it"), lambda s: len(s.values)),
    Criterion(1, _("it is older"), lambda s: FAR_AHEAD - (s.contact.created_at or FAR_AHEAD)),
)


def propose(candidates: Sequence[Candidate]) -> Proposal:
    """Propose who should survive; of equals the first.

    Nobody is proposed whose address is made up while another one's is real, nor who has slept
    while another one was in use.
    """
    named = [candidate for candidate in candidates if is_named(candidate)] or candidates
    in_use = _in_use(named)
    ahead = [(each, _ahead(each, in_use)) for each in CRITERIA]
    survivor = max(
        in_use,
        key=lambda candidate: sum(each.points for each, who in ahead if who is candidate),
    )
    reasons = [str(each.words) for each in CRITERIA if _ahead(each, candidates) is survivor]
    if len(in_use) < len(named):
        reasons.insert(0, gettext("another one has not been used for more than a year"))
    return Proposal(survivor, tuple(reasons) or (gettext("nothing sets them apart"),))


def _in_use(candidates: Sequence[Candidate]) -> Sequence[Candidate]:
    """Leave out those who have slept while another one was in use."""
    last = max((_last_used(candidate) or LONG_AGO for candidate in candidates), default=LONG_AGO)
    return [
        candidate
        for candidate in candidates
        if last - (_last_used(candidate) or last) <= ASLEEP_AFTER
    ]


def _last_used(candidate: Candidate) -> datetime | None:
    """Tell when it last bought, or was made; None where Piggy does not tell."""
    moments = (candidate.contact.last_transaction_at, candidate.contact.created_at)
    return max((moment for moment in moments if moment), default=None)


def _ahead(criterion: Criterion, candidates: Sequence[Candidate]) -> Candidate | None:
    """Find the one that is ahead of all others; None where some are equal."""
    measures = [criterion.measure(candidate) for candidate in candidates]
    best = max(measures)
    return candidates[measures.index(best)] if measures.count(best) == 1 else None

"""Who should survive a merge, and why: proposed in words, decided by a person."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.actions.base import Words
from piggyadmin.duplicates.sides import Side

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(9999, 12, 31, tzinfo=UTC)


class Proposal(NamedTuple):
    """Who should survive, and what speaks for it, the weightiest first."""

    survivor: Side
    reasons: tuple[str, ...]


class Criterion(NamedTuple):
    """One thing in which one contact may be ahead of all others, and how much that weighs."""

    points: int
    words: Words
    measure: Callable[[Side], Any]


def is_named(side: Side) -> bool:
    """Whether its address is that of a person."""
    return not side.contact.is_anonymous and bool(side.contact.email)


def _tier(side: Side) -> int:
    return (side.contact.tier and side.contact.tier.position) or 0


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


def propose(sides: Sequence[Side]) -> Proposal:
    """Propose who should survive; of equals the first, and nobody whose address is made up."""
    ahead = [(each, _ahead(each, sides)) for each in CRITERIA]
    candidates = [side for side in sides if is_named(side)] or sides
    survivor = max(
        candidates, key=lambda side: sum(each.points for each, who in ahead if who is side)
    )
    reasons = tuple(str(each.words) for each, who in ahead if who is survivor)
    return Proposal(survivor, reasons or (gettext("nothing sets them apart"),))


def _ahead(criterion: Criterion, sides: Sequence[Side]) -> Side | None:
    """Find the one that is ahead of all others; None where some are equal."""
    measures = [criterion.measure(side) for side in sides]
    best = max(measures)
    return sides[measures.index(best)] if measures.count(best) == 1 else None

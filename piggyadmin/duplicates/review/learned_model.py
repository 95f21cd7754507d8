"""What searches have learned, kept from one to the next, and what they learn from people."""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from piggyadmin.duplicates.matching.clusters import Links, pack
from piggyadmin.duplicates.matching.comparison_levels import FIELDS, Levels, NameOrder
from piggyadmin.duplicates.matching.fellegi_sunter import Decided, Model
from piggyadmin.duplicates.matching.search import Search, proposing
from piggyadmin.duplicates.models import Decision, DecisionKind, FinderModel

# The model is learned anew when so large a part of all contacts came or went since, or after so
# many decisions.
_CHANGE = 0.1
_DECISIONS = 20
_KEPT = 5


class Learned(NamedTuple):
    """What a search has learned, of so many contacts; from `proposed` on a pair is proposed."""

    model: Model
    frequencies: dict[str, Any]
    proposed: float
    contacts: int
    trained_at: datetime


def latest() -> Learned | None:
    """Give what was learned last; None before the first search."""
    last = FinderModel.objects.values_list("pk", "trained_at").first()
    return _recall(*last) if last else None


@lru_cache(maxsize=1)
def _recall(pk: int, trained_at: datetime) -> Learned | None:
    """Read what was learned; it never changes, so that each process reads it once."""
    row = FinderModel.objects.filter(pk=pk, trained_at=trained_at).first()
    if row is None:
        return None
    parameters = row.parameters
    model = Model.recall(parameters["model"])
    proposed, frequencies = parameters["proposed"], parameters["frequencies"]
    return Learned(model, frequencies, proposed, row.contacts, row.trained_at)


def has_aged(known: Learned | None, contacts: int) -> bool:
    """Tell whether it must be learned anew, now that there are so many contacts."""
    if known is None:
        return True
    decided = Decision.objects.filter(at__gt=known.trained_at, kind__in=_LEARNED_FROM).count()
    return abs(contacts - known.contacts) > _CHANGE * known.contacts or decided >= _DECISIONS


def keep(engine: Search, links: Links) -> Learned:
    """Keep what a search has learned; what was learned long ago is dropped."""
    row = FinderModel.objects.create(
        contacts=len(engine.table),
        pairs=len(links.one),
        parameters={
            "model": engine.learned.parameters(),
            "frequencies": engine.frequencies.parameters(),
            "proposed": proposing(links),
        },
    )
    kept = FinderModel.objects.values_list("pk", flat=True)[:_KEPT]
    FinderModel.objects.exclude(pk__in=list(kept)).delete()
    learned = _recall(row.pk, row.trained_at)
    assert learned  # noqa: S101  (for the type checker: it was just made)
    return learned


# --- From people -----------------------------------------------------------------------------

_LEARNED_FROM = (DecisionKind.MERGE, DecisionKind.DISMISS, DecisionKind.REOPEN)


def decided(numbers_of: Callable[[Collection[str]], dict[str, int]]) -> Decided:
    """Give what people decided: of contacts that are there by their numbers, else by levels.

    The last word on a pair counts.
    """
    decisions: dict[tuple[str, str], Decision] = {}
    for decision in Decision.objects.filter(kind__in=_LEARNED_FROM).order_by("pk").iterator():
        decisions[decision.first, decision.second] = decision
    dismissed = [each for each in decisions.values() if each.kind == DecisionKind.DISMISS]
    merged = [each for each in decisions.values() if each.kind == DecisionKind.MERGE]
    numbers = numbers_of({uuid for each in dismissed for uuid in (each.first, each.second)})
    pairs = [
        (numbers[each.first], numbers[each.second])
        for each in dismissed
        if each.first in numbers and each.second in numbers
    ]
    one, other = np.array(pairs, np.int64).reshape(-1, 2).T
    return Decided(dismissed=pack(one, other), merged=_levels(merged))


def _levels(decisions: list[Decision]) -> Levels:
    """Read from the evidence that was kept how far pairs agreed that are gone."""
    found = [{point["code"] for point in decision.evidence} for decision in decisions]
    return {field: np.array([_level(field, codes) for codes in found], np.int8) for field in FIELDS}


def _level(field: str, codes: set[str]) -> int:
    """Find a field's level; names that are not said to be swapped stand where they belong."""
    usual = NameOrder.STRAIGHT if field == "order" else 0
    return next((level for level in FIELDS[field] if code(field, level) in codes), usual)


def code(field: str, level: int) -> str:
    """Name a level of a field for programs: `phone-same`."""
    return f"{field}-{FIELDS[field](level).name.lower().replace('_', '-')}"

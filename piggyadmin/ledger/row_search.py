"""Telling by rows at Piggy whether an entry was done: what most read-backs do with what they list.

What is proof is compared in full (`reconciliation_evidence.py`); here is how it is judged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext

from piggyadmin.ledger.models import Entry
from piggyadmin.ledger.operations import Evidence, Finding
from piggyadmin.ledger.reconciliation_evidence import (
    claimants,
    clocks_differ,
    done,
    has_settled,
    not_done,
    own_row,
    undecided,
)
from piggyadmin.piggy.clock import Difference

Row = TypeVar("Row")


@dataclass(frozen=True)
class RowSearch(Generic[Row]):
    """What was listed at Piggy, and how a row of it is told to be an entry's.

    Attributes:
        rows: What may be the entry's; not what others are known to have made.
        fits: Whether a row is what an entry asked for; None where Piggy does not tell all of it.
        shown: A row as whoever decides sees it.
        result: A row as the action would have given it.
        clock: How far Piggy's clock is from ours.
        is_all: Whether nothing was left out of the list.
        is_rivalled: Whether another kind of action that is still open may have made it.
    """

    rows: list[Row]
    fits: Callable[[Entry, Row], bool | None]
    shown: Callable[[Row], Evidence]
    result: Callable[[Row], Any]
    clock: Difference
    is_all: bool = True
    is_rivalled: bool = False

    def judge(self, entry: Entry, *, field: str = "contact_uuid") -> Finding:
        """Say what became of an entry; `field` names what other entries are about as well."""
        rows = [row for row in self.rows if self.fits(entry, row) is not False]
        if not rows:
            return self._nothing(entry)
        evidence = [self.shown(row) for row in rows]
        if not self.clock.is_trusted:
            return undecided(clocks_differ(self.clock), *evidence)
        others = claimants(entry, field)
        found = own_row(entry, others, rows, lambda each, row: self.fits(each, row) is not False)
        if found is None:
            words = gettext(
                "More than one answer fits: compare what was found with what was asked."
            )
            return undecided(words, *evidence)
        if self.is_rivalled or not self.fits(entry, found):
            words = gettext("There is one that may be it, but Piggy does not tell all about it.")
            return undecided(words, *evidence)
        return done(gettext("Piggy has it."), self.shown(found), result=self.result(found))

    def _nothing(self, entry: Entry) -> Finding:
        if not self.is_all:
            return undecided(gettext("The customer has more transactions than can be looked at."))
        if not has_settled(entry):
            return undecided(gettext("Piggy has nothing like it yet. It may still be at it."))
        return not_done(gettext("Piggy has nothing like it."))

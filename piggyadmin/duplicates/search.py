"""The search itself, from a table of contacts to linked pairs; it knows of no database."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from piggyadmin.duplicates.blocking import candidates
from piggyadmin.duplicates.clusters import Links, conclusions, joined
from piggyadmin.duplicates.frequencies import Frequencies
from piggyadmin.duplicates.levels import Comparison
from piggyadmin.duplicates.model import Agreement, Decided, Kind, Model, probabilities, train
from piggyadmin.duplicates.table import Flags, Floats, Ints, Table

# Pairs less likely than this are not worth keeping.
LISTED = 0.1
# From this on the console proposes to merge.
PROPOSED = 0.9
# How many pairs are weighed at a time.
_CHUNK = 250_000

type_of_beat = Callable[[int, int], None]


def _silent(_done: int, _of: int) -> None:
    """Tell nobody how far it is."""


@dataclass
class Search:
    """One search in one table.

    `model` and `frequencies` are those of an earlier search, or are learned from the table. With
    `changed` only pairs with a changed row are compared; `known` are the links of the others.
    """

    table: Table
    model: Model | None = None
    frequencies: Frequencies | None = None
    decided: Decided | None = None
    changed: Flags | None = None
    known: Links | None = None
    beat: type_of_beat = _silent
    comparison: Comparison = field(init=False)

    def __post_init__(self) -> None:
        self.comparison = Comparison(self.table)
        self.frequencies = self.frequencies or Frequencies(self.table)

    def find(self) -> Links:
        """Give the pairs that are likely enough to be listed, in no particular order."""
        pairs = candidates(self.table, changed=self.changed)
        if self.model is None:
            self.model = train(self.comparison, self._frequencies, pairs, self.decided)
        links = self._likely(*pairs)
        everything = joined(links, self.known) if self.known else links
        concluded = conclusions(everything)
        if self.changed is not None:
            touched = self.changed[concluded.one] | self.changed[concluded.other]
            concluded = concluded.at(touched)
        found = joined(links, self._conclude(concluded))
        return found.at(found.probability >= LISTED)

    @property
    def _frequencies(self) -> Frequencies:
        assert self.frequencies  # noqa: S101  (for the type checker)
        return self.frequencies

    def logarithms(self, one: Ints, other: Ints) -> Floats:
        """Give how likely each kind is for pairs of rows: see `Model.weigh`."""
        assert self.model  # noqa: S101  (for the type checker)
        return self.model.weigh(self.agreement(one, other))

    def agreement(self, one: Ints, other: Ints) -> Agreement:
        """Compare pairs of rows."""
        assert self.model  # noqa: S101  (for the type checker)
        levels = self.comparison.levels(one, other)
        return Agreement(
            levels, self._frequencies.chances(one, other, levels, self.model.strangers)
        )

    def _likely(self, one: Ints, other: Ints) -> Links:
        """Weigh pairs, many at a time, and keep those that are likely enough."""
        kept = [Links(one[:0], other[:0], np.zeros(0))]
        for start in range(0, len(one), _CHUNK):
            rows = slice(start, start + _CHUNK)
            logarithms = self.logarithms(one[rows], other[rows])
            links = Links(one[rows], other[rows], probabilities(logarithms)[Kind.PERSON])
            kept.append(links.at(links.probability >= LISTED))
            self.beat(min(start + _CHUNK, len(one)), len(one))
        return Links(*(np.concatenate(column) for column in zip(*kept, strict=True)))

    def _conclude(self, concluded: Links) -> Links:
        """Weigh what follows from other links against what the two contacts say themselves.

        They are no strangers, whatever they are: the alternative is that somebody close to the
        one is linked to the other.
        """
        assert self.model  # noqa: S101  (for the type checker)
        logarithms = self.logarithms(concluded.one, concluded.other)
        close = [Kind.FAMILY, Kind.NAMESAKE, Kind.SHARED]
        shares = np.array([self.model.shares[kind] for kind in close])
        person = logarithms[Kind.PERSON] - np.log(self.model.shares[Kind.PERSON])
        others = np.logaddexp.reduce(logarithms[close]) - np.log(shares.sum())
        prior = np.log(concluded.probability) - np.log1p(-concluded.probability)
        odds = np.clip(prior + person - others, -50, 50)
        return concluded._replace(probability=1 / (1 + np.exp(-odds)))

"""The search itself, from a table of contacts to linked pairs; it knows of no database."""

from collections.abc import Callable

import numpy as np

from piggyadmin.duplicates.matching.blocking import candidates
from piggyadmin.duplicates.matching.clusters import Links, conclusions, joined, unpack
from piggyadmin.duplicates.matching.comparison_levels import Comparison
from piggyadmin.duplicates.matching.fellegi_sunter import (
    Agreement,
    Decided,
    Kind,
    Model,
    probabilities,
    train,
)
from piggyadmin.duplicates.matching.table import Flags, Ints, Table
from piggyadmin.duplicates.matching.term_frequencies import Frequencies

# Pairs less likely than this are not worth keeping.
LISTED = 0.2
# The console proposes pairs of which no larger part is expected to be wrong, chance included (in
# truth it is up to twice as many, most of them parent and child of one name).
_WRONG = 0.0185
# So many standard deviations are allowed for chance.
_CHANCE = 0.5
# None that are less sure than this are proposed, nor is more demanded than the second.
_PROPOSED = (0.8, 0.96)
# None below this are, where so large a part of all that were found is at least as sure.
_CAREFUL = 0.84
_FOUND = 0.92
# What two contacts that are linked to a third one may be, other than one person.
_CLOSE = [Kind.FAMILY, Kind.NAMESAKE, Kind.SHARED]
# Logarithms of odds beyond this make no difference.
_CERTAIN = 50
# How many pairs are weighed at a time.
_CHUNK = 250_000

ReportProgress = Callable[[int, int], None]


def _silent(_done: int, _of: int) -> None:
    """Tell nobody how far it is."""


class Search:
    """One search in one table.

    `model` and `frequencies` are those of an earlier search, or are learned from the table. With
    `changed` only pairs with a changed row are compared; `known` are the links of the others.
    """

    def __init__(
        self,
        table: Table,
        *,
        model: Model | None = None,
        frequencies: Frequencies | None = None,
        decided: Decided | None = None,
        changed: Flags | None = None,
        known: Links | None = None,
        heartbeat: ReportProgress = _silent,
    ) -> None:
        self.table, self.model, self.decided = table, model, decided
        self.changed, self.known, self.heartbeat = changed, known, heartbeat
        self.frequencies = frequencies or Frequencies(table)
        self.comparison = Comparison(table)

    @property
    def learned(self) -> Model:
        """The model, of which there is one once the search has begun."""
        assert self.model  # noqa: S101  (for the type checker)
        return self.model

    def find(self) -> Links:
        """Give the pairs that are likely enough to be listed, in no particular order."""
        pairs = candidates(self.table, changed=self.changed)
        if self.model is None:
            self.model = train(self.comparison, self.frequencies, pairs, self.decided)
        links = self._likely(pairs)
        concluded = conclusions(joined(links, self.known) if self.known else links)
        if self.changed is not None:
            touched = self.changed[concluded.one] | self.changed[concluded.other]
            concluded = concluded.at(touched)
        found = joined(links, self._conclude(concluded))
        return found.at(found.probability >= LISTED)

    def agreement(self, one: Ints, other: Ints) -> Agreement:
        """Compare pairs of rows."""
        levels = self.comparison.levels(one, other)
        strangers = self.learned.strangers
        chances = self.frequencies.chances(one, other, levels, strangers)
        return Agreement(levels, chances, self.comparison.patterns(one, other))

    def _likely(self, pairs: Ints) -> Links:
        """Weigh pairs, many at a time, and keep those that are likely enough."""
        kept = [Links(*unpack(pairs[:0]), np.zeros(0))]
        for start in range(0, len(pairs), _CHUNK):
            one, other = unpack(pairs[start : start + _CHUNK])
            logarithms = self.learned.weigh(self.agreement(one, other))
            links = Links(one, other, probabilities(logarithms)[Kind.PERSON])
            kept.append(links.at(links.probability >= LISTED))
            self.heartbeat(min(start + _CHUNK, len(pairs)), len(pairs))
        return Links(*(np.concatenate(column) for column in zip(*kept, strict=True)))

    def _conclude(self, concluded: Links) -> Links:
        """Weigh what follows from other links against what the two contacts say themselves.

        They are no strangers, whatever they are: the alternative is that somebody close to the
        one is linked to the other. What they agree in is what linked them to the third already,
        and says nothing new; what they differ in does.
        """
        logarithms = self.learned.weigh(self.agreement(concluded.one, concluded.other))
        shares = np.array([self.learned.shares[kind] for kind in _CLOSE])
        person = logarithms[Kind.PERSON] - np.log(self.learned.shares[Kind.PERSON])
        others = np.logaddexp.reduce(logarithms[_CLOSE]) - np.log(shares.sum())
        prior = np.log(concluded.probability) - np.log1p(-concluded.probability)
        odds = np.maximum(prior + np.minimum(person - others, 0), -_CERTAIN)
        follows = 1 / (1 + np.exp(-odds))
        direct = probabilities(logarithms)[Kind.PERSON]
        return concluded._replace(probability=1 - (1 - follows) * (1 - direct))


def proposing(links: Links) -> float:
    """Choose from which probability on pairs are proposed: hardly any of them shall be wrong.

    How many are is left to chance, by half a standard deviation: few pairs are proposed with more
    care than many. So are those of contacts of which so much is known that care costs little.
    """
    sure = np.sort(links.probability)[::-1]
    wrong = np.cumsum(1 - sure) + _CHANCE * np.sqrt(np.cumsum(sure * (1 - sure)))
    enough = sure[wrong <= _WRONG * np.arange(1, len(sure) + 1)].min(initial=1.0)
    lowest, highest = _PROPOSED
    if sure[sure >= _CAREFUL].sum() >= _FOUND * sure.sum():
        lowest = _CAREFUL
    return float(np.clip(enough, lowest, highest))

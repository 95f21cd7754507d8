"""From pairs to groups: if A is B and B is C, then A is C, unless A and C speak against it.

No chain of weak links is glued into one: in a cluster every two are linked, and the weakest of
these links is what the cluster is worth.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple, TypeVar

import numpy as np

from piggyadmin.duplicates.matching.table import Flags, Floats, Ints

# Links that can carry a conclusion to others.
CARRIES = 0.3
# Who is linked to more contacts than this is a placeholder rather than a person.
_MOST_LINKS = 12
# No conclusion is surer than this.
_SUREST = 0.995
_HALF = 32
_LOW = 2**_HALF - 1


def pack(one: Ints, other: Ints) -> Ints:
    """Give each pair of rows as one number, whichever way round it is."""
    return np.minimum(one, other) << _HALF | np.maximum(one, other)


def unpack(packed: Ints) -> tuple[Ints, Ints]:
    """Read what `pack` wrote: the smaller row numbers, and the larger ones."""
    return packed >> _HALF, packed & _LOW


def each_once(packed: Ints) -> Ints:
    """Give each number once, in order; sorts them where they are, for there may be many.

    `numpy.unique` hashes, and took a hundred times as long for twelve million pairs.
    """
    packed.sort()
    is_first = np.ones(len(packed), np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=is_first[1:])
    return packed[is_first]


class Links(NamedTuple):
    """Pairs of rows, the smaller number first, and how sure it is that each is one person."""

    one: Ints
    other: Ints
    probability: Floats

    def at(self, rows: Ints | Flags) -> "Links":
        """Give some of them, by their numbers or by a mark for each."""
        return Links(self.one[rows], self.other[rows], self.probability[rows])


def conclusions(links: Links) -> Links:
    """Give the pairs that follow from two links each, with how sure both of these are together."""
    strong = links.at(links.probability >= CARRIES)
    middle = np.concatenate((strong.one, strong.other))
    end = np.concatenate((strong.other, strong.one))
    sureness = np.concatenate((strong.probability, strong.probability))
    order = np.argsort(middle, kind="stable")
    middle, end, sureness = middle[order], end[order], sureness[order]
    starts = np.flatnonzero(np.diff(middle, prepend=-1))
    sizes = np.diff(starts, append=len(middle))
    packed, sure = [np.zeros(0, np.int64)], [np.zeros(0)]
    for size in range(2, _MOST_LINKS + 1):
        rows = starts[sizes == size][:, None] + np.arange(size)
        left, right = np.triu_indices(size, 1)
        one, other = end[rows[:, left]].ravel(), end[rows[:, right]].ravel()
        packed.append(pack(one, other))
        sure.append((sureness[rows[:, left]] * sureness[rows[:, right]]).ravel())
    surest = _surest(np.concatenate(packed), np.concatenate(sure))
    return surest._replace(probability=np.minimum(surest.probability, _SUREST))


def joined(links: Links, concluded: Links) -> Links:
    """Add what was concluded to the links; where both speak of a pair, the surer counts."""
    packed = [pack(each.one, each.other) for each in (links, concluded)]
    return _surest(
        np.concatenate(packed), np.concatenate((links.probability, concluded.probability))
    )


def _surest(packed: Ints, probability: Floats) -> Links:
    """Keep each pair once, as sure as it is anywhere."""
    order = np.lexsort((-probability, packed))
    pairs, first = np.unique(packed[order], return_index=True)
    return Links(*unpack(pairs), probability[order][first])


Member = TypeVar("Member", int, str)


def clusters(links: Iterable[tuple[Member, Member, float]], least: float) -> list[set[Member]]:
    """Group contacts in which every two are linked by at least `least`, the surest links first."""
    sureness: dict[frozenset[Member], float] = {}
    for one, other, probability in links:
        if probability >= least:
            sureness[frozenset((one, other))] = probability
    groups: dict[Member, set[Member]] = defaultdict(set)
    for pair in sorted(sureness, key=lambda pair: -sureness[pair]):
        one, other = pair
        left, right = groups[one] or {one}, groups[other] or {other}
        if left is right or not all(frozenset((a, b)) in sureness for a in left for b in right):
            continue
        whole = left | right
        for member in whole:
            groups[member] = whole
    return list({id(group): group for group in groups.values() if len(group) > 1}.values())

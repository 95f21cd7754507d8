"""Which contacts to compare: those that share a key, unless too many do.

A key that many contacts share (a company's phone, "Jan de Vries" in a large programme) tells
little, and comparing all of them with each other would take for ever. Those among them who are one
person share some other key as well, or cannot be told from namesakes anyway.
"""

import numpy as np

from piggyadmin.duplicates.matching.clusters import each_once, pack
from piggyadmin.duplicates.matching.normalisation import Keys
from piggyadmin.duplicates.matching.table import NO_KEY, Codes, Flags, Ints, Table

# The most contacts that may share a key for them to be compared.
LARGEST = Keys(
    local=30,
    phone=50,
    name=40,
    born_initial=40,
    born_last=40,
    house=30,
    street_initial=30,
    initial_last=15,
    first_prefix=15,
)._asdict()


def candidates(table: Table, *, changed: Flags | None = None) -> Ints:
    """Give the pairs to compare in order, each packed into one number: there may be 100 million.

    `changed` marks the rows of which one must be in each pair; without it all are compared.
    """
    packed = [pairs_alike(keys, LARGEST[name], changed) for name, keys in table.keys.items()]
    return each_once(_concatenate_and_free(packed))


def _concatenate_and_free(parts: list[Ints]) -> Ints:
    """Join arrays into one, so that no more than one of them is there twice."""
    joined = np.empty(sum(map(len, parts)), np.int64)
    end = len(joined)
    while parts:
        part = parts.pop()
        joined[end - len(part) : end] = part
        end -= len(part)
    return joined


def pairs_alike(keys: Codes | Ints, largest: int, changed: Flags | None = None) -> Ints:
    """Pair all rows that share a key, each pair packed into one number."""
    known = np.flatnonzero(keys != NO_KEY)
    order = known[np.argsort(keys[known], kind="stable")]
    sizes, starts = _runs(keys[order])
    found = [
        _pairs_within(order[starts[sizes == size][:, None] + np.arange(size)], changed)
        for size in range(2, largest + 1)
        if (sizes == size).any()
    ]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _runs(ordered: Codes | Ints) -> tuple[Ints, Ints]:
    """Give how long the runs of equal numbers are, and where they start."""
    starts = np.flatnonzero(np.diff(ordered, prepend=ordered[:1] - 1))
    return np.diff(starts, append=len(ordered)), starts


def _pairs_within(groups: Ints, changed: Flags | None) -> Ints:
    """Pair the members of each group (a row) with each other."""
    if changed is not None:
        groups = groups[changed[groups].any(axis=1)]
    left, right = np.triu_indices(groups.shape[1], 1)
    one, other = groups[:, left].ravel(), groups[:, right].ravel()
    if changed is not None:
        either = changed[one] | changed[other]
        one, other = one[either], other[either]
    return pack(one, other)

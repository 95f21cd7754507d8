"""First and last names that stand in each other's field: who of several has them the right way."""

import math
from collections.abc import Sequence

import numpy as np

from piggyadmin.duplicates.matching.comparison_levels import Comparison, NameOrder
from piggyadmin.duplicates.matching.nicknames import FULL_NAMES
from piggyadmin.duplicates.matching.normalisation import (
    Normalised,
    clean,
    keys,
    mail_parts,
    normalise,
)
from piggyadmin.duplicates.matching.table import Table
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.prefix_lookups import LONGEST, Beginning, begins, equals

NAMES = ("firstname", "lastname")
# More of a name say no more.
MOST_COUNTED = 1000
# What an address or a list of first names says, beside how often a name is a first or a last one.
_SURE = 2.0


def right_way_round(candidates: Sequence[Candidate]) -> Sequence[Candidate] | None:
    """Give those whose names are the right way round, where some are swapped.

    All of them where none are; None where they are swapped and nothing tells which are right.
    """
    told = list(zip(candidates, swapped(candidates), strict=True))
    if not any(is_swapped for _candidate, is_swapped in told):
        return candidates
    weight = sum(
        -_weight(candidate) if is_swapped else _weight(candidate) for candidate, is_swapped in told
    )
    if not weight:
        return None
    return [candidate for candidate, is_swapped in told if is_swapped == (weight < 0)]


def swapped(candidates: Sequence[Candidate]) -> list[bool]:
    """Tell of each whether its names are swapped compared with those of the first one."""
    rows = [_names_of(candidate) for candidate in candidates]
    table = Table((names, keys(names)) for names in rows)
    numbers = np.arange(len(rows))
    order = Comparison(table).levels(np.zeros_like(numbers), numbers)["order"]
    return [bool(level == NameOrder.SWAPPED) for level in order]


def _names_of(candidate: Candidate) -> Normalised:
    first, last = (str(candidate.values.get(name) or "") for name in NAMES)
    return normalise(firstname=first, lastname=last)


def _weight(candidate: Candidate) -> float:
    """Weigh whether names are the right way round: above zero they are, below they are swapped."""
    first, last = (clean(str(candidate.values.get(name) or "")) for name in NAMES)
    if not first or not last:
        return 0.0
    often = _ratio(first) - _ratio(last)
    names = _names_of(candidate)
    listed = _SURE * ((names.first in FULL_NAMES) - (names.last in FULL_NAMES))
    return often + listed + _SURE * _by_address(candidate, first, last)


def _ratio(name: str) -> float:
    """Say how much more often a name is a first name than a last one, among all contacts."""
    rows = MirroredContact.objects.annotate(
        whole=Beginning("firstname", "lastname"), last=Beginning("lastname")
    )
    firsts = rows.filter(begins("whole", f"{name} "))[:MOST_COUNTED].count()
    lasts = rows.filter(equals("last", name[:LONGEST]))[:MOST_COUNTED].count()
    return math.log((firsts + 1) / (lasts + 1))


def _by_address(candidate: Candidate, first: str, last: str) -> int:
    """Say whether its own address has first and last name in this order (1), or swapped (-1)."""
    address = candidate.contact.own_email
    local = mail_parts(address)[1].rstrip("0123456789")
    words = ["".join(filter(str.isalpha, name)) for name in (first, last)]
    return _begins_and_ends(local, *words) - _begins_and_ends(local, *reversed(words))


def _begins_and_ends(local: str, first: str, last: str) -> bool:
    return local.startswith(first[:1]) and local.endswith(last) and local != last

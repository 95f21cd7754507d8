"""Whose value of an attribute is proposed: what the data decides, and nothing beyond that."""

from collections.abc import Callable, Sequence
from typing import Any

from piggyadmin.contacts.values import is_same, plain
from piggyadmin.duplicates.matching.normalisation import birth_date, clean, phone_number
from piggyadmin.duplicates.merging.candidates import Candidate
from piggyadmin.duplicates.merging.swapped_names import NAMES

# How to write what may be written in several ways in one.
_ONE_WAY: dict[str, Callable[[str], str]] = {"phonenumber": phone_number, "birthdate": birth_date}


def usual_of(name: str, holders: Sequence[Candidate]) -> Candidate | None:
    """Choose the first of those whose value stands for all others'; None where they differ."""
    return next(
        (
            candidate
            for candidate in holders
            if all(_covers(name, candidate, other) for other in holders)
        ),
        None,
    )


def _covers(name: str, candidate: Candidate, other: Candidate) -> bool:
    """Tell whether nothing is lost when one value is kept instead of another one."""
    one, two = candidate.values[name], other.values[name]
    if is_same(one, two) or _one_way(name, one) == _one_way(name, two) != "":
        return True
    return name in NAMES and _spells_out(clean(plain(one)), clean(plain(two)))


def _one_way(name: str, value: Any) -> str:
    return " ".join(_ONE_WAY.get(name, clean)(plain(value)).split())


def _spells_out(full: str, short: str) -> bool:
    """Tell whether a name is another one with its initials spelt out: Mira and M."""
    words, initials = full.split(), short.replace(".", " ").split()
    return len(words) == len(initials) and all(
        initial == word or (len(initial) == 1 and word.startswith(initial))
        for word, initial in zip(words, initials, strict=True)
    )

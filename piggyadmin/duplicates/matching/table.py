"""Many contacts in little memory: each text once, and for each contact the number of its text."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from piggyadmin.duplicates.matching.normalisation import Keys, Normalised

Ints: TypeAlias = npt.NDArray[np.int64]
Codes: TypeAlias = npt.NDArray[np.int32]
Flags: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]

# How many contacts are read before their numbers are packed away.
_CHUNK = 50_000
# A key that is not known; no key comes to this number.
NO_KEY = -(2**31)
_BITS = 64


@dataclass(frozen=True)
class Column:
    """One field of all contacts: `texts[codes[n]]` is contact n's; text 0 is "" (not known)."""

    codes: Codes
    texts: list[str]

    def counts(self) -> Ints:
        """Give how many contacts have each text; of the empty one none is counted."""
        counts = np.bincount(self.codes, minlength=len(self.texts))
        counts[0] = 0
        return counts

    @cached_property
    def letters(self) -> npt.NDArray[np.uint64]:
        """Give the letters that each text has, a bit for each; some letters share theirs."""
        parts = [_letters(self.texts[at : at + _CHUNK]) for at in range(0, len(self.texts), _CHUNK)]
        return np.concatenate(parts)


class Table:
    """Contacts as columns. First and last names share their texts, so that they can be swapped."""

    def __init__(self, rows: Iterable[tuple[Sequence[str], Sequence[int | None]]]) -> None:
        """Read contacts, each as its normalised fields and its keys."""
        names: dict[str, int] = {"": 0}
        texts: dict[str, dict[str, int]] = {
            field: names if field in {"first", "last"} else {"": 0} for field in Normalised._fields
        }
        codes: dict[str, list[Codes]] = {field: [] for field in Normalised._fields}
        found: dict[str, list[Codes]] = {name: [] for name in Keys._fields}
        rows = iter(rows)
        while chunk := list(islice(rows, _CHUNK)):
            normalised, keys = zip(*chunk, strict=True)
            for field, values in zip(
                Normalised._fields, zip(*normalised, strict=True), strict=True
            ):
                codes[field].append(_encode(values, texts[field]))
            for name, numbers in zip(Keys._fields, zip(*keys, strict=True), strict=True):
                found[name].append(_numbers(numbers))
        self.columns = {
            field: Column(_joined(codes.pop(field)), list(texts.pop(field)))
            for field in Normalised._fields
        }
        self.keys = {name: _joined(found.pop(name)) for name in Keys._fields}

    def __len__(self) -> int:
        return len(self.columns["mail"].codes)

    def forget(self, field: str, texts: Collection[str]) -> None:
        """Have some texts of a field be not known."""
        column, wanted = self[field], set(texts)
        kept = [0 if text in wanted else n for n, text in enumerate(column.texts)]
        if wanted:
            self.columns[field] = Column(np.array(kept, np.int32)[column.codes], column.texts)

    def __getitem__(self, field: str) -> Column:
        return self.columns[field]


def _letters(texts: list[str]) -> npt.NDArray[np.uint64]:
    """Mark each text's letters; an end is put behind each, so that none is empty."""
    letters = np.frombuffer("\0".join([*texts, ""]).encode("utf-32-le", "surrogatepass"), np.uint32)
    bits = np.left_shift(np.uint64(1), (letters % _BITS).astype(np.uint64))
    ends = np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)) + 1)
    return np.bitwise_or.reduceat(bits, np.append(0, ends[:-1]))


def _encode(values: Sequence[str], texts: dict[str, int]) -> Codes:
    """Give each text its number, a new one to a new text."""
    number = texts.setdefault
    return np.fromiter((number(text, len(texts)) for text in values), np.int32, len(values))


def _numbers(numbers: Sequence[int | None]) -> Codes:
    return np.fromiter((NO_KEY if n is None else n for n in numbers), np.int32, len(numbers))


def _joined(parts: list[Codes]) -> Codes:
    return np.concatenate(parts) if parts else np.zeros(0, np.int32)

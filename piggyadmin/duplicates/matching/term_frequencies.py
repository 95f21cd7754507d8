"""How common each value is: sharing "de Vries" says less than sharing "Szymborska"."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from piggyadmin.duplicates.matching.blocking import pairs_alike
from piggyadmin.duplicates.matching.clusters import unpack
from piggyadmin.duplicates.matching.comparison_levels import (
    Born,
    House,
    Levels,
    Mail,
    Name,
    NameOrder,
    Phone,
)
from piggyadmin.duplicates.matching.table import NO_KEY, Codes, Column, Flags, Floats, Ints, Table

# Values that fewer have than this are all taken for as rare as one that two have.
_COMMON = {
    "first": 3,
    "last": 3,
    "name": 6,
    "mail": 5,
    "phone": 5,
    "local": 5,
    "street": 5,
    "house": 5,
}
_USUAL = 2.0
# Dates of birth are all about as common as each other, but for those that nobody really has.
_PLACEHOLDER = 3.0
# Of a date that more share than that, by so many standard deviations, nothing is known: it is what
# is typed where the date is not.
_IMPROBABLE = 6.0
# An address, a number or a home belongs to somebody: that a few share it is no chance.
_FEW = 4
_HARDLY_ANY = {"mail": 0.002, "phone": 0.002, "house": 0.01, "name": 0.0001}
# A slip turns a name into another one in about so many ways that are likely.
_WAYS_TO_SLIP = 100
# How much rarer than any same local part one is that also has the provider nearly right.
_NEARLY = 0.3
# First and last names go together, for both are of one country: strangers who share the one share
# the other so much more often, at least and at most. Held by so many pairs as chance has.
_TOGETHER = (1.0, 10.0)
_HELD_TOGETHER = 50.0
# However rare a name is, some have it from a relative, and are no parent and child. With so many
# each contact is expected to share its name to begin with, held by so many contacts.
_NAMESAKES = 0.01
_HELD_NAMESAKES = 1000.0
# Names of which fewer strangers than this are expected by chance are rare.
_RARE = 0.1
_FEWEST_NAMESAKES = 0.001
# Names that more share are none of the rare ones.
_MOST_NAMESAKES = 12
# Parent and child are a generation apart; strangers are counted by those who are not.
_WITHIN_YEARS = 15
_SAMPLE_OF_DATES = 20_000
_FEWEST_APART = 0.05
_FEWEST_DATED = 0.01
_SEED = 7
# Keys whose values are counted: which home it is, and which first and last name together.
_KEYS = ("house", "name")
# Odd numbers that spread what they are multiplied with over 64 bits.
_SPREADING = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


@dataclass(frozen=True)
class Frequency:
    """How many contacts have each value of a field, of all that have one."""

    known: int
    counts: Floats  # by the number of the text

    def of_strangers(self, codes: Codes) -> Floats:
        """Give the chance that a stranger has the same value; a pair is no proof of itself."""
        return np.maximum(self.counts[codes] - 1.5, 0.5) / max(self.known, 1)

    def of_many(self, codes: Codes, hardly_any: float) -> Floats:
        """Give the chance that strangers share what a few may share who are none."""
        return np.maximum(self.counts[codes] - _FEW, hardly_any) / max(self.known, 1)


class Frequencies:
    """The frequencies of a table's values, counted in it or recalled from a larger one.

    Dates of birth that are placeholders are taken out of the table.
    """

    def __init__(self, table: Table, recalled: dict[str, Any] | None = None) -> None:
        self.table = table
        self.placeholders = recalled["placeholders"] if recalled else _placeholders(table)
        table.forget("born", self.placeholders)
        self.keys = {name: _key_codes(table, name) for name in _KEYS}
        self.together = recalled["together"] if recalled else _together(table)
        self.namesakes = recalled["namesakes"] if recalled else _namesakes(table, self.together)
        self.fields = {
            field: self._recalled(field, recalled[field]) if recalled else self._counted(field)
            for field in (*_COMMON, "born")
        }

    def _codes(self, field: str) -> tuple[Codes, list[Any]]:
        if field in self.keys:
            return self.keys[field]
        column = self.table[field]
        return column.codes, column.texts

    def _counted(self, field: str) -> Frequency:
        codes, texts = self._codes(field)
        counts = np.bincount(codes, minlength=len(texts)).astype(np.float64)
        counts[0] = 0
        usual, common = _USUAL, float(_COMMON.get(field, 0))
        if field == "born":
            usual = counts.sum() / max((counts > 0).sum(), 1)
            common = usual * _PLACEHOLDER
        known = int(counts.sum())
        return Frequency(known, np.where(counts < common, usual, counts))

    def _recalled(self, field: str, parameters: dict[str, Any]) -> Frequency:
        _codes, texts = self._codes(field)
        common, usual = parameters["common"], parameters["usual"]
        counts = np.fromiter((common.get(str(text), usual) for text in texts), float, len(texts))
        return Frequency(parameters["known"], counts)

    def parameters(self) -> dict[str, Any]:
        """Give what `recalled` takes, as JSON."""
        of_fields = {field: self._parameters(field) for field in self.fields}
        return of_fields | {
            "together": self.together,
            "namesakes": self.namesakes,
            "placeholders": self.placeholders,
        }

    def _parameters(self, field: str) -> dict[str, Any]:
        frequency, (_codes, texts) = self.fields[field], self._codes(field)
        usual = float(frequency.counts[1:].min(initial=_USUAL))
        common = np.flatnonzero(frequency.counts > usual)
        return {
            "known": frequency.known,
            "usual": usual,
            "common": {str(texts[n]): float(frequency.counts[n]) for n in common if n},
        }

    def chances(
        self, one: Ints, other: Ints, levels: Levels, strangers: dict[str, Floats]
    ) -> dict[str, Floats]:
        """Give for each pair the logarithm of the chance that strangers agree so far.

        `strangers` says how often they agree so far whatever the value: what counts where the
        level is not one of sharing a value.
        """
        of = _Pairs(self, one, other, levels, strangers)
        first, last = of.names("first"), of.names("last")
        alike = (levels["first"] == Name.SAME) & (levels["last"] == Name.SAME)
        last[alike] = self._last_of_namesakes(one[alike], first[alike], last[alike])
        return {
            "order": of.usual("order"),
            "first": first,
            "last": last,
            "suffix": of.usual("suffix"),
            "mail": of.mails(),
            "phone": of.rare("phone", Phone.SAME),
            "born": of.dates(),
            "house": of.houses(),
        }

    def _last_of_namesakes(self, one: Ints, first: Floats, last: Floats) -> Floats:
        """Give the chance that strangers share the last name too, who share the first one.

        They do so by chance, or have the name from each other; or it is one that many have.
        """
        frequency = self.fields["name"]
        by_chance = first + last + np.log(self.together)
        rare = np.logaddexp(by_chance, np.log(self.namesakes / max(frequency.known, 1)))
        many = frequency.of_many(self.keys["name"][0][one], _HARDLY_ANY["name"])
        chance: Floats = np.minimum(np.maximum(rare, np.log(many)) - first, 0)
        return chance


class _Pairs:
    """The chances of some pairs, field by field."""

    def __init__(
        self,
        frequencies: Frequencies,
        one: Ints,
        other: Ints,
        levels: Levels,
        strangers: dict[str, Floats],
    ) -> None:
        self.of, self.table = frequencies.fields, frequencies.table
        self.house = frequencies.keys["house"][0]
        self.one, self.other = one, other
        self.levels = levels
        self.strangers = {
            field: np.log(np.maximum(table, 1e-9)) for field, table in strangers.items()
        }

    def usual(self, field: str) -> Floats:
        """Give the logarithms by level alone; 0 where nothing is known."""
        level = self.levels[field]
        return np.where(level == 0, 0.0, self.strangers[field][level])

    def names(self, field: str) -> Floats:
        """Give the chances of a name: of sharing it, a form of it, or a slip of it."""
        chance, level = self.usual(field), self.levels[field]
        codes = self.table[field].codes
        one, other = codes[self.one], codes[self.other]
        frequency = self.of[field]
        shared = frequency.of_strangers(one)
        if (swapped := self.levels["order"] == NameOrder.SWAPPED).any():
            crossed = "last" if field == "first" else "first"
            shared = np.where(
                swapped, np.maximum(shared, self.of[crossed].of_strangers(one)), shared
            )
        same, nick, slip = (level == each for each in (Name.SAME, Name.NICKNAME, Name.SLIP))
        chance[same] = np.log(shared[same])
        either = np.maximum(frequency.of_strangers(one), frequency.of_strangers(other))
        chance[nick] = np.log(either[nick])
        rarer = np.minimum(frequency.counts[one], frequency.counts[other]) - 0.5
        slips = _WAYS_TO_SLIP * np.maximum(rarer, 0.5) / max(frequency.known, 1)
        usual = np.exp(self.strangers[field][Name.SLIP])
        chance[slip & ~swapped] = np.log(np.clip(slips, usual / 5, 0.3))[slip & ~swapped]
        return chance

    def mails(self) -> Floats:
        """Give the chances of an address: of sharing it whole, or what stands before the @."""
        chance, level = self.rare("mail", Mail.SAME), self.levels["mail"]
        local = np.log(self.of["local"].of_strangers(self.table["local"].codes[self.one]))
        chance = np.where(level == Mail.OTHER_DOMAIN, local, chance)
        nearly = (level == Mail.PUNCTUATION) | (level == Mail.DOMAIN_SLIP)
        return np.where(nearly, local + np.log(_NEARLY), chance)

    def rare(self, field: str, same: int) -> Floats:
        """Give the chances of what belongs to somebody."""
        codes = self.table[field].codes[self.one]
        many = np.log(self.of[field].of_many(codes, _HARDLY_ANY[field]))
        return np.where(self.levels[field] == same, many, self.usual(field))

    def dates(self) -> Floats:
        """Give the chances of a date of birth."""
        shared = self.of["born"].of_strangers(self.table["born"].codes[self.one])
        return np.where(self.levels["born"] == Born.SAME, np.log(shared), self.usual("born"))

    def houses(self) -> Floats:
        """Give the chances of a home, and of a street and number in some town."""
        level = self.levels["house"]
        home = self.of["house"].of_many(self.house[self.one], _HARDLY_ANY["house"])
        street = self.of["street"].of_strangers(self.table["street"].codes[self.one])
        chance = np.where(level == House.SAME, np.log(home), self.usual("house"))
        return np.where(level == House.STREET, np.log(street), chance)


def _placeholders(table: Table) -> list[str]:
    """Name the dates of birth that more share than can be by chance."""
    column = table["born"]
    counts = column.counts()
    many = _PLACEHOLDER * counts.sum() / max((counts > 0).sum(), 1)
    improbable = np.flatnonzero(counts > many + _IMPROBABLE * np.sqrt(many))
    return [column.texts[n] for n in improbable]


def _together(table: Table) -> float:
    """Measure how much more often strangers share both names than if these had nothing to do.

    Those who have the same names and other dates of birth are strangers, nearly all of them.
    """
    columns = [table[field].codes.astype(np.uint64) for field in ("first", "last", "born")]
    known = np.all([codes > 0 for codes in columns], axis=0)
    first, last, born = (
        codes[known] * np.uint64(by) for codes, by in zip(columns, _SPREADING, strict=True)
    )
    strangers = _pairs_alike(first ^ last) - _pairs_alike(first ^ last ^ born)
    pairs = max(len(first) * (len(first) - 1) / 2, 1)
    expected = _pairs_alike(first) * _pairs_alike(last) / pairs
    return float(np.clip((strangers + _HELD_TOGETHER) / (expected + _HELD_TOGETHER), *_TOGETHER))


def _pairs_alike(numbers: npt.NDArray[np.uint64]) -> float:
    """Count the pairs of equal numbers."""
    ordered = np.sort(numbers)
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    sizes = np.diff(starts, append=len(ordered)).astype(np.float64)
    return float((sizes * (sizes - 1) / 2).sum())


def _namesakes(table: Table, together: float) -> float:
    """Measure how many strangers a contact shares a rare name with, beyond those by chance.

    They are told from one person, and from parent and child, by their dates of birth.
    """
    first, last, born = (table[field] for field in ("first", "last", "born"))
    named = np.flatnonzero((first.codes > 0) & (last.codes > 0))
    by_chance = together * first.counts()[first.codes[named]] * last.counts()[last.codes[named]]
    by_chance = by_chance / max(len(named), 1)
    is_dated = born.codes[named] > 0
    is_rare = is_dated & (by_chance < _RARE)
    names = first.codes.astype(np.int64) << 32 | last.codes
    dated = max(is_dated.sum() / max(len(named), 1), _FEWEST_DATED)
    strangers = _strangers(names, born, named[is_rare]) / dated
    held = is_rare.sum() + _HELD_NAMESAKES
    found = (strangers + _HELD_NAMESAKES * _NAMESAKES - by_chance[is_rare].sum()) / held
    return float(max(found, _FEWEST_NAMESAKES))


def _strangers(names: Ints, born: Column, rows: Ints) -> float:
    """Count how often one of some rows has a namesake among them who is a stranger.

    Strangers were born in the same years and on other days as often as any two contacts were.
    """
    if not len(rows):
        return 0.0
    dates = np.array([text.split("-") if text else (0, 0, 0) for text in born.texts], np.int32)
    dates = dates[born.codes[rows]]
    one, other = unpack(pairs_alike(names[rows], _MOST_NAMESAKES))
    drawn = np.random.default_rng(_SEED).integers(0, len(rows), (2, _SAMPLE_OF_DATES))
    of_any = max(float(_is_apart(dates[drawn[0]], dates[drawn[1]]).mean()), _FEWEST_APART)
    return float(2 * _is_apart(dates[one], dates[other]).sum() / of_any)


def _is_apart(one: Codes, other: Codes) -> Flags:
    """Tell dates that no slip turns into each other and no generation is between."""
    apart: Flags = (one != other).all(axis=1)
    apart &= np.abs(one[:, 0] - other[:, 0]) < _WITHIN_YEARS
    return apart


def _key_codes(table: Table, name: str) -> tuple[Codes, list[Any]]:
    """Number the values of a key: of the one that says which home it is, or which name."""
    keys, codes = np.unique(np.append(table.keys[name], NO_KEY), return_inverse=True)
    # The key that is none is the smallest, and so has the number 0.
    return codes[:-1].astype(np.int32), keys.tolist()

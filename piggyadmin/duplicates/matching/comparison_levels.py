"""How far the fields of two contacts agree: for many pairs at once, one small number a field.

Level 0 is always "not known of both". The others go from the same to something else; what they say
is weighed in `fellegi_sunter.py` and put into words in `evidence.py`.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from piggyadmin.duplicates.matching.nicknames import FULL_NAMES
from piggyadmin.duplicates.matching.table import Codes, Column, Flags, Floats, Ints, Table


class Name(IntEnum):
    """A first or a last name."""

    MISSING = 0
    SAME = 1
    NICKNAME = 2  # both are forms of one name
    INITIAL = 3
    SLIP = 4  # a letter or two mistyped
    PART = 5  # one of two names: Jan, Jan Willem
    SIMILAR = 6
    OTHER = 7


class NameOrder(IntEnum):
    """Whether first and last name stand in each other's field."""

    MISSING = 0
    STRAIGHT = 1
    SWAPPED = 2


class Mail(IntEnum):
    """An e-mail address."""

    MISSING = 0
    SAME = 1
    PUNCTUATION = 2  # but for dots, where the provider tells them apart
    DOMAIN_SLIP = 3  # the same but for a letter behind the @
    SLIP = 4  # the same but for a letter before it
    OTHER_DOMAIN = 5  # the same before the @, at another provider
    CLOSE = 6  # two letters, or other figures
    OTHER = 7


class Phone(IntEnum):
    """A telephone number."""

    MISSING = 0
    SAME = 1
    SLIP = 2  # one figure
    OTHER = 3


class Suffix(IntEnum):
    """What tells people of one name apart: senior, junior, the third."""

    MISSING = 0
    SAME = 1
    OTHER = 2


class Born(IntEnum):
    """A date of birth."""

    MISSING = 0
    SAME = 1
    SWAPPED = 2  # day and month
    SLIP = 3  # two of day, month and year are the same, and the third may be a slip
    OTHER = 4
    GENERATION = 5  # so many years apart that one may be the other's child


class House(IntEnum):
    """An address."""

    MISSING = 0
    SAME = 1
    STREET = 2  # street and number, where the postcode of one is not known
    SLIP = 3  # a letter of the street, or which of the homes behind a door
    POSTCODE = 4  # the postcode only
    ELSEWHERE = 5  # a street and number of the same name in another place
    OTHER = 6


FIELDS: dict[str, type[IntEnum]] = {
    "order": NameOrder,
    "first": Name,
    "last": Name,
    "suffix": Suffix,
    "mail": Mail,
    "phone": Phone,
    "born": Born,
    "house": House,
}
type_of_level: TypeAlias = npt.NDArray[np.int8]
Levels: TypeAlias = dict[str, type_of_level]

# Texts must be so long for a slip in them to be told from another text.
_SLIP_IN_NAME = 3
_TWO_SLIPS_IN_NAME = 7
_SLIP_IN_MAIL = 5
_TWO_SLIPS_IN_MAIL = 6
_SIMILAR_NAME = 0.88
_SHORTEST_SIMILAR = 4
_GENERATION_YEARS = 15
# What each level of a name speaks for one person, roughly: to choose how to read swapped names.
_WORTH = np.array([0.0, 3.0, 2.5, 1.5, 2.0, 1.5, 0.5, -2.0])
_READS_WELL = 2.0
_ROOTS = max(map(len, FULL_NAMES.values()))
_YEARS = 10
# Fewer texts are compared before threads have begun.
_MANY = 5_000
# What a contact may have or not, each by its columns. How many of two contacts have each is one
# number, the pattern of a pair: a figure to the base of three for each of these.
_GIVEN = (("mail",), ("phone",), ("born",), ("street", "post"))
PATTERNS = 3 ** len(_GIVEN)


class Comparison:
    """Compares rows of one table; what it needs of each text it works out once."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.names = _Names(table["first"].texts)
        self.mails = _Mails(table)
        self.dates = _Dates(table["born"].texts)
        self.phones = _Phones(table["phone"])
        self.houses = _Houses(table)
        self.given = _given(table)

    def patterns(self, one: Ints, other: Ints) -> type_of_level:
        """Tell what both of two rows have, what one of them has, and what none of them has."""
        patterns: type_of_level = self.given[one] + self.given[other]
        return patterns

    def patterns_of_two(self) -> Floats:
        """Give how often each pattern is one of two contacts who have nothing to do."""
        of_one = np.bincount(self.given, minlength=PATTERNS // 2 + 1) / max(len(self.given), 1)
        return np.convolve(of_one, of_one)

    def levels(self, one: Ints, other: Ints) -> Levels:
        """Compare row `one[n]` with row `other[n]`."""
        order, first, last = self._names(one, other)
        return {
            "order": order,
            "first": first,
            "last": last,
            "mail": self.mails.levels(one, other),
            "suffix": _same_or(Suffix.OTHER, *self._codes("suffix", one, other)),
            "phone": self.phones.levels(*self._codes("phone", one, other)),
            "born": self.dates.levels(*self._codes("born", one, other)),
            "house": self.houses.levels(one, other),
        }

    def _codes(self, field: str, one: Ints, other: Ints) -> tuple[Codes, Codes]:
        codes = self.table[field].codes
        return codes[one], codes[other]

    def _names(self, one: Ints, other: Ints) -> tuple[type_of_level, type_of_level, type_of_level]:
        """Compare names as they stand, and where that does not fit as if they were swapped."""
        firsts, lasts = self._codes("first", one, other), self._codes("last", one, other)
        first, last = self.names.levels(*firsts), self.names.levels(*lasts)
        both_named = (firsts[0] > 0) & (firsts[1] > 0) & ((lasts[0] > 0) | (lasts[1] > 0))
        order = np.where(both_named, NameOrder.STRAIGHT, NameOrder.MISSING).astype(np.int8)
        poor = np.flatnonzero(both_named & (_WORTH[first] + _WORTH[last] <= 0))
        crossed = self.names.levels(firsts[0][poor], lasts[1][poor])
        back = self.names.levels(lasts[0][poor], firsts[1][poor])
        well = _WORTH[crossed] + _WORTH[back] > _READS_WELL
        rows, crossed, back = poor[well], crossed[well], back[well]
        # Short forms are of first names.
        is_reversed = (back == Name.NICKNAME) | (back == Name.INITIAL)
        order[rows] = NameOrder.SWAPPED
        first[rows] = np.where(is_reversed, back, crossed)
        last[rows] = np.where(is_reversed, crossed, back)
        return order, first, last


class _Names:
    """What there is to know of each name."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts
        number: dict[str, int] = {"": 0}
        words = [text.split(" ") for text in texts]
        self.length = np.fromiter(map(len, texts), np.int32, len(texts))
        self.initial = _coded(number, [text[:1] for text in texts])
        self.first_word = _coded(number, [each[0] for each in words])
        self.last_word = _coded(number, [each[-1] if len(each) > 1 else "" for each in words])
        roots = [FULL_NAMES.get(each[0], (each[0],)) for each in words]
        self.roots = [
            _coded(number, [each[at] if at < len(each) else "" for each in roots])
            for at in range(_ROOTS)
        ]

    def levels(self, one: Codes, other: Codes) -> type_of_level:
        """Compare names by their numbers."""
        level = _same_or(Name.OTHER, one, other)
        rest = np.flatnonzero(level == Name.OTHER)
        pairs, back = _distinct(one[rest], other[rest])
        level[rest] = self._of_others(*pairs)[back]
        return level

    def _of_others(self, one: Codes, other: Codes) -> type_of_level:
        """Compare names that are not the same; what is found last weighs most."""
        left, right = [self.texts[n] for n in one], [self.texts[n] for n in other]
        shortest = np.minimum(self.length[one], self.length[other])
        slips = _compared(left, right, OSA.distance, np.uint8, score_cutoff=2)
        alike = _compared(left, right, JaroWinkler.similarity, np.float32)
        is_letter = shortest == 1
        level = np.full(len(one), Name.OTHER, np.int8)
        level[(alike >= _SIMILAR_NAME) & (shortest >= _SHORTEST_SIMILAR)] = Name.SIMILAR
        level[self._share_word(one, other) & ~is_letter] = Name.PART
        is_slip = (slips <= 1) & (shortest >= _SLIP_IN_NAME)
        level[is_slip | ((slips <= 2) & (shortest >= _TWO_SLIPS_IN_NAME))] = Name.SLIP  # noqa: PLR2004
        level[self._share_root(one, other) & ~is_letter] = Name.NICKNAME
        level[is_letter & (self.initial[one] == self.initial[other])] = Name.INITIAL
        return level

    def _share_word(self, one: Codes, other: Codes) -> Flags:
        first, last = self.first_word, self.last_word
        same: Flags = first[one] == first[other]
        same |= (last[one] > 0) & ((last[one] == first[other]) | (last[one] == last[other]))
        same |= (last[other] > 0) & (first[one] == last[other])
        return same

    def _share_root(self, one: Codes, other: Codes) -> Flags:
        shared: Flags = np.zeros(len(one), np.bool_)
        for left in self.roots:
            for right in self.roots:
                shared |= (left[one] > 0) & (left[one] == right[other])
        # Two names of which one is the other's beginning share a word, and no more than that.
        shared &= self.last_word[one] == self.last_word[other]
        return shared


class _Mails:
    """What there is to know of each address."""

    def __init__(self, table: Table) -> None:
        self.table = table
        locals_ = table["local"].texts
        domains: dict[str, int] = {"": 0}
        of_mail = (text.rpartition("@")[2] for text in table["mail"].texts)
        self.domain = _coded(domains, of_mail)
        self.domains = Column(self.domain, list(domains))
        self.length = np.fromiter(map(len, locals_), np.int32, len(locals_))
        letters: dict[str, int] = {"": 0}
        without = str.maketrans("", "", "0123456789")
        self.letters = _coded(letters, (text.translate(without) for text in locals_))

    def levels(self, one: Ints, other: Ints) -> type_of_level:
        """Compare the addresses of rows."""
        mails = self.table["mail"].codes[one], self.table["mail"].codes[other]
        level = _same_or(Mail.OTHER, *mails)
        rest = np.flatnonzero(level == Mail.OTHER)
        level[rest] = self._of_others(mails[0][rest], mails[1][rest], one[rest], other[rest])
        return level

    def _of_others(self, mail: Codes, mail2: Codes, one: Ints, other: Ints) -> type_of_level:
        local, local2 = self.table["local"].codes[one], self.table["local"].codes[other]
        domains = self.domain[mail], self.domain[mail2]
        everything = np.arange(len(one))
        slips = _distances(self.table["mail"], (mail, mail2), everything, most=2)
        domain_slips = _distances(self.domains, domains, everything, most=1)
        same_local, same_domain = local == local2, domains[0] == domains[1]
        other_figures = ~same_local & (self.letters[local] == self.letters[local2])
        shortest = np.minimum(self.length[local], self.length[local2])
        level = np.full(len(one), Mail.OTHER, np.int8)
        level[(slips <= 2) & (shortest >= _TWO_SLIPS_IN_MAIL)] = Mail.CLOSE  # noqa: PLR2004
        level[other_figures & same_domain] = Mail.CLOSE
        is_slip = (slips <= 1) & same_domain & (shortest >= _SLIP_IN_MAIL)
        level[is_slip & ~other_figures] = Mail.SLIP
        level[same_local] = Mail.OTHER_DOMAIN
        level[same_local & (domain_slips <= 1)] = Mail.DOMAIN_SLIP
        level[same_local & same_domain] = Mail.PUNCTUATION
        return level


class _Dates:
    """What there is to know of each date."""

    def __init__(self, texts: list[str]) -> None:
        dates = [text.split("-") if text else ("0", "0", "0") for text in texts]
        self.year, self.month, self.day = np.array(dates, np.int32).reshape(-1, 3).T

    def levels(self, one: Codes, other: Codes) -> type_of_level:
        """Compare dates by their numbers."""
        level = _same_or(Born.OTHER, one, other)
        rest = level == Born.OTHER
        same_year, same_month, same_day = (
            part[one] == part[other] for part in (self.year, self.month, self.day)
        )
        apart = np.abs(self.year[one] - self.year[other])
        level[rest & (apart >= _GENERATION_YEARS)] = Born.GENERATION
        year_slip = self._year_slip(one, other, apart)
        slip = (same_year & (same_month | same_day)) | (same_month & same_day & year_slip)
        level[rest & slip] = Born.SLIP
        crossed = (self.month[one] == self.day[other]) & (self.day[one] == self.month[other])
        level[rest & same_year & crossed] = Born.SWAPPED
        return level

    def _year_slip(self, one: Codes, other: Codes, apart: Ints) -> Flags:
        """Tell years that differ by one figure, by one year, or by two figures swapped."""
        tens, tens2 = self.year[one] // _YEARS % _YEARS, self.year[other] // _YEARS % _YEARS
        ones, ones2 = self.year[one] % _YEARS, self.year[other] % _YEARS
        slip: Flags = (apart == 1) | (ones == ones2) | (tens == tens2)
        slip |= (tens == ones2) & (ones == tens2)
        return slip


class _Phones:
    """What there is to know of each number."""

    def __init__(self, column: Column) -> None:
        countries: dict[str, int] = {"": 0}
        numbers: dict[str, int] = {"": 0}
        self.country = _coded(countries, (text.partition(" ")[0] for text in column.texts))
        number = _coded(numbers, (text.partition(" ")[2] for text in column.texts))
        self.numbers = Column(number, list(numbers))

    def levels(self, one: Codes, other: Codes) -> type_of_level:
        """Compare numbers; where both countries are known, the same one elsewhere is another."""
        numbers = self.numbers.codes[one], self.numbers.codes[other]
        country, country2 = self.country[one], self.country[other]
        may_be = (country == country2) | (country == 0) | (country2 == 0)
        level = _same_or(Phone.OTHER, *numbers)
        level[(level == Phone.SAME) & ~may_be] = Phone.OTHER
        rest = np.flatnonzero((level == Phone.OTHER) & may_be)
        level[rest[_distances(self.numbers, numbers, rest, most=1) <= 1]] = Phone.SLIP
        return level


class _Houses:
    """What there is to know of each address: street, number, and home behind that door."""

    def __init__(self, table: Table) -> None:
        self.street, self.post = table["street"].codes, table["post"].codes
        names: dict[str, int] = {"": 0}
        numbers: dict[str, int] = {"": 0}
        streets = table["street"].texts
        name = _coded(names, (text.partition(" ")[0] for text in streets))
        self.names = Column(name, list(names))
        self.number = _coded(numbers, (_behind(text).partition("-")[0] for text in streets))
        self.home = _coded(numbers, (_behind(text).partition("-")[2] for text in streets))

    def levels(self, one: Ints, other: Ints) -> type_of_level:
        """Compare the addresses of rows."""
        streets = self.street[one], self.street[other]
        street, post = _same_or(2, *streets), _same_or(2, self.post[one], self.post[other])
        level = np.where((street > 0) | (post > 0), House.OTHER, House.MISSING).astype(np.int8)
        level[post == 1] = House.POSTCODE
        level[(street == 2) & (post != 2) & self._is_slip(*streets)] = House.SLIP  # noqa: PLR2004
        for of_post, found in ((1, House.SAME), (0, House.STREET), (2, House.ELSEWHERE)):
            level[(street == 1) & (post == of_post)] = found
        return level

    def _is_slip(self, one: Codes, other: Codes) -> Flags:
        """Tell a letter of the street from the house next door: the number has to be the same."""
        home, home2 = self.home[one], self.home[other]
        same = (self.number[one] == self.number[other]) & (
            (home == home2) | (home == 0) | (home2 == 0)
        )
        rows = np.flatnonzero(same)
        slip: Flags = np.zeros(len(one), np.bool_)
        names = self.names.codes[one], self.names.codes[other]
        slip[rows] = _distances(self.names, names, rows, most=1) <= 1
        return slip


def _given(table: Table) -> type_of_level:
    """Number what each row has, so that the sum of two numbers is the pattern of the pair."""
    numbers = np.zeros(len(table), np.int8)
    for place, columns in enumerate(_GIVEN):
        is_given = np.any([table[name].codes > 0 for name in columns], axis=0)
        numbers += is_given.astype(np.int8) * 3**place
    return numbers


def _behind(street: str) -> str:
    """Give what stands behind the name of a street: the number, and the home."""
    return street.partition(" ")[2]


def _coded(number: dict[str, int], texts: Iterable[str]) -> Codes:
    """Number texts, of which there may be too many to have a list of."""
    return np.fromiter((number.setdefault(text, len(number)) for text in texts), np.int32)


def _same_or(different: int, one: Codes, other: Codes) -> type_of_level:
    """Give 0 where one is not known, 1 where both are the same, else `different`."""
    level = np.where(one == other, 1, different).astype(np.int8)
    level[(one == 0) | (other == 0)] = 0
    return level


def _distinct(one: Codes, other: Codes) -> tuple[tuple[Codes, Codes], Ints]:
    """Give each pair of texts once, whichever way round, and where each pair went."""
    packed = np.minimum(one, other).astype(np.int64) << 32 | np.maximum(one, other)
    pairs, back = np.unique(packed, return_inverse=True)
    return ((pairs >> 32).astype(np.int32), (pairs & 0xFFFFFFFF).astype(np.int32)), back


def _distances(
    column: Column, codes: tuple[Codes, Codes], rows: Ints, *, most: int
) -> npt.NDArray[np.uint8]:
    """Count the slips between the texts of some rows; more than `most` are told as one more."""
    one, other = codes[0][rows], codes[1][rows]
    slips = np.full(len(rows), most + 1, np.uint8)
    # A slip changes at most two letters, so that most texts need not be looked at.
    changed = np.bitwise_count(column.letters[one] ^ column.letters[other])
    near = np.flatnonzero(changed <= 2 * most)
    pairs, back = _distinct(one[near], other[near])
    left, right = ([column.texts[n] for n in each] for each in pairs)
    slips[near] = _compared(left, right, OSA.distance, np.uint8, score_cutoff=most)[back]
    return slips


def _compared(
    left: list[str], right: list[str], scorer: Callable[..., Any], kind: type, **options: Any
) -> npt.NDArray[Any]:
    """Compare text by text, where there are many on all processors."""
    if not left:
        return np.zeros(0, kind)
    workers = -1 if len(left) >= _MANY else 1
    return process.cpdist(left, right, scorer=scorer, dtype=kind, workers=workers, **options)

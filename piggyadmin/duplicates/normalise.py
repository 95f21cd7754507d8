"""Writing alike what means the same: names, addresses, numbers and dates as people type them.

Everything here is plain text in and plain text out, never raises, and gives "" for what says
nothing. The mirror stores the result beside what Piggy gave, so that a search need not do it anew.
"""

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

# More than this of any text says nothing more.
LONGEST = 200
_BETWEEN = "\x1f"

_OTHER_LETTERS = str.maketrans(
    {"ß": "ss", "ı": "i", "ł": "l", "ø": "o", "æ": "a", "œ": "o", "đ": "d", "þ": "t"}  # noqa: RUF001
)
_SOUNDS = re.compile(r"[aou]e(?=.)|ij|y")
_APOSTROPHES = re.compile(r"['`´’]\s*")  # noqa: RUF001
_WORDS = re.compile(r"[^\W\d_]+")
_PREFIXES = frozenset(
    [
        *("van", "de", "der", "den", "het", "t", "ter", "ten", "te", "vd", "v", "d", "op", "in"),
        *("aan", "bij", "von", "zu", "zum", "zur", "vom", "af", "la", "le", "du", "des", "di"),
        *("da", "dos", "el", "al", "bin", "ben"),
    ]
)
_WRITTEN_TOGETHER = ("vander", "vanden", "vande", "van")
_SHORTEST_REST = 4
_TITLES = frozenset(
    [
        *("mr", "mrs", "ms", "miss", "dr", "prof", "ir", "ing", "drs", "dhr", "mevr", "mw"),
        *("herr", "frau", "sir", "jr", "sr"),
    ]
)
# Fields that hold nothing although something stands in them.
_NOTHING = frozenset(
    [
        *("-", "--", ".", "?", "0", "x", "xx", "xxx", "n/a", "na", "nvt", "n.v.t.", "none", "nil"),
        *("null", "unknown", "onbekend", "unbekannt", "test", "geen"),
    ]
)
_SAME_PROVIDER = {"googlemail": "gmail"}
_WITHOUT_DOTS = frozenset(["gmail"])
_STREETS = (
    (re.compile(r"str(\.|a(ss|ß|at)e?)?(?=\s|$|\d)|st\.(?=\s|$)|street"), "str"),
    (re.compile(r"\broad\b|\brd\b\.?"), "rd"),
    (re.compile(r"\bavenue\b|\bave\b\.?|\blaan\b|ln\.?(?=\s\d)|\blane\b"), "ln"),
)
_POSTCODES = (
    re.compile(r"\b([1-9]\d{3})\s?([a-z]{2})\b"),
    re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s?(\d[a-z]{2})\b"),
    re.compile(r"\b(\d{5})\b()"),
    # Four figures are one where a house number stands before them.
    re.compile(r"^(?:\d(?!\D)|\D)*+\d\D.*\b(\d{4})\b()"),
)
_HOUSE = re.compile(r"(?<![\w])(\d{1,5})\s?([a-z](?![a-z]))?")
_YEAR_FIRST = re.compile(r"^\D*(\d{4})\D?(\d{1,2})\D?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"^\D*(\d{1,2})\D(\d{1,2})\D(\d{4}|\d{2})(?!\d)")
_MONTHS = 12
_CENTURY = 100
# Numbers this short, or of hardly any different figures, belong to nobody.
_SHORTEST_PHONE = 7
_PHONE_FIGURES = 9
_FEWEST_FIGURES = 3
_LONG_PHONE = 11
_CALLING_CODES = ("31", "32", "33", "34", "39", "41", "43", "44", "45", "46", "47", "48", "49")


class Normalised(NamedTuple):
    """What two contacts are compared by; "" where nothing is known."""

    mail: str = ""  # as the provider reads it: without tags, and dots where they mean nothing
    local: str = ""  # what stands before the @, letters and figures only
    phone: str = ""  # the last nine figures of the number within its country
    first: str = ""
    last: str = ""
    born: str = ""  # YYYY-MM-DD
    street: str = ""  # street and number
    post: str = ""

    def pack(self) -> str:
        """Write it as one text, for the mirror."""
        return _BETWEEN.join(self)

    @classmethod
    def unpack(cls, text: str) -> "Normalised":
        """Read what `pack` wrote."""
        return cls(*fields_of(text))

    @property
    def fingerprint(self) -> str:
        """Give what differs when the contact must be compared again."""
        return hashlib.md5(self.pack().encode(), usedforsecurity=False).hexdigest()


def fields_of(packed: str) -> Sequence[str]:
    """Give the fields in which a text was packed, without making anything of them."""
    return packed.split(_BETWEEN) if packed else _NOTHING_KNOWN


_NOTHING_KNOWN = Normalised()


def normalise(
    *,
    email: str = "",
    firstname: str = "",
    lastname: str = "",
    phonenumber: str = "",
    birthdate: str = "",
    address: str = "",
    is_anonymous: bool = False,
) -> Normalised:
    """Write everything that is known of a contact in one way; an anonymous one's e-mail is none."""
    mail, local = ("", "") if is_anonymous else mail_parts(email)
    first = name_words(firstname)
    last = tuple(_without_prefix(word) for word in name_words(lastname))
    if not last and len(first) > 1:
        first, last = first[:1], first[1:]
    street, post = address_parts(address)
    return Normalised(
        mail=mail,
        local=local,
        phone=phone_figures(phonenumber),
        first=" ".join(_without_initials(first)),
        last=" ".join(last),
        born=birth_date(birthdate),
        street=street,
        post=post,
    )


def clean(text: str | None) -> str:
    """Write in small letters without marks, and without what says nothing."""
    text = unicodedata.normalize("NFKC", str(text or "")[:LONGEST]).casefold()
    if not text.isprintable():
        text = "".join(each for each in text if each.isprintable())
    text = text.strip()
    if text in _NOTHING:
        return ""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.translate(_OTHER_LETTERS))
    return "".join(each for each in text if not unicodedata.combining(each))


# --- Names -----------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def name_words(name: str) -> tuple[str, ...]:
    """Give the words of a name that tell people apart, alike where two spellings sound alike."""
    words = _WORDS.findall(_APOSTROPHES.sub("", clean(name)))
    telling = [word for word in words if word not in _PREFIXES and word not in _TITLES] or words
    return tuple(_SOUNDS.sub(_one_letter, word) for word in telling)


def _one_letter(found: re.Match[str]) -> str:
    return "i" if found[0] in {"ij", "y"} else found[0][0]


def _without_prefix(word: str) -> str:
    """Cut off a prefix that was written together with the name: vandervelde."""
    for prefix in _WRITTEN_TOGETHER:
        if word.startswith(prefix) and len(word) >= len(prefix) + _SHORTEST_REST:
            return word[len(prefix) :]
    return word


def _without_initials(words: Sequence[str]) -> list[str]:
    """Leave out the letters that follow a first name."""
    return [word for at, word in enumerate(words) if at == 0 or len(word) > 1]


# --- Ways to reach somebody ------------------------------------------------------------------


def mail_parts(email: str) -> tuple[str, str]:
    """Give an address as its provider reads it, and the letters and figures before the @."""
    local, at, domain = "".join(clean(email).split()).rpartition("@")
    local = local.split("+")[0]
    if not at or not local:
        return "", ""
    name, dot, top = domain.strip(".").partition(".")
    name = _SAME_PROVIDER.get(name, name)
    if name in _WITHOUT_DOTS:
        local = local.replace(".", "")
    return f"{local}@{name}{dot}{top}", re.sub(r"[._\-]", "", local)


def phone_figures(phone: str) -> str:
    """Give the last nine figures of a number, without the country and the leading zero."""
    text = clean(phone).replace("(0)", "")
    figures = "".join(each for each in text if each.isdecimal() and each.isascii())
    is_foreign = text.startswith("+") or figures.startswith("00")
    figures = figures.lstrip("0")
    if is_foreign or len(figures) >= _LONG_PHONE:
        code = next((each for each in _CALLING_CODES if figures.startswith(each)), "")
        figures = figures[len(code) :].lstrip("0")
    if len(figures) < _SHORTEST_PHONE or len(set(figures)) < _FEWEST_FIGURES:
        return ""
    return figures[-_PHONE_FIGURES:]


# --- Dates and places ------------------------------------------------------------------------


def birth_date(text: str) -> str:
    """Read a date as it may be written; a day and a month that can only be swapped are."""
    text = str(text or "")[:40]
    if found := _YEAR_FIRST.match(text):
        year, month, day = (int(each) for each in found.groups())
    elif found := _YEAR_LAST.match(text):
        day, month, year = (int(each) for each in found.groups())
    else:
        return ""
    if month > _MONTHS >= day:
        day, month = month, day
    try:
        return date(_whole_year(year), month, day).isoformat()
    except ValueError:
        return ""


def _whole_year(year: int) -> int:
    """Take two figures for the last year that ends on them."""
    if year >= _CENTURY:
        return year
    this_year = date.today().year  # noqa: DTZ011  (a year will do)
    return this_year - (this_year - year) % _CENTURY


@lru_cache(maxsize=10_000)
def address_parts(address: str) -> tuple[str, str]:
    """Give street and house number, and the postcode, of an address in one line."""
    text = clean(address)
    post = ""
    for pattern in _POSTCODES:
        if found := pattern.search(text):
            post = found[1] + found[2]
            text = f"{text[: found.start(1)]},{text[found.end() :]}"
            break
    return _street(text), post


def _street(text: str) -> str:
    for pattern, short in _STREETS:
        text = pattern.sub(short, text)
    found = _HOUSE.search(text)
    if not found:
        return ""
    street = _letters(text[: found.start()]) or _letters(text[found.end() :].split(",")[0])
    return f"{street} {found[1]}{found[2] or ''}" if street else ""


def _letters(text: str) -> str:
    return "".join(each for each in text if each.isalpha())


# --- Keys --------------------------------------------------------------------------------------

_PREFIX = 4


class Keys(NamedTuple):
    """What contacts must share, one of these at least, to be compared at all; None: not known.

    Each is a number of 32 bits made from the text, small enough for an index. Two texts that come
    to the same number cost a comparison, nothing more.
    """

    local: int | None
    phone: int | None
    name: int | None
    born_initial: int | None
    born_last: int | None
    house: int | None
    street_initial: int | None
    initial_last: int | None
    first_prefix: int | None


def keys(of: Normalised) -> Keys:
    """Give the keys of a contact."""
    first, last = of.first.split(" ")[0], of.last.split(" ")[0]
    name = "|".join(sorted((first, last))) if first and last else ""
    return Keys(
        local=_number(of.local),
        phone=_number(of.phone),
        name=_number(name),
        born_initial=_number(of.born, first[:1]),
        born_last=_number(of.born, of.last[:_PREFIX]),
        house=_number(of.street, of.post),
        street_initial=_number(of.street, first[:1]),
        initial_last=_number(first[:1], of.last),
        first_prefix=_number(of.first, of.last[:_PREFIX]),
    )


def _number(*parts: str) -> int | None:
    """Make a signed number of 32 bits from texts; None where one of them is empty."""
    if not all(parts):
        return None
    return max(zlib.crc32(_BETWEEN.join(parts).encode()) - 2**31, 1 - 2**31)

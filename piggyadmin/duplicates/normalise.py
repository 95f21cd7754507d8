"""Writing alike what means the same: names, addresses, numbers and dates as people type them.

Everything here is plain text in and plain text out, never raises, and gives "" for what says
nothing. The mirror stores the result beside what Piggy gave, so that a search need not do it anew.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date
from functools import lru_cache

from piggyadmin.duplicates.nicknames import FULL_NAMES

# More than this of any text says nothing more.
LONGEST = 200

_OTHER_LETTERS = str.maketrans(
    {"ß": "ss", "ı": "i", "ł": "l", "ø": "o", "æ": "a", "œ": "o", "đ": "d", "þ": "t"}  # noqa: RUF001
)
_TWO_LETTERS = re.compile(r"[aou]e(?=.)|ij")
_WORDS = re.compile(r"[^\W\d_]+")
_PREFIXES = frozenset(
    [
        "van",
        "de",
        "der",
        "den",
        "het",
        "t",
        "ter",
        "ten",
        "te",
        "vd",
        "v",
        "d",
        "von",
        "zu",
        "zum",
        "zur",
        "vom",
        "af",
        "la",
        "le",
        "du",
        "des",
        "di",
        "da",
        "dos",
        "el",
        "al",
        "bin",
        "ben",
        "op",
        "in",
        "aan",
        "bij",
    ]
)
_TITLES = frozenset(
    [
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "prof",
        "ir",
        "ing",
        "drs",
        "dhr",
        "mevr",
        "mw",
        "herr",
        "frau",
        "sir",
        "jr",
        "sr",
    ]
)
# Fields that hold nothing although something stands in them.
_NOTHING = frozenset(
    [
        "-",
        "--",
        ".",
        "n/a",
        "na",
        "nvt",
        "n.v.t.",
        "none",
        "null",
        "nil",
        "unknown",
        "onbekend",
        "unbekannt",
        "test",
        "geen",
        "x",
        "xx",
        "xxx",
        "?",
        "0",
    ]
)
# Providers in whose addresses dots mean nothing, and which are one under two names.
_SAME_PROVIDER = {"googlemail": "gmail"}
_SHORT_STREETS = (
    (re.compile(r"str(\.|a(ss|ß|at)e?)?(?=\s|$|\d)|st\.(?=\s|$)|street"), "str"),
    (re.compile(r"\broad\b|\brd\b\.?"), "rd"),
    (re.compile(r"\bavenue\b|\bave\b\.?|\blaan\b|ln\.?(?=\s\d)"), "ln"),
    (re.compile(r"\blane\b"), "ln"),
)
_POSTCODES = (
    re.compile(r"\b([1-9]\d{3})\s?([a-z]{2})\b"),
    re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s?(\d[a-z]{2})\b"),
    re.compile(r"\b(\d{5})\b()"),
)
_HOUSE = re.compile(r"(?<![\w])(\d{1,5})\s?([a-z](?![a-z]))?")
_DATE_YEAR_FIRST = re.compile(r"^\D*(\d{4})\D?(\d{1,2})\D?(\d{1,2})(?!\d)")
_DATE_YEAR_LAST = re.compile(r"^\D*(\d{1,2})\D(\d{1,2})\D(\d{4})(?!\d)")
_MONTHS = 12
# Numbers this short, or of one figure only, belong to nobody.
_SHORTEST_PHONE = 7
_PHONE_FIGURES = 9
_FEWEST_FIGURES = 3
_CALLING_CODES = ("31", "32", "33", "34", "39", "41", "43", "44", "45", "46", "47", "48", "49")
_LONG_PHONE = 11


@dataclass(frozen=True)
class Normalised:
    """What two contacts are compared by; "" where nothing is known."""

    mail: str = ""  # local part without dots and tags, @, provider
    local: str = ""
    domain: str = ""
    phone: str = ""  # the last nine figures of the number within its country
    first: str = ""
    root: str = ""  # of which the first name is a short form
    last: str = ""
    name: str = ""  # all names in one order, whichever field they came from
    born: str = ""  # YYYY-MM-DD
    street: str = ""  # street and number
    post: str = ""
    card: str = ""

    @property
    def fingerprint(self) -> str:
        """Give what differs when the contact must be compared again."""
        return hashlib.md5("\x1f".join(astuple(self)).encode(), usedforsecurity=False).hexdigest()


def normalise(
    *,
    email: str = "",
    firstname: str = "",
    lastname: str = "",
    phonenumber: str = "",
    birthdate: str = "",
    address: str = "",
    identifier: str = "",
    is_anonymous: bool = False,
) -> Normalised:
    """Write everything that is known of a contact in one way."""
    local, domain = ("", "") if is_anonymous else mail_parts(email)
    first, last = name_words(firstname), name_words(lastname)
    if not last and len(first) > 1:
        first, last = first[:1], first[1:]
    street, post = address_parts(address)
    return Normalised(
        mail=f"{local}@{domain}" if local else "",
        local=local,
        domain=domain,
        phone=phone_figures(phonenumber),
        first=" ".join(first),
        root=root_of(first[0]) if first else "",
        last=" ".join(last),
        name=" ".join(sorted([*first[:1], *last])) if first and last else "",
        born=birth_date(birthdate),
        street=street,
        post=post,
        card=clean(identifier).replace(" ", ""),
    )


def clean(text: str | None) -> str:
    """Write in small letters without marks, and without what says nothing."""
    text = unicodedata.normalize("NFKC", str(text or "")[:LONGEST]).casefold()
    text = text.replace("\x00", "").strip()
    if text in _NOTHING:
        return ""
    text = unicodedata.normalize("NFKD", text.translate(_OTHER_LETTERS))
    return "".join(each for each in text if not unicodedata.combining(each))


# --- Names -----------------------------------------------------------------------------------


def name_words(name: str) -> list[str]:
    """Give the words of a name that tell people apart, each as it sounds alike in two spellings."""
    return list(_name_words(name))


@lru_cache(maxsize=100_000)
def _name_words(name: str) -> tuple[str, ...]:
    words = _WORDS.findall(clean(name).replace("'", "").replace("`", "").replace("’", ""))  # noqa: RUF001
    telling = [word for word in words if word not in _PREFIXES and word not in _TITLES] or words
    return tuple(_TWO_LETTERS.sub(_one_letter, _without_prefix(word)) for word in telling)


def _one_letter(found: re.Match[str]) -> str:
    return "y" if found[0] == "ij" else found[0][0]


def _without_prefix(word: str) -> str:
    """Cut off a prefix that was written together with the name: vandervelde."""
    for prefix in ("vander", "vanden", "vande"):
        if word.startswith(prefix) and len(word) > len(prefix) + 3:
            return word[len(prefix) :]
    return word


def root_of(first: str) -> str:
    """Give the full name of which a first name is a short form, or itself."""
    return FULL_NAMES.get(first, first)


# --- Ways to reach somebody ------------------------------------------------------------------


def mail_parts(email: str) -> tuple[str, str]:
    """Split an address into what tells its owner and its provider; without dots and tags."""
    text = "".join(clean(email).split())
    local, at, domain = text.rpartition("@")
    if not at:
        return "", ""
    local = re.sub(r"[._\-]", "", local.split("+")[0])
    name, dot, top = domain.strip(".").partition(".")
    return local, _SAME_PROVIDER.get(name, name) + dot + top


def phone_figures(phone: str) -> str:
    """Give the last nine figures of a number, without the country and the leading zero."""
    text = clean(phone).replace("(0)", "")
    figures = "".join(each for each in text if each.isdecimal() and each.isascii())
    is_foreign = text.lstrip().startswith("+") or figures.startswith("00")
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
    if found := _DATE_YEAR_FIRST.match(text):
        year, month, day = (int(each) for each in found.groups())
    elif found := _DATE_YEAR_LAST.match(text):
        day, month, year = (int(each) for each in found.groups())
    else:
        return ""
    if month > _MONTHS >= day:
        day, month = month, day
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def address_parts(address: str) -> tuple[str, str]:
    """Give street and house number, and the postcode, of an address in one line."""
    text = clean(address)
    post = ""
    for pattern in _POSTCODES:
        if found := pattern.search(text):
            post = found[1] + found[2]
            text = f"{text[: found.start()]},{text[found.end() :]}"
            break
    return _street(text), post


def _street(text: str) -> str:
    for pattern, short in _SHORT_STREETS:
        text = pattern.sub(short, text)
    found = _HOUSE.search(text)
    if not found:
        return ""
    before, after = _letters(text[: found.start()]), _letters(text[found.end() :].split(",")[0])
    street = before or after
    return f"{street} {found[1]}{found[2] or ''}" if street else ""


def _letters(text: str) -> str:
    return "".join(each for each in text if each.isalpha())


def normalised_texts(values: Iterable[str]) -> list[str]:
    """Give a column of texts as the search reads it, without null characters."""
    return [str(value).replace("\x00", "") for value in values]

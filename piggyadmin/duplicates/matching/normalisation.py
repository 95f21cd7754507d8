"""Writing alike what means the same: names, addresses, numbers and dates as people type them.

Everything here is plain text in and plain text out, never raises, and gives "" for what says
nothing. The mirror stores the result beside what Piggy gave, so that a search need not do it anew.
"""

import hashlib
import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from django.conf import settings
from phonenumbers import NumberParseException

# More than this of any text says nothing more.
LONGEST = 200
_BETWEEN = "\x1f"

_OTHER_LETTERS = str.maketrans(
    {"ß": "ss", "ı": "i", "ł": "l", "ø": "o", "æ": "a", "œ": "o", "đ": "d", "þ": "t"}  # noqa: RUF001
)
_SOUNDS = re.compile(r"[aou]e(?=.)|ij|y")
_APOSTROPHES = re.compile(r"['`´’]\s*")  # noqa: RUF001
# Marks that come and go in writing: accents of European letters, and the points that Hebrew and
# Arabic are read without. All others, such as the vowels of Indian scripts, are letters.
_ACCENTS = re.compile(
    r"[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff]"
)
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
        *("herr", "frau", "sir"),
    ]
)
# What people of one name put behind it to be told apart, by who it is.
_SUFFIXES = {
    **dict.fromkeys(("sr", "snr", "sen", "senr", "senior", "altere", "pere"), "1"),
    **dict.fromkeys(("jr", "jnr", "jun", "junr", "junior", "jungere", "fils", "ii", "nd"), "2"),
    **dict.fromkeys(("iii", "rd"), "3"),
    "iv": "4",
}
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
    (re.compile(r"str(\.|a(ss|ß|at)e?)?(?=[\s\d,]|$)|st\.(?=\s|$)|street"), "str"),
    (re.compile(r"\broad\b|\brd\b\.?"), "rd"),
    (re.compile(r"\bavenue\b|\bave\b\.?|\blaan\b|ln\.?(?=\s\d)|\blane\b"), "ln"),
)
_POSTCODES = (
    re.compile(r"\b([1-9]\d{3})\s?([a-z]{2})\b"),
    re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s?(\d[a-z]{2})\b"),
    re.compile(r"\b(\d{5})\b()"),
    # Four figures are one where a house number stands before them.
    # and none behind: that year is part of what the street is called after.
    re.compile(r"^(?:\d(?!\D)|\D)*\d\D.*\b(\d{4})\b()(?!\s*\d)"),
)
_FLAT = re.compile(
    r"(?:\b(?:flat|apt|apartment|appartement|app|unit|suite|room|kamer|bus|bte|wohnung|whg)\b"
    r"(?:[\s.:]*\b(?:no|nr)\b)?|#)[\s.:#]*(\d{1,4}[a-z]?|[a-z])\b,?"
)
# On which floor a home is.
_FLOOR = re.compile(
    r"\b(\d{1,2}|ground|first|second|third|fourth|top)(?:ste|de|e|st|nd|rd|th|er|eme|\.)?\s?"
    r"(?:floor(?:\s+flat)?|verdieping|hoog|etage|og|stock)\b,?"
)
# What a street is called in the end, where the name of a building may stand before the number.
_STREET_LAST = re.compile(
    r"(?:str|rd|ln|close|drive|way|place|square|terrace|gardens|crescent|row|grove|mews|walk)\s*$"
)
# A number, a letter that belongs to it, and which of the homes behind that door.
_HOUSE = re.compile(
    r"(?<!\w)(\d{1,5})(?:(?:\s|\s?-\s?)?([a-z])(?!\w))?"
    r"(?:\s?[-/]\s?(\d{1,4}[a-z]?|[a-z]{2,3}|[iv]+)(?!\w)"
    r"|\s?(hs|huis|bis(?:\s?[a-z])?|boven|beneden|rood|zwart|rd|zw|i{1,3}|iv)(?!\w))?(?!\w)"
)
# A number that counts streets, or is part of what they are called after.
_ORDINAL = re.compile(r"\d+(?:(?:ste|de|e|st|nd|rd|th|er|eme)\b|\.\s)")
_YEAR_FIRST = re.compile(r"^\D*(\d{4})\D?(\d{1,2})\D?(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"^\D*(\d{1,2})\D(\d{1,2})\D(\d{4}|\d{2})(?!\d)")
_MONTHS = 12
_CENTURY = 100
# Nobody is so old; and the first day of computers stands for none.
_FIRST_YEAR = 1901
_NO_DATES = frozenset([date(1970, 1, 1)])
# Numbers this short, or of hardly any different figures, belong to nobody.
_SHORTEST_PHONE = 7
_PHONE_FIGURES = 9
_FEWEST_FIGURES = 3
# A number that a spreadsheet has taken for one to calculate with.
_CALCULATED = re.compile(r"\+?(\d{7,}\.0*|\d(?:\.\d+)?e\+?\d{1,2})")


class Normalised(NamedTuple):
    """What two contacts are compared by; "" where nothing is known."""

    mail: str = ""  # as the provider reads it: without tags, and dots where they mean nothing
    local: str = ""  # what stands before the @, letters and figures only
    phone: str = ""  # calling code, a blank, and the number within its country
    first: str = ""
    last: str = ""
    born: str = ""  # YYYY-MM-DD
    street: str = ""  # street and number
    post: str = ""
    suffix: str = ""  # which of several of one name: senior (1), junior (2), the third

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
    (first, suffix), (last, of_last) = _without_suffix(first), _without_suffix(last)
    if not last and len(first) > 1:
        first, last = first[:1], first[1:]
    street, post = address_parts(address)
    return Normalised(
        mail=mail,
        local=local,
        phone=phone_number(phonenumber),
        first=" ".join(_without_initials(first)),
        last=" ".join(last),
        born=birth_date(birthdate),
        street=street,
        post=post,
        suffix=of_last or suffix,
    )


def clean(text: str | None) -> str:
    """Write in small letters without accents, and without what says nothing."""
    text = _legible(text)
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKD", text.translate(_OTHER_LETTERS))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", text))


@lru_cache(maxsize=1024)  # what one contact has is asked for several times
def _legible(text: str | None, fold: Callable[[str], str] = str.casefold) -> str:
    """Write in small letters and our figures, without what cannot be seen or says nothing."""
    text = str(text or "")[:LONGEST]
    if not text.isascii():
        text = "".join(_our_figure(each) for each in fold(unicodedata.normalize("NFKC", text)))
    text = " ".join(fold(text).split())
    if not text.isprintable():
        text = "".join(each for each in text if each.isprintable()).strip()
    return "" if text in _NOTHING else text


def _our_figure(letter: str) -> str:
    return str(unicodedata.decimal(letter)) if letter.isdecimal() else letter


# --- Names -----------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def name_words(name: str) -> tuple[str, ...]:
    """Give the words of a name that tell people apart, alike where two spellings sound alike."""
    words = _only(_is_letter, _APOSTROPHES.sub("", clean(name)), other=" ").split()
    telling = [word for word in words if word not in _PREFIXES and word not in _TITLES] or words
    return tuple(_SOUNDS.sub(_one_letter, word) for word in telling)


def _is_letter(letter: str) -> bool:
    """Tell letters, and the marks that are part of one."""
    return letter.isalpha() or unicodedata.category(letter).startswith("M")


def _only(is_wanted: Callable[[str], bool], text: str, *, other: str = "") -> str:
    return "".join(each if is_wanted(each) else other for each in text)


def _one_letter(found: re.Match[str]) -> str:
    return "i" if found[0] in {"ij", "y"} else found[0][0]


def _without_prefix(word: str) -> str:
    """Cut off a prefix that was written together with the name: vandervelde."""
    for prefix in _WRITTEN_TOGETHER:
        if word.startswith(prefix) and len(word) >= len(prefix) + _SHORTEST_REST:
            return word[len(prefix) :]
    return word


def _without_suffix(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Part a name from what tells people of that name apart; a name of its own is none."""
    at = next((at for at, word in enumerate(words) if at and word in _SUFFIXES), 0)
    return (words[:at] + words[at + 1 :], _SUFFIXES[words[at]]) if at else (words, "")


def _without_initials(words: Sequence[str]) -> list[str]:
    """Leave out the letters that follow a first name."""
    return [word for at, word in enumerate(words) if at == 0 or len(word) > 1]


# --- Ways to reach somebody ------------------------------------------------------------------


def mail_parts(email: str) -> tuple[str, str]:
    """Give an address as its provider reads it, and the letters and figures before the @.

    Accents tell addresses apart, as they do for providers.
    """
    local, at, domain = "".join(_legible(email, fold=str.lower).split()).rpartition("@")
    local = local.split("+")[0]
    if not at or not local:
        return "", ""
    name, dot, top = _legible_domain(domain).strip(".").partition(".")
    name = _SAME_PROVIDER.get(name, name)
    if name in _WITHOUT_DOTS:
        local = local.replace(".", "")
    return f"{local}@{name}{dot}{top}", re.sub(r"[._\-]", "", clean(local))


def _legible_domain(domain: str) -> str:
    """Write the name of a domain in letters that is given as computers pass it on (xn--…)."""
    domain = domain.replace("\u3002", ".")
    if "xn--" not in domain:
        return domain
    try:
        return ".".join(_legible_label(label) for label in domain.split("."))
    except UnicodeError:
        return domain


def _legible_label(label: str) -> str:
    """Read one part of a domain; ß and ss are two letters there, unlike for Python's own idna."""
    if not label.startswith("xn--"):
        return label
    read = label.removeprefix("xn--").encode("ascii").decode("punycode").lower()
    return read if read.isprintable() and not read.isascii() else label


@lru_cache(maxsize=10_000)
def phone_number(phone: str) -> str:
    """Give the calling code, a blank, and the number within that country.

    A number without a country is one of ours if there can be such a one; else the country is not
    known, and nothing stands before the blank.
    """
    text = _phone_text(phone)
    figures = _only(str.isdecimal, text)
    if len(figures.lstrip("0")) < _SHORTEST_PHONE or len(set(figures)) < _FEWEST_FIGURES:
        return ""
    home = settings.DEFAULT_COUNTRY
    written = [(text, home)] if text.startswith(("+", "0")) else [(text, home), (f"+{text}", None)]
    found = next((found for each in written if (found := _valid_number(*each))), None)
    if found is None and text.startswith("+"):
        found = _parsed(text, None)
    if found is None:
        return f" {figures.lstrip('0')}"
    return f"{found.country_code} {phonenumbers.national_significant_number(found)}"


def may_be_one_number(one: str, other: str) -> bool:
    """Tell whether two numbers are the same one, as far as their countries are known."""
    (country, _, number), (country2, _, number2) = one.partition(" "), other.partition(" ")
    return number == number2 != "" and (not country or not country2 or country == country2)


def _phone_text(phone: str) -> str:
    """Write a number without what a spreadsheet has made of it, a country's with a plus."""
    text = clean(phone).replace("(0)", "")
    if found := _CALCULATED.fullmatch(text.replace(" ", "").replace(",", ".")):
        text = f"{'+' if text.startswith('+') else ''}{float(found[1]):.0f}"
    return re.sub(r"^\W*00\s?(?=[1-9])", "+", re.sub(r"^\+0(?!0)", "0", text))


def _valid_number(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    number = _parsed(text, country)
    return number if number and phonenumbers.is_valid_number(number) else None


def _parsed(text: str, country: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(text, country)
    except NumberParseException:
        return None


# --- Dates and places ------------------------------------------------------------------------


def birth_date(text: str) -> str:
    """Read a date as it may be written; a day and a month that can only be swapped are."""
    text = str(text or "")[:40]
    if found := _YEAR_FIRST.match(text):
        year, month, day = found.groups()
    elif found := _YEAR_LAST.match(text):
        day, month, year = found.groups()
    else:
        return ""
    return _possible_birth(_whole_year(year), int(month), int(day))


def _possible_birth(year: int, month: int, day: int) -> str:
    """Write a date that is somebody's, else nothing; one to come is a slip and still theirs."""
    if month > _MONTHS >= day:
        day, month = month, day
    try:
        day_of_birth = date(year, month, day)
    except ValueError:
        return ""
    is_none = not _FIRST_YEAR <= year < _this_year() + _CENTURY or day_of_birth in _NO_DATES
    return "" if is_none else day_of_birth.isoformat()


def _whole_year(figures: str) -> int:
    """Take two figures for the last year that ends on them."""
    if len(figures) > len("84"):
        return int(figures)
    return _this_year() - (_this_year() - int(figures)) % _CENTURY


def _this_year() -> int:
    return date.today().year  # noqa: DTZ011  (a year will do)


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
    """Give the street, a blank, and the number with what tells homes behind it apart: 12a-3."""
    for pattern, short in _STREETS:
        text = pattern.sub(short, text)
    flat = _FLAT.search(text) or _FLOOR.search(text)
    if flat:
        text = f"{text[: flat.start()]} {text[flat.end() :]}".strip(" ,")
    found = _house(text)
    if not found:
        return ""
    before, after = text[: found.start()], text[found.end() :].split(",")[0]
    if before.rstrip().endswith(",") and _STREET_LAST.search(after):
        before = ""
    street = _name_of_street(before) or _name_of_street(after)
    home = found[3] or (found[4] or "").replace(" ", "") or (flat[1] if flat else "")
    return f"{street} {found[1]}{found[2] or ''}{home and '-'}{home}" if street else ""


def _house(text: str) -> re.Match[str] | None:
    """Find the house number: what the line begins with, else the last one of its first part.

    Numbers that are part of a street's name are none, where another one follows.
    """
    found: list[re.Match[str]] = []
    for part in re.finditer(r"[^,]+", text):
        found += _HOUSE.finditer(text, part.start(), part.end())
        real = [each for each in found if not _ORDINAL.match(text, each.start())]
        if real:
            return real[0] if not text[: real[0].start()].strip() else real[-1]
    return found[0] if found else None


def _name_of_street(text: str) -> str:
    """Give letters and figures; a street is not named by figures alone."""
    name = _only(lambda each: _is_letter(each) or each.isdecimal(), text)
    return "" if name.isdecimal() else name


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
        phone=_number(of.phone[-_PHONE_FIGURES:].strip()),
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

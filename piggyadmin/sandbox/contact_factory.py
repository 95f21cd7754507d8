"""One pretended person, and how the parts of one are written in each country.

Every address is on a reserved domain: nobody can ever be mailed by accident.
"""

import unicodedata
import zlib
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from string import ascii_uppercase

from piggyadmin.sandbox import names

GMAIL = "gmail.example"
ANONYMOUS_DOMAIN = "anonymous.example.test"

_PLACEHOLDER_PHONE = "0600000000"
_PLACEHOLDER_BIRTHDATE = date(1970, 1, 1)
_DAYS = 1_800  # for so long the programme exists
_OTHER_LETTERS = str.maketrans({"ß": "ss", "ı": "i", "ł": "l", "ø": "o"})  # noqa: RUF001
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class Ranked:
    """Picks words from a list that begins with the most common."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self._sums = list(accumulate(1 / (rank + 5) for rank in range(len(words))))

    def pick(self, rng: Random) -> str:
        """Give one word; the first comes about ten times as often as the fiftieth."""
        return self.words[bisect(self._sums, rng.random() * self._sums[-1])]


@dataclass(frozen=True)
class Country:
    """What is common in a country; `code` as in ISO 3166, `calling_code` without the plus."""

    code: str
    locale: str
    calling_code: str
    women: Ranked
    men: Ranked
    last_names: Ranked
    name_starts: Sequence[str]
    name_ends: Sequence[str]
    streets: Ranked
    towns: Sequence[tuple[str, str]]
    domains: Ranked
    mobile_prefixes: Sequence[str]
    mobile_length: int  # figures after the prefix
    landline_prefixes: Sequence[str]


NETHERLANDS = Country(
    code="NL",
    locale="nl",
    calling_code="31",
    women=Ranked(names.DUTCH_WOMEN),
    men=Ranked(names.DUTCH_MEN),
    last_names=Ranked(names.DUTCH_LAST_NAMES),
    name_starts=names.DUTCH_NAME_STARTS,
    name_ends=names.DUTCH_NAME_ENDS,
    streets=Ranked(names.DUTCH_STREETS),
    towns=names.DUTCH_TOWNS,
    domains=Ranked(
        (
            *(GMAIL, GMAIL, "hotmail.example", "outlook.example", "ziggo.example", "kpn.example"),
            *("live.example", "icloud.example", "home.example", "example.test", "upc.example"),
        )
    ),
    mobile_prefixes=("61", "62", "63", "64", "65", "68"),
    mobile_length=7,
    landline_prefixes=("20", "10", "70", "30", "40", "50", "13", "24", "26", "33", "43", "58"),
)
GERMANY = Country(
    code="DE",
    locale="de",
    calling_code="49",
    women=Ranked(names.GERMAN_WOMEN),
    men=Ranked(names.GERMAN_MEN),
    last_names=Ranked(names.GERMAN_LAST_NAMES),
    name_starts=names.GERMAN_NAME_STARTS,
    name_ends=names.GERMAN_NAME_ENDS,
    streets=Ranked(names.GERMAN_STREETS),
    towns=names.GERMAN_TOWNS,
    domains=Ranked(
        (
            *("gmx.example", "web.example", GMAIL, GMAIL, "t-online.example", "freenet.example"),
            *("outlook.example", "icloud.example", "posteo.example", "example.test"),
        )
    ),
    mobile_prefixes=("151", "152", "157", "159", "160", "162", "170", "171", "173", "175", "176"),
    mobile_length=8,
    landline_prefixes=("30", "40", "89", "221", "211", "231", "201", "341", "421", "511"),
)
BRITAIN = Country(
    code="GB",
    locale="en",
    calling_code="44",
    women=Ranked(names.BRITISH_WOMEN),
    men=Ranked(names.BRITISH_MEN),
    last_names=Ranked(names.BRITISH_LAST_NAMES),
    name_starts=names.BRITISH_NAME_STARTS,
    name_ends=names.BRITISH_NAME_ENDS,
    streets=Ranked(names.BRITISH_STREETS),
    towns=names.BRITISH_TOWNS,
    domains=Ranked(
        (
            *(GMAIL, GMAIL, "hotmail.example", "yahoo.example", "outlook.example", "sky.example"),
            *("btinternet.example", "icloud.example", "aol.example", "example.test"),
        )
    ),
    mobile_prefixes=(
        "7400",
        "7415",
        "7500",
        "7521",
        "7700",
        "7712",
        "7803",
        "7890",
        "7911",
        "7980",
    ),
    mobile_length=6,
    landline_prefixes=("20", "121", "161", "113", "141", "114", "151", "117", "131"),
)
COUNTRIES = {each.code: each for each in (NETHERLANDS, GERMANY, BRITAIN)}


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as a programme knows it; texts are empty and dates None where it does not.

    `kind` says what makes it special: a way of being a duplicate or of merely looking like one,
    `anonymous`, or nothing. Contacts with the same `identity` are the same person, and `relative`
    is the number of the contact that a duplicate or look-alike was made from.
    """

    number: int
    identity: int
    kind: str
    relative: int | None
    country: str
    firstname: str
    lastname: str
    email: str
    phonenumber: str
    birthdate: date | None
    address: str
    is_anonymous: bool
    wants_newsletter: bool
    created_at: datetime

    @property
    def is_duplicate(self) -> bool:
        """Tell whether an earlier contact is the same person."""
        return self.identity != self.number


def happens(rng: Random, probability: float) -> bool:
    """Throw the dice."""
    return rng.random() < probability


# --- Names -----------------------------------------------------------------------------------


def first_name(rng: Random, country: Country) -> str:
    """Pick a first name; a programme has a few more women than men."""
    return (country.women if happens(rng, 0.55) else country.men).pick(rng)


def last_name(rng: Random, country: Country) -> str:
    """Pick a last name; a quarter of people have one that few others share."""
    if happens(rng, 0.75):
        return country.last_names.pick(rng)
    return rng.choice(country.name_starts) + rng.choice(country.name_ends)


@lru_cache(maxsize=8_192)
def without_marks(text: str) -> str:
    """Write letters as somebody does whose keyboard lacks the accents."""
    marked = unicodedata.normalize("NFKD", text.translate(_OTHER_LETTERS))
    return "".join(letter for letter in marked if not unicodedata.combining(letter))


def with_two_letters(text: str) -> str:
    """Write umlauts as two letters, the German way."""
    return text.translate(_UMLAUTS).translate(_OTHER_LETTERS)


# --- Phone numbers ---------------------------------------------------------------------------


def new_phone(rng: Random, country: Country, *, mobile: bool = True) -> str:
    """Make a number without anything before it, such as 612345678."""
    prefix = rng.choice(country.mobile_prefixes if mobile else country.landline_prefixes)
    landline_length = (9 if country.code == "NL" else 10) - len(prefix)
    length = country.mobile_length if mobile else landline_length
    return f"{prefix}{rng.randrange(10**length):0{length}d}"


def phone_styles(country: Country, number: str) -> list[str]:
    """Write a number in the ways that people use, the most usual first."""
    cut = {"NL": 1 if number.startswith("6") else 2, "DE": 3, "GB": 4}[country.code]
    area, rest = number[:cut], number[cut:]
    code = country.calling_code
    return [
        f"+{code}{number}",
        f"0{number}",
        f"0{area}-{rest}" if country.code == "NL" else f"0{area} {rest}",
        f"+{code} {area} {rest}",
        f"00{code}{number}",
        f"+{code} (0){area} {rest}",
    ]


def bare_phone(country: Country, phonenumber: str) -> str:
    """Read a written number back: what comes after the country code and the first 0."""
    figures = "".join(filter(str.isdigit, phonenumber))
    if phonenumber.startswith("+"):
        figures = figures.removeprefix(country.calling_code)
    elif figures.startswith("00"):
        figures = figures.removeprefix("00").removeprefix(country.calling_code)
    return figures.removeprefix("0")


def _written_phone(rng: Random, country: Country) -> str:
    if happens(rng, 0.22):
        return ""
    if happens(rng, 0.002):
        return _PLACEHOLDER_PHONE
    number = new_phone(rng, country, mobile=happens(rng, 0.9))
    styles = phone_styles(country, number)
    return styles[min(int(rng.expovariate(0.8)), len(styles) - 1)]


# --- E-mail ----------------------------------------------------------------------------------


class Mailboxes:
    """Which addresses are taken; as in life, gmail sees neither dots nor what follows a plus."""

    def __init__(self) -> None:
        # Figures of 32 bits instead of texts: little memory, and a false alarm does no harm.
        self._taken: set[int] = set()

    def take(self, email: str) -> bool:
        """Take an address unless it, written exactly so, is somebody's already."""
        key = zlib.crc32(email.encode())
        if key in self._taken:
            return False
        self._taken.add(key)
        if email.endswith("@" + GMAIL):
            self._taken.add(_mailbox_key(email))
        return True

    def take_new(self, rng: Random, email: str) -> str:
        """Take an address whose mailbox nobody has, with figures added until that is so."""
        local, domain = mailbox(email).split("@")
        while not self._is_new(email) or not self.take(email):
            email = f"{local}{rng.randrange(10_000)}@{domain}"
        return email

    def _is_new(self, email: str) -> bool:
        return not email.endswith("@" + GMAIL) or _mailbox_key(email) not in self._taken


def mailbox(email: str) -> str:
    """Give the address without the dots and the tag to which gmail is blind."""
    local, domain = email.split("@")
    if domain != GMAIL:
        return email
    return f"{local.split('+', maxsplit=1)[0].replace('.', '')}@{domain}"


def same_mailbox(one: str, other: str) -> bool:
    """Tell whether two addresses lead to one mailbox."""
    return mailbox(one) == mailbox(other)


def _mailbox_key(email: str) -> int:
    return zlib.crc32(f"mailbox {mailbox(email)}".encode())


@lru_cache(maxsize=8_192)
def _slug(text: str) -> str:
    return "".join(filter(str.isalnum, without_marks(with_two_letters(text)).lower()))


def email_for(rng: Random, country: Country, names_: tuple[str, str], born: int | None) -> str:
    """Make an address in one of the usual ways from first and last name and year of birth."""
    first, last = _slug(names_[0]) or "info", _slug(names_[1]) or "mail"
    year = born or rng.randrange(1950, 2006)
    if happens(rng, 0.5):
        local = f"{first}{rng.choice(('.', '.', '', '_'))}{last}"
    elif happens(rng, 0.36):
        local = f"{first[0]}{rng.choice(('.', ''))}{last}"
    elif happens(rng, 0.8):
        local = f"{first}{rng.choice(('.', '')) + last}{rng.choice((year, year % 100))}"
    else:
        local = f"{last}.{first}"
    return f"{local[:64]}@{country.domains.pick(rng)}"


# --- Where and when --------------------------------------------------------------------------


def new_address(rng: Random, country: Country) -> str:
    """Make an address in one line, as its country writes them."""
    street, number = country.streets.pick(rng), int(rng.expovariate(1 / 40)) + 1
    town, code = country.towns[min(int(rng.expovariate(0.12)), len(country.towns) - 1)]
    letters = rng.choice(ascii_uppercase) + rng.choice(ascii_uppercase)
    if country.code == "NL":
        return f"{street} {number}, {code}{rng.randrange(10, 99)} {letters} {town}"
    if country.code == "DE":
        return f"{street} {number}, {code}{rng.randrange(1, 999):03d} {town}"
    return f"{number} {street}, {town} {code}{rng.randrange(1, 20)} {rng.randrange(1, 9)}{letters}"


def new_birthdate(rng: Random, today: date) -> date:
    """Make a birth date of somebody of 16 to 92 years, most often about 40."""
    days = int(rng.triangular(16, 92, 38) * 365.25)
    return today - timedelta(days=days)


def new_moment(rng: Random, today: date) -> datetime:
    """Make a moment before `today`, within opening hours; the programme grew over the years."""
    days = 1 + int(_DAYS * rng.random() ** 1.5)
    seconds = rng.randrange(7 * 3600, 21 * 3600)
    return datetime.combine(today - timedelta(days=days), time(), UTC) + timedelta(seconds=seconds)


# --- A person --------------------------------------------------------------------------------


def new_person(rng: Random, number: int, mailboxes: Mailboxes, today: date) -> Person:
    """Make somebody who has nothing to do with anybody before."""
    country = rng.choices((NETHERLANDS, GERMANY, BRITAIN), cum_weights=(70, 88, 100))[0]
    first, last = first_name(rng, country), last_name(rng, country)
    born = _birthdate(rng, today)
    email = email_for(rng, country, (first, last), born.year if born else None)
    return Person(
        number=number,
        identity=number,
        kind="",
        relative=None,
        country=country.code,
        firstname="" if happens(rng, 0.03) else first,
        lastname="" if happens(rng, 0.05) else last,
        email=mailboxes.take_new(rng, email),
        phonenumber=_written_phone(rng, country),
        birthdate=born,
        address=new_address(rng, country) if happens(rng, 0.55) else "",
        is_anonymous=False,
        wants_newsletter=happens(rng, 0.6),
        created_at=new_moment(rng, today),
    )


def _birthdate(rng: Random, today: date) -> date | None:
    if happens(rng, 0.3):
        return None
    return _PLACEHOLDER_BIRTHDATE if happens(rng, 0.004) else new_birthdate(rng, today)


def anonymous_person(rng: Random, number: int, today: date) -> Person:
    """Make the contact behind a card that nobody has put a name to."""
    return Person(
        number=number,
        identity=number,
        kind="anonymous",
        relative=None,
        country="NL",
        firstname="",
        lastname="",
        email=f"anonymous-{rng.getrandbits(80):020x}@{ANONYMOUS_DOMAIN}",
        phonenumber="",
        birthdate=None,
        address="",
        is_anonymous=True,
        wants_newsletter=False,
        created_at=new_moment(rng, today),
    )

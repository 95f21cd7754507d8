"""Contacts with the truth known: `python -m tests.duplicates.labelled 10000 --seed 1 > file.csv`.

A generator apart from the sandbox's own, harder and with other habits: 10 % duplicates in clusters
of two to four, often with several things wrong at once, and as many people who only look like
somebody else. `person` is the truth; `kind` says what was done to a duplicate or who it resembles.
"""

import argparse
import csv
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from itertools import islice
from random import Random
from string import ascii_lowercase, digits
from unicodedata import normalize

from piggyadmin.duplicates.matching import evaluation
from piggyadmin.sandbox.contact_factory import COUNTRIES, Country, with_two_letters, without_marks
from piggyadmin.sandbox.names import NICKNAMES

SHARE_OF_DUPLICATES = 0.10
# What is typed where the date of birth is not known.
NO_DATES = ("1900-01-01", "1970-01-01", "1980-01-01", "01-01-1985")
INDIAN_WOMEN = ("रीना", "सीता", "गीता", "मीना", "नीता", "सुनीता", "अनीता", "पूजा", "राधा", "लीला")
INDIAN_MEN = ("राम", "श्याम", "मोहन", "सोहन", "रमेश", "सुरेश", "महेश", "राजेश", "विजय", "अजय")
INDIAN_LAST_NAMES = ("शर्मा", "वर्मा", "गुप्ता", "सिंह", "कुमार", "पटेल", "जोशी", "मेहता")
ARABIC_FIGURES = str.maketrans(digits, "٠١٢٣٤٥٦٧٨٩")
PREFIXES = ("van", "de", "van de", "van der", "van den", "den", "ter", "von")


@dataclass(frozen=True)
class Labelled:
    """A contact as the mirror holds it, and whose it is."""

    uuid: str
    email: str
    firstname: str
    lastname: str
    phonenumber: str
    birthdate: str
    address: str
    identifier: str
    is_anonymous: bool
    person: str
    kind: str = ""


@dataclass(frozen=True)
class Habits:
    """What share of contacts have a field, and how much goes wrong with a duplicate."""

    has_email: float = 0.96
    has_phone: float = 0.7
    has_birthdate: float = 0.6
    has_address: float = 0.45
    has_identifier: float = 0.3
    has_lastname: float = 0.96
    slips: tuple[int, ...] = (1, 1, 2, 2, 3)
    placeholders: float = 0.01
    # How many have a last name that hardly anybody else has.
    rare_names: float = 0.4
    look_alikes: float = 0.12
    # How often a field of a duplicate is written as it was before.
    kept: float = 0.6
    # How often each of the rarer ways of writing occurs: another script, sr. and jr., a domain
    # with an accent, one of several homes behind a door.
    rarities: float = 0.02


TUNING = Habits()
# As before, but much less is known, and more is wrong with it.
SCARCE = Habits(0.88, 0.55, 0.42, 0.28, 0.2, 0.94, (1, 2, 2, 3), 0.02, kept=0.45)
# What nothing was tuned on: other rates, more gaps, more at once.
JUDGING = Habits(0.94, 0.62, 0.52, 0.38, 0.2, 0.95, (1, 1, 1, 2, 2, 2, 3), 0.015)
# A place where many have the same few names, and families share what they have.
CROWDED = Habits(0.92, 0.7, 0.65, 0.5, rare_names=0.05, look_alikes=0.2)
# Next to nothing is known, and much of it is wrong.
SPARSE = Habits(0.9, 0.5, 0.4, 0.3, 0.2, 0.93, (1, 2, 2, 3, 3), 0.02, kept=0.4)
HABITS = {
    "tuning": TUNING,
    "scarce": SCARCE,
    "judging": JUDGING,
    "crowded": CROWDED,
    "sparse": SPARSE,
}


# --- People ----------------------------------------------------------------------------------


class World(Random):
    """Chance, and the addresses that are taken: a provider gives each to one person only."""

    def __init__(self, seed: int, habits: Habits) -> None:
        super().__init__(f"labelled {seed}")
        self.habits = habits
        self.taken: set[tuple[str, str]] = set()


@dataclass(frozen=True)
class Somebody:
    """All that is true of a person, before any of it is written down."""

    country: Country
    is_woman: bool
    first: str
    last: str
    born: date
    email: str
    phone: str
    street: str
    number: int | str
    town: tuple[str, str]
    postcode: str


def somebody(rng: World) -> Somebody:
    """Make a person up."""
    country = COUNTRIES[rng.choices(("NL", "DE", "GB"), (6, 2, 2))[0]]
    is_woman = rng.random() < 0.55
    first = _first_name(rng, country, is_woman=is_woman)
    last = _last_name(rng, country)
    if rng.random() < rng.habits.rarities:
        first = rng.choice(INDIAN_WOMEN if is_woman else INDIAN_MEN)
        last = rng.choice(INDIAN_LAST_NAMES)
    elif not is_woman and rng.random() < rng.habits.rarities:
        last = f"{last} sr."
    born = date(1940, 1, 1) + timedelta(days=rng.randrange(25_000))
    town = rng.choice(country.towns)
    return Somebody(
        country,
        is_woman,
        first,
        last,
        born,
        new_email(rng, country, first, last, born),
        new_phone(rng, country),
        _street(rng, country),
        _number(rng),
        town,
        _postcode(rng, country, town[1]),
    )


def _first_name(rng: World, country: Country, *, is_woman: bool) -> str:
    return (country.women if is_woman else country.men).pick(rng)


def _last_name(rng: World, country: Country) -> str:
    if rng.random() >= rng.habits.rare_names:
        return country.last_names.pick(rng)
    name = rng.choice(country.name_starts) + rng.choice(country.name_ends)
    if country.code == "NL" and rng.random() < 0.3:
        return f"{rng.choice(PREFIXES[:-1])} {name.capitalize()}"
    return name.capitalize()


def _street(rng: World, country: Country) -> str:
    street = country.streets.pick(rng)
    is_counted = country.code == "NL" and rng.random() < 2 * rng.habits.rarities
    return f"{rng.randrange(1, 4)}e {street}" if is_counted else street


def _number(rng: World) -> int | str:
    number = rng.randrange(1, 200)
    return f"{number}-{rng.randrange(1, 5)}" if rng.random() < 2 * rng.habits.rarities else number


def _postcode(rng: World, country: Country, area: str) -> str:
    figures = "".join(rng.choices(digits, k=5))
    if country.code == "NL":
        return f"{1000 + rng.randrange(8999)} {''.join(rng.choices('ABCDEGHJKLMNPRSTVWXZ', k=2))}"
    return figures if country.code == "DE" else f"{area}{figures[0]} {figures[1]}AB"


def new_email(rng: World, country: Country, first: str, last: str, born: date) -> str:
    """Make an address as people choose them: mostly from their name, sometimes from nothing."""
    one, two = plain(first) or "in", plain(last) or "".join(rng.choices(ascii_lowercase, k=5))
    year = str(born.year)
    local = rng.choice(
        (
            f"{one}.{two}",
            f"{one}{two}",
            f"{one[:1]}.{two}",
            f"{one[:1]}{two}",
            f"{two}.{one}",
            f"{one}_{two}",
            f"{one}{year[2:]}",
            f"{one}.{two}{rng.randrange(100)}",
            f"{one}{rng.randrange(1000)}",
            "".join(rng.choices(ascii_lowercase, k=7)) + str(rng.randrange(100)),
        )
    )
    domain = country.domains.pick(rng)
    if rng.random() < rng.habits.rarities:
        domain = f"{rng.choice(country.name_starts)}-müller-{rng.choice(country.name_ends)}.example"
        domain = plain_domain(domain)
    while (mailbox := (local.replace(".", ""), domain)) in rng.taken:
        local += rng.choice(digits)
    rng.taken.add(mailbox)
    return f"{local}@{domain}"


def plain_domain(domain: str) -> str:
    """Leave out of a made-up domain what no domain has."""
    return "".join(each for each in domain.lower() if each.isalnum() or each in ".-")


def plain(text: str) -> str:
    """Write a name as in an address."""
    return "".join(each for each in without_marks(text).lower() if each in ascii_lowercase)


def new_phone(rng: World, country: Country) -> str:
    """Make a mobile number, without the country and the zero."""
    return rng.choice(country.mobile_prefixes) + "".join(
        rng.choices(digits, k=country.mobile_length)
    )


def write_phone(rng: World, country: Country, number: str) -> str:
    """Write a number in one of the ways in which people do."""
    code = country.calling_code
    return rng.choice(
        (
            f"0{number}",
            f"0{number}",
            f"+{code}{number}",
            f"00{code}{number}",
            f"+{code} {number[:1]} {number[1:]}",
            f"0{number[:2]}-{number[2:]}",
            f"+{code} (0){number}",
            f"{code}{number}",
        )
    )


def write_date(rng: World, day: date) -> str:
    """Write a date as Piggy mostly does, sometimes as people do."""
    return day.strftime(rng.choices(("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"), (9, 1, 1))[0])


def write_address(rng: World, who: Somebody) -> str:
    """Write an address in one line, with or without the town."""
    line = f"{who.street} {who.number}"
    whole = f"{line}, {who.postcode} {who.town[0]}"
    return rng.choice((whole, whole, line, f"{line} {who.town[0]}", whole.replace(",", "")))


# --- Slips: what goes wrong with a duplicate ----------------------------------------------------


def typo(rng: World, text: str) -> str:
    """Mistype one letter, not the first."""
    if len(text) < 4:
        return text
    at = rng.randrange(1, len(text))
    before, letter, after = text[:at], text[at], text[at + 1 :]
    other = rng.choice(digits if letter.isdigit() else ascii_lowercase)
    slips = (before + after, before + letter * 2 + after, before + other + after)
    swapped = before[:-1] + letter + before[-1] + after
    return rng.choice((*slips, swapped))


Slip = Callable[[World, Somebody, Labelled], dict[str, str]]


def _email_parts(row: Labelled) -> tuple[str, str]:
    local, _at, domain = row.email.partition("@")
    return local, domain


def gmail_dots(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    local, domain = _email_parts(row)
    if "gmail" not in domain or len(local) < 3:
        return {}
    bare = local.replace(".", "")
    at = rng.randrange(1, len(bare))
    return {"email": f"{bare[:at]}.{bare[at:]}@{domain}"}


def plus_tag(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    local, domain = _email_parts(row)
    return {"email": f"{local}+{rng.choice(('shop', 'card', '1', 'x'))}@{domain}"} if domain else {}


def email_typo(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    local, domain = _email_parts(row)
    return {"email": f"{typo(rng, local)}@{domain}"} if domain else {}


def domain_typo(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    local, domain = _email_parts(row)
    name, _dot, top = domain.rpartition(".")
    return {"email": f"{local}@{typo(rng, name)}.{top}"} if domain else {}


def other_email(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"email": new_email(rng, who.country, who.first, who.last, who.born)}


def no_email(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"email": ""}


def name_typo(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    field = rng.choice(("firstname", "lastname"))
    return {field: typo(rng, getattr(row, field))}


def swapped_names(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"firstname": row.lastname, "lastname": row.firstname} if row.lastname else {}


def nickname(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    known = NICKNAMES.get(who.first)
    return {"firstname": rng.choice(known)} if known else {}


def initial(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"firstname": row.firstname[:1] + rng.choice((".", ""))} if row.firstname else {}


def diacritics(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    write = rng.choice((without_marks, with_two_letters))
    return {"firstname": write(row.firstname), "lastname": write(row.lastname)}


def tussenvoegsel(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    prefix, _blank, name = row.lastname.rpartition(" ")
    return (
        {"lastname": rng.choice((name, f"{name}, {prefix}", f"{prefix}{name}"))} if prefix else {}
    )


def phone_typo(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    at = rng.randrange(2, len(who.phone))
    number = who.phone[:at] + rng.choice(digits) + who.phone[at + 1 :]
    return {"phonenumber": write_phone(rng, who.country, number)} if row.phonenumber else {}


def other_phone(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    new = write_phone(rng, who.country, new_phone(rng, who.country))
    return {"phonenumber": new} if row.phonenumber else {}


def calculated_phone(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    """What a spreadsheet makes of a number."""
    number = f"{who.country.calling_code}{who.phone}.0"
    return {"phonenumber": number} if row.phonenumber else {}


def other_figures(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"phonenumber": row.phonenumber.translate(ARABIC_FIGURES)}


def decomposed(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    """Letters and their accents apart, and blanks that do not break."""
    names = (row.firstname, row.lastname)
    first, last = (normalize("NFD", name).replace(" ", "\u00a0") for name in names)
    return {"firstname": first, "lastname": last}


def punycode(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    local, domain = _email_parts(row)
    return {"email": f"{local}@{domain.encode('idna').decode()}"} if domain else {}


def other_dash(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    """Another way to write which of several homes it is."""
    number, _dash, home = str(who.number).partition("-")
    return {"address": f"{who.street} {number} - {home}"} if home and row.address else {}


def no_phone(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"phonenumber": ""}


def swapped_date(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    born = who.born
    if not row.birthdate or born.day > 12:
        return {}
    return {"birthdate": date(born.year, born.day, born.month).isoformat()}


def date_typo(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    by = rng.choice((-10, -1, 1, 10)) if rng.random() < 0.5 else 0
    try:
        born = who.born.replace(year=who.born.year + by)
        born = born if by else born.replace(day=rng.randrange(1, 29))
    except ValueError:
        return {}
    return {"birthdate": born.isoformat()} if row.birthdate else {}


def no_birthdate(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"birthdate": ""}


def moved(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"address": write_address(rng, somebody(rng))} if row.address else {}


def no_address(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"address": ""}


def married(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    if not who.is_woman:
        return {}
    name = _last_name(rng, who.country)
    return {"lastname": rng.choice((name, f"{name}-{who.last}", f"{who.last}-{name}"))}


def no_lastname(rng: World, who: Somebody, row: Labelled) -> dict[str, str]:
    return {"lastname": ""}


# What happens, and how often beside the others.
SLIPS: dict[Slip, float] = {
    gmail_dots: 2,
    plus_tag: 1,
    email_typo: 3,
    domain_typo: 2,
    other_email: 5,
    no_email: 2,
    name_typo: 4,
    swapped_names: 1.5,
    nickname: 2,
    initial: 2,
    diacritics: 1,
    tussenvoegsel: 1,
    phone_typo: 2,
    other_phone: 2,
    no_phone: 2,
    swapped_date: 1,
    date_typo: 1.5,
    no_birthdate: 2,
    moved: 2,
    no_address: 1.5,
    married: 0.7,
    no_lastname: 0.7,
    calculated_phone: 0.5,
    other_figures: 0.3,
    decomposed: 0.5,
    punycode: 0.5,
    other_dash: 0.5,
}


# --- Look-alikes: who is not the same ------------------------------------------------------------


def couple(rng: World, who: Somebody) -> dict[str, object]:
    """Another first name and age; they share a home, and often a phone or an address."""
    first = (who.country.men if who.is_woman else who.country.women).pick(rng)
    born = who.born + timedelta(days=rng.randrange(-2500, 2500))
    last = who.last if rng.random() < 0.7 else _last_name(rng, who.country)
    return {"first": first, "last": last, "born": born, "is_woman": not who.is_woman}


def sibling(rng: World, who: Somebody) -> dict[str, object]:
    first = rng.choice((who.country.men, who.country.women)).pick(rng)
    return {"first": first, "born": who.born + timedelta(days=rng.randrange(400, 4000))}


def twin(rng: World, who: Somebody) -> dict[str, object]:
    return {"first": rng.choice((who.country.men, who.country.women)).pick(rng)}


def father_and_son(rng: World, who: Somebody) -> dict[str, object]:
    """One name; where the one says senior, the other says junior."""
    last = who.last.replace(" sr.", rng.choice((" jr.", " junior")))
    return {"last": last, "born": who.born + timedelta(days=rng.randrange(7000, 14000))}


def neighbour(rng: World, who: Somebody) -> dict[str, object]:
    """A relative a few doors further on, or upstairs."""
    number, dash, home = str(who.number).partition("-")
    next_one = f"{number}-{int(home) + 1}" if dash else int(number) + rng.choice((2, 4))
    first = _first_name(rng, who.country, is_woman=who.is_woman)
    born = who.born + timedelta(days=rng.randrange(400, 9000))
    return {"first": first, "born": born, "number": next_one}


def number_abroad(rng: World, who: Somebody) -> dict[str, object]:
    """Somebody else of that name, with those figures in another country."""
    return namesake(rng, who)


def accent_apart(rng: World, who: Somebody) -> dict[str, object]:
    """Another company's domain, but for an accent, and the same name before the @."""
    other = somebody(rng)
    names = ("first", "last", "born", "street", "number", "town", "postcode")
    return {name: getattr(other, name) for name in names}


def child(rng: World, who: Somebody) -> dict[str, object]:
    first = rng.choice((who.country.men, who.country.women)).pick(rng)
    return {"first": first, "born": who.born + timedelta(days=rng.randrange(7000, 14000))}


def colleague(rng: World, who: Somebody) -> dict[str, object]:
    """Nothing in common but the company's phone, and sometimes its mailbox."""
    other = somebody(rng)
    return {name: getattr(other, name) for name in ("first", "last", "born", "street", "number")}


def recycled_number(rng: World, who: Somebody) -> dict[str, object]:
    other = somebody(rng)
    names = ("first", "last", "born", "street", "number", "town", "postcode", "country")
    return {name: getattr(other, name) for name in names}


def namesake(rng: World, who: Somebody) -> dict[str, object]:
    """The same name, and nothing else."""
    other = somebody(rng)
    names = ("born", "street", "number", "town", "postcode")
    return {name: getattr(other, name) for name in names}


@dataclass(frozen=True)
class LookAlike:
    """How one is made, how often, and how likely the two share phone and e-mail address."""

    make: Callable[[World, Somebody], dict[str, object]]
    weight: float
    shares_phone: float
    shares_email: float


LOOK_ALIKES = (
    LookAlike(couple, 4, 0.35, 0.3),
    LookAlike(sibling, 2, 0.3, 0.15),
    LookAlike(twin, 1, 0.3, 0.2),
    LookAlike(father_and_son, 1.5, 0.3, 0.15),
    LookAlike(child, 2, 0.4, 0.25),
    LookAlike(colleague, 1.5, 1.0, 0.2),
    LookAlike(recycled_number, 1, 1.0, 0.0),
    LookAlike(namesake, 2, 0.0, 0.0),
    LookAlike(neighbour, 1, 0.2, 0.1),
    LookAlike(number_abroad, 0.5, 0.0, 0.0),
    LookAlike(accent_apart, 0.3, 0.0, 0.0),
)


# --- Writing them down -----------------------------------------------------------------------


def generate(contacts: int, *, seed: int, habits: Habits = TUNING) -> Iterator[Labelled]:
    """Give so many contacts in no particular order; the same seed gives the same ones."""
    rng = World(seed, habits)
    rows = list(islice(_stream(rng, habits), contacts))
    rng.shuffle(rows)
    return iter(rows)


def stream(contacts: int, *, seed: int, habits: Habits = TUNING) -> Iterator[Labelled]:
    """Give the same contacts as `generate`, those of a person together, and keep none of them."""
    return islice(_stream(World(seed, habits), habits), contacts)


def _stream(rng: World, habits: Habits) -> Iterator[Labelled]:
    number = 0
    while True:
        number += 1
        who = somebody(rng)
        row = _first(rng, who, habits, f"p{number}")
        yield row
        # Of 100 people about 9 have one to three more contacts.
        if rng.random() < SHARE_OF_DUPLICATES / 1.35 / (1 - SHARE_OF_DUPLICATES) * 1.12:
            for _ in range(rng.choices((1, 2, 3), (7, 2, 1))[0]):
                yield _again(rng, who, row, habits)
        if rng.random() < habits.look_alikes * 1.1:
            yield _look_alike(rng, who, row, habits, f"p{number}x")


def _first(rng: World, who: Somebody, habits: Habits, person: str) -> Labelled:
    def maybe(share: float, text: str) -> str:
        return text if rng.random() < share else ""

    is_placeholder = rng.random() < habits.placeholders
    phone = "0600000000" if is_placeholder else write_phone(rng, who.country, who.phone)
    has_no_date = rng.random() < habits.placeholders
    born = rng.choice(NO_DATES) if has_no_date else write_date(rng, who.born)
    return Labelled(
        uuid=_uuid(rng),
        email=maybe(habits.has_email, who.email),
        firstname=_cased(rng, who.first),
        lastname=maybe(habits.has_lastname, _cased(rng, who.last)),
        phonenumber=maybe(habits.has_phone, phone),
        birthdate=maybe(habits.has_birthdate, born),
        address=maybe(habits.has_address, write_address(rng, who)),
        identifier=maybe(habits.has_identifier, f"C{rng.randrange(10**8):08d}"),
        is_anonymous=False,
        person=person,
    )


def _uuid(rng: World) -> str:
    text = f"{rng.getrandbits(128):032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def _cased(rng: World, name: str) -> str:
    return rng.choices((name, name.lower(), name.upper()), (90, 6, 4))[0]


def _again(rng: World, who: Somebody, row: Labelled, habits: Habits) -> Labelled:
    """Write the same person down once more: some fields anew, some as before, some wrong."""
    fresh = _first(rng, who, habits, row.person)
    kept = {
        each.name: getattr(row, each.name) for each in fields(row) if rng.random() < habits.kept
    }
    kept = {name: value for name, value in kept.items() if name not in {"uuid", "identifier"}}
    again = replace(fresh, **kept)
    kinds = []
    for slip in rng.choices(list(SLIPS), list(SLIPS.values()), k=rng.choice(habits.slips)):
        changes = slip(rng, who, again)
        if changes and any(getattr(again, name) != text for name, text in changes.items()):
            again = replace(again, **changes)
            kinds.append(slip.__name__)
    return replace(again, kind="+".join(sorted(set(kinds))) or "rewritten")


def _look_alike(rng: World, who: Somebody, row: Labelled, habits: Habits, person: str) -> Labelled:
    kind = rng.choices(LOOK_ALIKES, [each.weight for each in LOOK_ALIKES])[0]
    other = replace(who, **kind.make(rng, who), phone=new_phone(rng, who.country))
    email = new_email(rng, other.country, other.first, other.last, other.born)
    other = replace(other, email=email)
    if rng.random() < kind.shares_phone:
        other = replace(other, phone=who.phone, country=who.country)
    if rng.random() < kind.shares_email and row.email:
        other = replace(other, email=row.email)
    made = _first(rng, other, habits, person)
    if kind.make is number_abroad:
        made = replace(made, phonenumber=f"+33{who.phone}")
    if kind.make is accent_apart and "müller" in row.email:
        made = replace(made, email=row.email.replace("ü", "u"))
    if kind.shares_phone == 1:
        made = replace(made, phonenumber=write_phone(rng, who.country, who.phone))
    return replace(made, kind=f"like:{kind.make.__name__}")


def contacts(number: int, habits: str, seed: int) -> list[evaluation.Labelled]:
    """Give so many contacts as the evaluation takes them."""
    rows = generate(number, seed=seed, habits=HABITS[habits])
    return [evaluation.labelled(asdict(row)) for row in rows]


def main() -> None:
    """Write a file of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contacts", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--habits", choices=HABITS, default="tuning")
    options = parser.parse_args()
    writer = csv.DictWriter(sys.stdout, [each.name for each in fields(Labelled)])
    writer.writeheader()
    for row in generate(options.contacts, seed=options.seed, habits=HABITS[options.habits]):
        writer.writerow(asdict(row))


if __name__ == "__main__":
    main()

"""How one person becomes two contacts, and how two people come to look like one.

A change is a function that gives the fields in which the second contact differs from the first,
or None when it cannot be made on this contact. What is said nothing about stays the same, except
the e-mail address, of which a programme allows each only once.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate
from random import Random
from string import ascii_lowercase
from typing import Any

from piggyadmin.sandbox.contact_factory import (
    ANONYMOUS_DOMAIN,
    COUNTRIES,
    GMAIL,
    Country,
    Mailboxes,
    Person,
    bare_phone,
    email_for,
    first_name,
    happens,
    last_name,
    new_address,
    new_birthdate,
    new_moment,
    new_phone,
    phone_styles,
    same_mailbox,
    with_two_letters,
    without_marks,
)
from piggyadmin.sandbox.names import NICKNAMES

Change = Callable[[Random, Person, Country], "dict[str, Any] | None"]


# --- Slips of the hand -----------------------------------------------------------------------


def typo(rng: Random, text: str) -> str:
    """Mistype one letter: left out, doubled, swapped with the next, or another one."""
    at = rng.randrange(1, len(text))
    before, letter, after = text[:at], text[at], text[at + 1 :]
    slips = (
        before + after,
        before + letter + letter + after,
        before[:-1] + letter + before[-1] + after,
        before + rng.choice(ascii_lowercase) + after,
    )
    return rng.choice([each for each in slips if each != text])


def _split(email: str) -> tuple[str, str]:
    local, domain = email.split("@")
    return local, domain


# --- Ways of being a duplicate ---------------------------------------------------------------


def _gmail_dots(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    local, domain = _split(person.email)
    if domain != GMAIL:
        return None
    if "." in local:
        return {"email": f"{local.replace('.', '')}@{domain}"}
    at = rng.randrange(1, len(local)) if len(local) > 1 else 0
    return {"email": f"{local[:at]}.{local[at:]}@{domain}"} if at else None


def _gmail_plus(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    local, domain = _split(person.email)
    tag = rng.choice(("card", "shop", "spam", "loyalty", "news", "piggy", "2"))
    return {"email": f"{local}+{tag}@{domain}"} if domain == GMAIL else None


def _email_typo(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    local, domain = _split(person.email)
    mistyped = typo(rng, local).strip(".").replace("..", ".") if len(local) > 1 else local + "1"
    return {"email": f"{mistyped}@{domain}"}


def _domain_typo(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    local, domain = _split(person.email)
    provider, reserved = domain.split(".")
    return {"email": f"{local}@{typo(rng, provider).strip('-')}.{reserved}"}


def _other_email(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    year = person.birthdate.year if person.birthdate else None
    return {"email": email_for(rng, country, (person.firstname, person.lastname), year)}


def _name_typo(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    field = rng.choice(("firstname", "lastname"))
    name = getattr(person, field)
    return {field: typo(rng, name)} if len(name) > 3 else None  # noqa: PLR2004  (Jan, Els, Tan)


def _swapped_names(_rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    if not person.firstname or not person.lastname:
        return None
    return {"firstname": person.lastname, "lastname": person.firstname}


def _no_diacritics(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    write = rng.choice((without_marks, with_two_letters))
    first, last = write(person.firstname), write(person.lastname)
    if (first, last) == (person.firstname, person.lastname):
        return None
    return {"firstname": first, "lastname": last}


def _nickname(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    short = NICKNAMES.get(person.firstname)
    return {"firstname": rng.choice(short)} if short else None


def _initial_only(_rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    return {"firstname": f"{person.firstname[0]}."} if person.firstname else None


def _tussenvoegsel(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    *before, last = person.lastname.split(" ")
    if not before:
        return None
    prefix = " ".join(before)
    ways = (
        last,
        f"{last}, {prefix}",
        f"{prefix.title()} {last}",
        prefix.replace(" ", "").title() + last,
        f"v.d. {last}" if prefix.startswith(("van de", "van den", "van der")) else last,
    )
    return {"lastname": rng.choice(ways)}


def _phone_format(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    if not person.phonenumber:
        return None
    styles = phone_styles(country, bare_phone(country, person.phonenumber))
    return {"phonenumber": rng.choice([each for each in styles if each != person.phonenumber])}


def _moved(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    return {"address": new_address(rng, country)} if person.address else None


def _birthdate_swapped(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    born = person.birthdate
    if born is None or born.day > 12 or born.day == born.month:  # noqa: PLR2004  (months)
        return None
    swapped = born.replace(month=born.day, day=born.month)
    return {"birthdate": swapped if happens(rng, 0.7) else born.replace(year=born.year - 1)}


def _anonymous(rng: Random, person: Person, _country: Country) -> dict[str, Any] | None:
    phonenumber = person.phonenumber if happens(rng, 0.4) else ""
    return {
        "firstname": "",
        "lastname": "",
        "address": "",
        "birthdate": None,
        "phonenumber": phonenumber,
        "is_anonymous": True,
        "wants_newsletter": False,
        "email": f"anonymous-{rng.getrandbits(80):020x}@{ANONYMOUS_DOMAIN}",
    }


# How often each is tried on a person; some fit few, such as accents that can be left out.
DUPLICATES: dict[str, tuple[Change, int]] = {
    "gmail_dots": (_gmail_dots, 12),
    "gmail_plus": (_gmail_plus, 9),
    "email_typo": (_email_typo, 11),
    "domain_typo": (_domain_typo, 8),
    "other_email": (_other_email, 8),
    "name_typo": (_name_typo, 10),
    "swapped_names": (_swapped_names, 6),
    "no_diacritics": (_no_diacritics, 25),
    "nickname": (_nickname, 9),
    "initial_only": (_initial_only, 4),
    "tussenvoegsel": (_tussenvoegsel, 11),
    "phone_format": (_phone_format, 6),
    "moved": (_moved, 6),
    "birthdate_swapped": (_birthdate_swapped, 12),
    "anonymous": (_anonymous, 5),
}
# The same address cannot be had twice, so whatever else differs, these differ as well.
_EMAIL_CHANGES = (_other_email, _other_email, _email_typo, _domain_typo, _gmail_dots, _gmail_plus)


# --- Ways of merely looking like one ---------------------------------------------------------


def _partner(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    if not person.address:
        return None
    return {
        "firstname": first_name(rng, country),
        "lastname": person.lastname if happens(rng, 0.4) else last_name(rng, country),
        "birthdate": _years_apart(rng, person, -5, 5),
        "phonenumber": _own_or_shared(rng, person, country),
    }


def _family(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    if not person.address or not person.lastname:
        return None
    return {
        "firstname": first_name(rng, country),
        "birthdate": _years_apart(rng, person, 20, 38),
        "phonenumber": _own_or_shared(rng, person, country),
    }


def _father_and_son(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    if not person.birthdate or not person.lastname or not person.firstname:
        return None
    return {
        "birthdate": _years_apart(rng, person, 22, 35),
        "phonenumber": _own_or_shared(rng, person, country),
    }


def _twin(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    if not person.birthdate or not person.lastname or not person.firstname:
        return None
    same_letter = [name for name in country.men.words if name[0] == person.firstname[0]]
    named_alike = happens(rng, 0.4) and same_letter
    return {
        "firstname": rng.choice(same_letter) if named_alike else first_name(rng, country),
        "phonenumber": _own_or_shared(rng, person, country),
    }


def _namesake(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    if not person.lastname or not person.firstname:
        return None
    return {
        "birthdate": None if happens(rng, 0.3) else new_birthdate(rng, person.created_at.date()),
        "phonenumber": _own_phone(rng, country),
        "address": new_address(rng, country) if person.address else "",
    }


def _colleague(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    return _stranger_with_same_phone(rng, person, country)


def _recycled_number(rng: Random, person: Person, country: Country) -> dict[str, Any] | None:
    changes = _stranger_with_same_phone(rng, person, country)
    return changes and changes | {"address": new_address(rng, country)}


def _stranger_with_same_phone(
    rng: Random, person: Person, country: Country
) -> dict[str, Any] | None:
    if not person.phonenumber:
        return None
    return {
        "firstname": first_name(rng, country),
        "lastname": last_name(rng, country),
        "birthdate": new_birthdate(rng, person.created_at.date()),
        "address": "",
    }


def _own_phone(rng: Random, country: Country) -> str:
    if happens(rng, 0.25):
        return ""
    return rng.choice(phone_styles(country, new_phone(rng, country))[:4])


def _own_or_shared(rng: Random, person: Person, country: Country) -> str:
    return person.phonenumber if happens(rng, 0.4) else _own_phone(rng, country)


def _years_apart(rng: Random, person: Person, least: int, most: int) -> date | None:
    if person.birthdate is None:
        return None
    apart = timedelta(days=rng.randint(least * 365, most * 365))
    later = person.birthdate + apart
    youngest = person.created_at.date() - timedelta(days=14 * 365)
    return later if later <= youngest else person.birthdate - abs(apart)


# How often each is tried on a person.
LOOK_ALIKES: dict[str, tuple[Change, int]] = {
    "partner": (_partner, 28),
    "family": (_family, 25),
    "father_and_son": (_father_and_son, 10),
    "twin": (_twin, 8),
    "namesake": (_namesake, 15),
    "colleague": (_colleague, 8),
    "recycled_number": (_recycled_number, 6),
}


# --- Making them -----------------------------------------------------------------------------


class Doubles:
    """Makes duplicates and look-alikes of earlier contacts."""

    def __init__(self, rng: Random, mailboxes: Mailboxes, today: date) -> None:
        self.rng = rng
        self.mailboxes = mailboxes
        self.today = today

    def duplicate(self, person: Person, number: int) -> Person:
        """Make another contact of the same person."""
        country = COUNTRIES[person.country]
        kind, changes = self._pick(DUPLICATES, person, country)
        if kind != "anonymous":
            changes = self._noise(person, country, kind) | changes
            wanted = changes.get("email") or self._changed_email(person, country)
            changes["email"] = self._take(person, country, wanted)
        return self._made(person, number, kind, changes)

    def _take(self, person: Person, country: Country, email: str) -> str:
        """Take an address, which may be the person's own mailbox in another spelling."""
        if same_mailbox(email, person.email):
            if self.mailboxes.take(email):
                return email
            email = email_for(self.rng, country, (person.firstname, person.lastname), None)
        return self.mailboxes.take_new(self.rng, email)

    def look_alike(self, person: Person, number: int) -> Person:
        """Make the contact of somebody else who shares something with `person`."""
        rng, country = self.rng, COUNTRIES[person.country]
        kind, changes = self._pick(LOOK_ALIKES, person, country)
        other = replace(person, **changes)
        changes["email"] = self.mailboxes.take_new(rng, _look_alike_email(rng, other, country))
        changes["wants_newsletter"] = happens(rng, 0.6)
        return self._made(person, number, kind, changes | {"identity": number})

    def _pick(
        self, kinds: dict[str, tuple[Change, int]], person: Person, country: Country
    ) -> tuple[str, dict[str, Any]]:
        words, sums = list(kinds), list(accumulate(weight for _, weight in kinds.values()))
        while True:
            (kind,) = self.rng.choices(words, cum_weights=sums)
            changes = kinds[kind][0](self.rng, person, country)
            if changes is not None:
                return kind, changes

    def _noise(self, person: Person, country: Country, kind: str) -> dict[str, Any]:
        """Vary what differs by itself when somebody fills in a second form months later."""
        rng = self.rng
        changes: dict[str, Any] = {}
        if happens(rng, 0.4):
            changes |= _phone_format(rng, person, country) or {}
        for field, empty in (("phonenumber", ""), ("address", ""), ("birthdate", None)):
            if happens(rng, 0.15):
                changes[field] = empty
        if happens(rng, 0.04):
            changes["lastname"] = ""
        if kind.endswith("_typo") and happens(rng, 0.15):
            changes |= _moved(rng, person, country) or {}
        return changes

    def _changed_email(self, person: Person, country: Country) -> str:
        change = self.rng.choice(_EMAIL_CHANGES)
        changes = change(self.rng, person, country) or _other_email(self.rng, person, country)
        return str((changes or {})["email"])

    def _made(self, person: Person, number: int, kind: str, changes: dict[str, Any]) -> Person:
        changes.setdefault("identity", person.identity)
        return replace(
            person,
            **changes,
            number=number,
            kind=kind,
            relative=person.number,
            created_at=new_moment(self.rng, self.today),
        )


def _look_alike_email(rng: Random, person: Person, country: Country) -> str:
    year = person.birthdate.year if person.birthdate else None
    email = email_for(rng, country, (person.firstname, person.lastname), year)
    if happens(rng, 0.3):  # one provider for the whole house
        return f"{_split(email)[0]}@{_split(person.email)[1]}"
    return email

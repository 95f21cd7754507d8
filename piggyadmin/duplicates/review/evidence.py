"""Why two contacts may be one person, and why not, in words."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from piggyadmin.contacts.values import is_same
from piggyadmin.duplicates.matching.comparison_levels import (
    FIELDS,
    Born,
    House,
    Mail,
    Name,
    NameOrder,
    Phone,
    Suffix,
)
from piggyadmin.duplicates.matching.fellegi_sunter import Kind, probabilities
from piggyadmin.duplicates.matching.normalisation import Keys, Normalised, keys
from piggyadmin.duplicates.matching.search import Search
from piggyadmin.duplicates.matching.table import Ints, Table
from piggyadmin.duplicates.matching.term_frequencies import Frequencies
from piggyadmin.duplicates.models import MirroredContact, Pair
from piggyadmin.duplicates.review import learned_model

Words = str | Promise


class Point(NamedTuple):
    """One thing that speaks for (`bits` above zero) or against (below) two being one person.

    Ten bits for it make it about a thousand times as likely as that they are strangers. `code`
    names it for programs (`phone-same`), `words` for people ("same phone, written differently").
    Where they are more likely family, or share just a phone, a point of its own says so, and all
    points together speak against.
    """

    code: str
    words: Words
    bits: float


# Beyond this it makes no difference any more.
_MOST_BITS = 40.0

_WORDS: dict[str, dict[int, Words]] = {
    "order": {NameOrder.SWAPPED: _("first and last name swapped")},
    "first": {
        Name.SAME: _("same first name"),
        Name.NICKNAME: _("first names are forms of the same name"),
        Name.INITIAL: _("first name and initial fit"),
        Name.SLIP: _("first names differ by a slip"),
        Name.PART: _("one first name is part of the other"),
        Name.SIMILAR: _("similar first names"),
        Name.OTHER: _("first names differ"),
    },
    "last": {
        Name.SAME: _("same last name"),
        Name.NICKNAME: _("last names are forms of the same name"),
        Name.INITIAL: _("last name and initial fit"),
        Name.SLIP: _("last names differ by a slip"),
        Name.PART: _("one last name is part of the other"),
        Name.SIMILAR: _("similar last names"),
        Name.OTHER: _("last names differ"),
    },
    "suffix": {
        Suffix.SAME: _("both senior, or both junior"),
        Suffix.OTHER: _("senior and junior: they say that they are two"),
    },
    "mail": {
        Mail.SAME: _("same e-mail"),
        Mail.PUNCTUATION: _("e-mail differs by dots or dashes only"),
        Mail.DOMAIN_SLIP: _("e-mail differs by a slip behind the @"),
        Mail.SLIP: _("e-mail differs by one letter"),
        Mail.OTHER_DOMAIN: _("same e-mail name at another provider"),
        Mail.CLOSE: _("e-mail differs by two letters, or by its figures"),
        Mail.OTHER: _("different e-mail addresses"),
    },
    "phone": {
        Phone.SAME: _("same phone"),
        Phone.SLIP: _("phone differs by one figure"),
        Phone.OTHER: _("different phone numbers"),
    },
    "born": {
        Born.SAME: _("same birth date"),
        Born.SWAPPED: _("birth dates differ by swapped day and month"),
        Born.SLIP: _("birth dates differ by a slip"),
        Born.OTHER: _("birth dates differ"),
        Born.GENERATION: _("birth dates are a generation apart"),
    },
    "house": {
        House.SAME: _("same address"),
        House.STREET: _("same street and number"),
        House.SLIP: _("addresses differ by a slip"),
        House.POSTCODE: _("same postcode, another house"),
        House.ELSEWHERE: _("same street and number in another place"),
        House.OTHER: _("different addresses"),
    },
}
_GMAIL = _("gmail address with dots")
_TAG = _("same e-mail with a plus tag")
_RARE = {"first": _("same first name, a rare one"), "last": _("same last name, a rare one")}
_WRITTEN: dict[str, Words] = {
    "first": _("same first name, written differently"),
    "last": _("same last name, written differently"),
    "mail": _("same e-mail, written differently"),
    "phone": _("same phone, written differently"),
    "born": _("same birth date, written differently"),
    "house": _("same address, written differently"),
}
# What they may be instead, when that is likelier.
_RIVALS: dict[Kind, tuple[str, Words]] = {
    Kind.FAMILY: ("likely-family", _("they share much, but are not one: likely family")),
    Kind.NAMESAKE: ("likely-namesake", _("one name twice in a family: likely parent and child")),
    Kind.SHARED: ("likely-shared", _("nothing in common but phone or e-mail: likely shared")),
}
# Where Piggy has what is compared.
_FIELDS_AT_PIGGY = {
    "first": "firstname",
    "last": "lastname",
    "mail": "email",
    "phone": "phonenumber",
    "born": "birthdate",
    "house": "address",
}
# Sharing a name that says so much is sharing a rare one.
_RARE_BITS = 9.0
_SAME = 1
_SMALLEST = 2.0**-40


def mirrored(uuids: Iterable[str]) -> dict[str, MirroredContact]:
    """Read contacts from the mirror; those that it does not have are left out."""
    contacts = MirroredContact.objects.filter(uuid__in=set(uuids))
    return {contact.uuid: contact for contact in contacts}


def both_of(pairs: Iterable[Pair]) -> Iterator[str]:
    """Name the contacts that pairs are of."""
    return (uuid for pair in pairs for uuid in (pair.first, pair.second))


def evidence_of(
    pairs: Sequence[Pair], contacts: Mapping[str, MirroredContact] | None = None
) -> list[list[Point]]:
    """Weigh each pair anew from the mirror: what speaks loudest first; empty where one is gone.

    Whoever has read their contacts from the mirror already hands them over.
    """
    if contacts is None:
        contacts = mirrored(both_of(pairs))
    there = [pair for pair in pairs if pair.first in contacts and pair.second in contacts]
    known = learned_model.latest() if there else None
    if known is None:
        return [[] for _pair in pairs]
    numbers = {uuid: at for at, uuid in enumerate(contacts)}
    table = Table(compared(row) for row in contacts.values())
    frequencies = Frequencies(table, known.frequencies)
    search = Search(table, model=known.model, frequencies=frequencies)
    weighed = WeighedPairs(
        search,
        np.array([numbers[pair.first] for pair in there]),
        np.array([numbers[pair.second] for pair in there]),
    )
    points = {
        (pair.first, pair.second): weighed.points(at, contacts[pair.first], contacts[pair.second])
        for at, pair in enumerate(there)
    }
    return [points.get((pair.first, pair.second), []) for pair in pairs]


def compared(contact: MirroredContact) -> tuple[Normalised, Keys]:
    """Give what is compared of a mirrored contact."""
    normalised = Normalised.unpack(contact.normalised)
    return normalised, keys(normalised)


class WeighedPairs:
    """Some pairs, and what each of their fields says."""

    def __init__(self, search: Search, one: Ints, other: Ints) -> None:
        agreement = search.agreement(one, other)
        model = search.learned
        self.levels = agreement.levels
        self.likelihoods = dict(model.likelihoods(agreement))
        self.probabilities = probabilities(model.weigh(agreement))

    def points(self, at: int, one: MirroredContact, other: MirroredContact) -> list[Point]:
        """Give what is to be said of one pair, the loudest first."""
        said = [point for field in FIELDS if (point := self._point(field, at, one, other))]
        if likely := self._likely(at, sum(point.bits for point in said)):
            said.append(likely)
        return sorted(said, key=lambda point: -abs(point.bits))

    def _point(
        self, field: str, at: int, one: MirroredContact, other: MirroredContact
    ) -> Point | None:
        level = int(self.levels[field][at])
        rows = self.likelihoods[field]
        bits = float(rows[Kind.PERSON, at] - rows[Kind.STRANGERS, at]) / math.log(2)
        bits = max(-_MOST_BITS, min(bits, _MOST_BITS))
        words = _WORDS[field].get(level)
        if words is None:
            return None
        if level == _SAME and field in _FIELDS_AT_PIGGY:
            left, right = (getattr(each, _FIELDS_AT_PIGGY[field]).strip() for each in (one, other))
            words = _of_same(field, left, right, bits) or words
        return Point(learned_model.code(field, level), words, round(bits, 1))

    def _likely(self, at: int, bits: float) -> Point | None:
        """Say what they are, where that is likelier than one person, against all other points."""
        rival = max(_RIVALS, key=lambda kind: self.probabilities[kind, at])
        person, other = self.probabilities[Kind.PERSON, at], self.probabilities[rival, at]
        if other <= person:
            return None
        code, words = _RIVALS[rival]
        odds = math.log2(max(person, _SMALLEST) / other)
        return Point(code, words, round(odds - bits, 1))


def _of_same(field: str, one: str, other: str, bits: float) -> Words | None:
    """Say how the same thing was written; None where it was written just so."""
    if is_same(one.casefold(), other.casefold()):
        return _RARE.get(field) if bits >= _RARE_BITS else None
    return _of_mails(one, other) if field == "mail" else _WRITTEN[field]


def _of_mails(one: str, other: str) -> Words:
    if "+" in one or "+" in other:
        return _TAG
    is_gmail = any(f"@{name}" in one.casefold() for name in ("gmail", "googlemail"))
    return _GMAIL if is_gmail else _WRITTEN["mail"]

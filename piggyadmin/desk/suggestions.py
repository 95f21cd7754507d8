"""What the search box offers while somebody types: by what is known here, without asking Piggy."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext, override

from piggyadmin.accounts.models import User
from piggyadmin.accounts.permissions import LOOK_UP
from piggyadmin.actions.registry import actions
from piggyadmin.bookings.models import SeenBooking
from piggyadmin.bookings.seen import describe
from piggyadmin.desk.navigation import SECTIONS, may_see
from piggyadmin.duplicates.matching.normalisation import clean
from piggyadmin.duplicates.mirror import text_search
from piggyadmin.duplicates.mirror.store import names_of
from piggyadmin.ledger.models import PersonLookUp
from piggyadmin.ledger.operations import Words
from piggyadmin.piggy.client import piggy_client
from piggyadmin.reference.cached import known_names
from piggyadmin.vouchers.services import cached_promotions

# So many of each kind, and so many customers looked at last.
MOST = 5
# Of the newest look-ups so many are read for the customers among them.
MOST_LOOK_UPS = 40
# Fewer characters are in nearly everything.
SHORTEST = 2


class Suggestion(NamedTuple):
    """One page to go to; `note` tells it from others of its name."""

    label: str
    url: str
    icon: str
    note: str = ""


class Group(NamedTuple):
    """Suggestions of one kind, under their heading."""

    label: str
    suggestions: list[Suggestion]


def suggest(text: str, person: User) -> list[Group]:
    """Offer what fits what was typed; before anything is, the customers looked at last."""
    may_look_up = person.has_perm(LOOK_UP)
    if not text.strip():
        groups = [Group(gettext("Looked at last"), last_looked_at(person))]
        return [each for each in groups if each.suggestions]
    groups = [
        Group(gettext("Customers"), _customers(text) if may_look_up else []),
        Group(gettext("Bookings"), _bookings(text) if may_look_up else []),
        Group(gettext("Promotions"), promotions_named(text) if may_look_up else []),
        Group(gettext("Actions and pages"), list(_pages(text, person))),
    ]
    return [each for each in groups if each.suggestions]


def last_looked_at(person: User) -> list[Suggestion]:
    """Offer the customers whom somebody looked at last, as far as their names are known here."""
    if not person.has_perm(LOOK_UP):
        return []
    newest = PersonLookUp.objects.filter(person=person).order_by("-pk")[:MOST_LOOK_UPS]
    uuids = list(dict.fromkeys(newest.values_list("contact_uuid", flat=True)))
    names = names_of(uuids)
    known = [uuid for uuid in uuids if names.get(uuid)][:MOST]
    return [_customer(uuid, names[uuid]) for uuid in known]


def _customers(text: str) -> list[Suggestion]:
    found = text_search.find(text).contacts
    return [_customer(row.uuid, row.called, row.reached_by) for row in found]


def _customer(uuid: str, name: str, note: str = "") -> Suggestion:
    return Suggestion(name, reverse("contacts:contact", args=[uuid]), "user-round", note)


def _bookings(text: str) -> list[Suggestion]:
    if len(text) < SHORTEST:
        return []
    is_meant = Q(uuid__startswith=text.lower()) | Q(external_id__istartswith=text)
    rows = SeenBooking.objects.filter(is_meant)[:MOST]
    names = names_of({row.contact_uuid for row in rows}) if rows else {}
    return [
        Suggestion(
            describe(row, names.get(row.contact_uuid, "")),
            reverse("bookings:booking", args=[row.key]),
            "calendar-days",
        )
        for row in rows
    ]


def promotions_named(text: str) -> list[Suggestion]:
    """Give promotions whose names hold all words, as they were called when they were last read."""
    words = _words(text)
    known = known_names(piggy_client(), cached_promotions)
    found = sorted((name, uuid) for uuid, name in known.items() if _is_named(clean(name), words))
    return [
        Suggestion(name, reverse("vouchers:promotion", args=[uuid]), "tags")
        for name, uuid in found[:MOST]
    ]


def _words(text: str) -> list[str]:
    return clean(text).split() if len(text.strip()) >= SHORTEST else []


def _is_named(name: str, words: Sequence[str]) -> bool:
    """Tell whether a name has words that begin with each of these."""
    return bool(words) and all(f" {word}" in f" {name}" for word in words)


def _pages(text: str, person: User) -> Iterator[Suggestion]:
    """Give actions and pages whose names hold all words, in any language of the console.

    What is called just so comes first.
    """
    words = _words(text)
    offered = [each for each in _all_pages(person) if words and _holds(each.label, words)]
    offered.sort(key=lambda each: " ".join(words) not in _names(each.label))
    return (each._replace(label=str(each.label)) for each in islice(offered, MOST))


def _all_pages(person: User) -> Iterator[Suggestion]:
    for action in actions():
        if action.is_allowed_for(person):
            yield Suggestion(action.label, action.url, action.icon)  # type: ignore[arg-type]
    for section in SECTIONS:
        for entry in section.entries:
            if may_see(person, entry):  # type: ignore[arg-type]
                yield Suggestion(entry.label, entry.path, entry.icon)  # type: ignore[arg-type]


def _names(label: Words) -> set[str]:
    return {_in_language(label, language) for language, _name in settings.LANGUAGES}


def _in_language(label: Words, language: str) -> str:
    with override(language):
        return clean(str(label))


def _holds(label: Words, words: Sequence[str]) -> bool:
    return any(_is_named(name, words) for name in _names(label))

"""Finding mirrored contacts by any part of a name, an e-mail address, a telephone or a card.

Each contact has one text of all these, folded: small letters, no accents, telephones in figures
alone. An index of trigrams over it, FTS5 on SQLite and GIN on PostgreSQL, finds what holds the
words that were typed, in any order. Where nothing does, one slip in each word is forgiven.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from rapidfuzz.distance import OSA

from piggyadmin.duplicates.matching.normalisation import clean
from piggyadmin.duplicates.models import MirroredContact
from piggyadmin.prefix_lookups import Beginning, equals

INDEX = "duplicates_mirroredcontact_search"
# An index of trigrams finds nothing shorter, the blank in front of a word counted.
SHORTEST = 3
# So many words of a text are looked for; more would not find anybody else.
MOST_WORDS = 6
# A slip in a shorter word would make it another one.
SHORTEST_WITH_SLIP = 5
# So many are weighed against one another, of whom the best are shown.
MOST_CANDIDATES = 50
MOST_FOUND = 8
_NUMBER = re.compile(r"[+(]?\d[\d\s().+/-]*")
_NOT_FIGURES = re.compile(r"\D")
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# What a text must hold, all of it.
Parts = Sequence[str]


class FoundContacts(NamedTuple):
    """Contacts that were found, and whether a slip had to be forgiven for it."""

    contacts: list[MirroredContact]
    is_exact: bool = True


def search_text(row: Any) -> str:
    """Give the text by which a contact is found; each word in it stands between blanks."""
    mail = "" if row.is_anonymous else row.email
    texts = (row.firstname, row.lastname, mail, _figures(row.phonenumber), row.identifier)
    words = " ".join(filter(None, map(clean, texts)))
    return f" {words} " if words else ""


def find(query: str) -> FoundContacts:
    """Find contacts by what was typed, the likeliest first; nobody by less than two characters."""
    words = _words(query)
    if owners := _owners_of_addresses(words):
        return FoundContacts(_best(owners, words))
    rows = {row.pk: row for row in _holding([[f" {word}"]] for word in words)}
    if len(rows) < MOST_FOUND:
        rows |= {row.pk: row for row in _holding([_anywhere(word)] for word in words)}
    if rows:
        return FoundContacts(_best(rows.values(), words))
    return FoundContacts(_best(_with_a_slip(words), words), is_exact=False)


def called(name: str) -> list[str]:
    """Give the UUIDs of contacts in whose name each word begins one, no slip forgiven."""
    words = _words(name)
    return [row.uuid for row in find(name).contacts if _is_called(row, words)]


def _is_called(row: MirroredContact, words: Sequence[str]) -> bool:
    own = f" {clean(row.firstname)} {clean(row.lastname)}"
    return bool(words) and all(f" {word}" in own for word in words)


def _words(query: str) -> list[str]:
    """Take apart what was typed; a telephone number is one word, however it was grouped."""
    text = clean(query)
    words = [text] if _NUMBER.fullmatch(text) else text.split()[:MOST_WORDS]
    return list(filter(None, map(_as_kept, words)))


def _as_kept(word: str) -> str:
    """Write a number without the zeros in front, which stand for a country or for none."""
    return _figures(word).lstrip("0") if _NUMBER.fullmatch(word) else word


def _figures(text: str) -> str:
    return _NOT_FIGURES.sub("", clean(text))


def _owners_of_addresses(words: Sequence[str]) -> list[MirroredContact]:
    """Find who has a whole e-mail address that was typed, and the other words too.

    The trigrams of an address are those of thousands: an index of addresses knows it at once.
    """
    addresses = [word for word in words if "@" in word]
    if not addresses:
        return []
    rows = MirroredContact.objects.alias(mail=Beginning("email"))
    rows = rows.filter(equals("mail", addresses[0]), is_anonymous=False)[:MOST_CANDIDATES]
    return [
        row
        for row in rows
        if all(f" {word} " in row.search_text for word in addresses)
        and all(f" {word}" in row.search_text for word in words)
    ]


def _anywhere(word: str) -> Parts:
    """Ask for a word anywhere; a short one is in too many others, and so has to begin one."""
    return [word if len(word) >= SHORTEST else f" {word}"]


def _best(rows: Iterable[MirroredContact], words: Sequence[str]) -> list[MirroredContact]:
    def merit(row: MirroredContact) -> tuple[int, int, datetime]:
        whole = sum(f" {word} " in row.search_text for word in words)
        begun = sum(f" {word}" in row.search_text for word in words)
        return whole, begun, row.last_transaction_at or _LONG_AGO

    return sorted(rows, key=merit, reverse=True)[:MOST_FOUND]


# --- One slip --------------------------------------------------------------------------------


def _with_a_slip(words: Sequence[str]) -> Iterator[MirroredContact]:
    """Find contacts that have each word as it was typed but for one slip."""
    rows = _holding(list(_around_a_slip(word)) or [_anywhere(word)] for word in words)
    return (row for row in rows if _has_all_but_slips(row, words))


def _around_a_slip(word: str) -> Iterator[Parts]:
    """Give what stands before and behind a slip, wherever it may be.

    Two letters the wrong way round leave what is behind both; where that is too short to be found,
    a letter too many, another one or one missing leave more.
    """
    for place in range(len(word) if len(word) >= SHORTEST_WITH_SLIP else 0):
        for behind in (place + 2, place + 1):
            sides = (f" {word[:place]}", f"{word[behind:]} ")
            parts = [part for part in sides if len(part) >= SHORTEST]
            # Three letters alone are in too many.
            if sum(map(len, parts)) > SHORTEST:
                yield parts
                break


def _has_all_but_slips(row: MirroredContact, words: Iterable[str]) -> bool:
    held = row.search_text.split()
    return all(any(_is_nearly(word, other) for other in held) for word in words)


def _is_nearly(word: str, other: str) -> bool:
    if len(word) < SHORTEST_WITH_SLIP:
        return other.startswith(word)
    return OSA.distance(word, other, score_cutoff=1) <= 1


# --- Asking the index ------------------------------------------------------------------------


def _holding(words: Iterable[Sequence[Parts]]) -> list[MirroredContact]:
    """Give some contacts whose text has for each word all parts of one of its spellings."""
    asked = list(words)
    if not any(
        len(part) >= SHORTEST for spellings in asked for parts in spellings for part in parts
    ):
        return []
    rows = MirroredContact.objects.all()
    if connections[rows.db].vendor == "sqlite":
        return list(rows.filter(pk__in=_matched(asked, connections[rows.db])))
    for spellings in asked:
        held = (Q(*(Q(search_text__contains=part) for part in parts)) for parts in spellings)
        rows = rows.filter(reduce(or_, held))
    return list(rows[:MOST_CANDIDATES])


def _matched(words: Iterable[Sequence[Parts]], connection: BaseDatabaseWrapper) -> list[int]:
    """Ask FTS5, which does not see what has less than three characters: that is looked for."""
    seen = [each for each in words if len(each[0][0]) >= SHORTEST]
    short = [each[0][0] for each in words if len(each[0][0]) < SHORTEST]
    match = " AND ".join(f"({' OR '.join(map(_phrases, each))})" for each in seen)
    holds = " AND INSTR(search_text, %s)" * len(short)
    sql = f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s{holds} LIMIT %s"  # noqa: S608  (ours)
    with connection.cursor() as cursor:
        cursor.execute(sql, [match, *short, MOST_CANDIDATES])
        return [row[0] for row in cursor.fetchall()]


def _phrases(parts: Parts) -> str:
    """Write parts as FTS5 reads them: nothing in quotation marks is an operator."""
    return "(" + " AND ".join(f'"{each.replace(chr(34), chr(34) * 2)}"' for each in parts) + ")"

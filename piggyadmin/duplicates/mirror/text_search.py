"""Finding mirrored contacts by any part of a name, an e-mail address, a telephone or a card.

Each contact has one text of all these, folded: small letters, no accents, telephones in figures
alone. An index of trigrams over it, FTS5 on SQLite and GIN on PostgreSQL, finds what holds the
words that were typed, in any order. Where nothing does, one slip in each word is forgiven.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice, product
from typing import Any, NamedTuple

from django.db import connections, router
from django.db.models import Q
from rapidfuzz.distance import OSA

from piggyadmin.duplicates.matching.normalisation import clean
from piggyadmin.duplicates.models import MirroredContact

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


class Found(NamedTuple):
    """Contacts that were found, and whether a slip had to be forgiven for it."""

    contacts: list[MirroredContact]
    is_exact: bool = True


def search_text(row: Any) -> str:
    """Give the text by which a contact is found; each word in it stands between blanks."""
    mail = "" if row.is_anonymous else row.email
    texts = (row.firstname, row.lastname, mail, _figures(row.phonenumber), row.identifier)
    words = " ".join(filter(None, map(clean, texts)))
    return f" {words} " if words else ""


def find(query: str) -> Found:
    """Find contacts by what was typed, the likeliest first; nobody by less than two characters."""
    words = _words(query)
    if max(map(len, words), default=0) < SHORTEST - 1:
        return Found([])
    beginnings = [f" {word}" for word in words]
    rows = {row.pk: row for row in _holding([beginnings])}
    if len(rows) < MOST_FOUND:
        anywhere = _holding([_anywhere(words)])
        rows |= {row.pk: row for row in anywhere}
    if rows:
        return Found(_best(rows.values(), words))
    return Found(_best(_with_a_slip(words), words), is_exact=False)


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


def _anywhere(words: Iterable[str]) -> list[str]:
    """Ask for words anywhere; short ones are in too many others, and so have to begin one."""
    return [word if len(word) >= SHORTEST else f" {word}" for word in words]


def _best(rows: Iterable[MirroredContact], words: Sequence[str]) -> list[MirroredContact]:
    def merit(row: MirroredContact) -> tuple[int, int, datetime]:
        whole = sum(f" {word} " in row.search_text for word in words)
        begun = sum(f" {word}" in row.search_text for word in words)
        return whole, begun, row.last_transaction_at or _LONG_AGO

    return sorted(rows, key=merit, reverse=True)[:MOST_FOUND]


# --- One slip --------------------------------------------------------------------------------


def _with_a_slip(words: Sequence[str]) -> Iterator[MirroredContact]:
    """Find contacts that have each word as it was typed but for one slip."""
    spellings = [list(_around_a_slip(word)) or [_anywhere([word])] for word in words]
    wanted = [sum(parts, []) for parts in islice(product(*spellings), MOST_CANDIDATES)]
    usable = [parts for parts in wanted if any(len(part) >= SHORTEST for part in parts)]
    rows = _holding(usable) if usable else []
    return (row for row in rows if _has_all_but_slips(row, words))


def _around_a_slip(word: str) -> Iterator[list[str]]:
    """Give what stands before and behind a slip, wherever it may be.

    A letter too many, one missing, another one, two the wrong way round: what is left of the slip
    and what is right of the letter behind it are in the word that was meant.
    """
    if len(word) < SHORTEST_WITH_SLIP:
        return
    for place in range(len(word)):
        sides = (f" {word[:place]}", f"{word[place + 2 :]} ")
        parts = [part for part in sides if len(part) >= SHORTEST]
        if sum(map(len, parts)) >= SHORTEST_WITH_SLIP:
            yield parts


def _has_all_but_slips(row: MirroredContact, words: Iterable[str]) -> bool:
    held = row.search_text.split()
    return all(any(_is_nearly(word, other) for other in held) for word in words)


def _is_nearly(word: str, other: str) -> bool:
    if len(word) < SHORTEST_WITH_SLIP:
        return other.startswith(word)
    return OSA.distance(word, other, score_cutoff=1) <= 1


# --- Asking the index ------------------------------------------------------------------------


def _holding(wanted: Sequence[Parts]) -> list[MirroredContact]:
    """Give some contacts whose text holds all parts of one of these."""
    if connections[router.db_for_read(MirroredContact)].vendor == "sqlite":
        return list(MirroredContact.objects.filter(pk__in=_matched(wanted)))
    query = Q()
    for parts in wanted:
        query |= Q(*(Q(search_text__contains=part) for part in parts))
    return list(MirroredContact.objects.filter(query)[:MOST_CANDIDATES])


def _matched(wanted: Sequence[Parts]) -> list[int]:
    """Ask FTS5, which does not see parts of less than three characters: those are looked for."""
    match = " OR ".join(f"({_match(parts)})" for parts in wanted)
    short = [part for part in wanted[0] if len(part) < SHORTEST] if len(wanted) == 1 else []
    holds = "".join(" AND INSTR(search_text, %s)" for _part in short)
    sql = f"SELECT rowid FROM {INDEX} WHERE {INDEX} MATCH %s{holds} LIMIT %s"  # noqa: S608
    with connections[router.db_for_read(MirroredContact)].cursor() as cursor:
        cursor.execute(sql, [match, *short, MOST_CANDIDATES])
        return [row[0] for row in cursor.fetchall()]


def _match(parts: Parts) -> str:
    long = (part.replace('"', '""') for part in parts if len(part) >= SHORTEST)
    return " AND ".join(f'"{part}"' for part in long)

"""What a text that is called nothing may mean: a code in it, several codes, other capital letters.

It is only ever offered: two codes may differ by nothing but their capital letters.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from piggyadmin.ui.codes import as_seen, symbology

# So many of them are asked for; each costs a few calls.
MOST_READINGS = 8
MOST_OTHERS = 16

Found = TypeVar("Found")

_BETWEEN = re.compile(r"[\s,;|<>()\[\]{}\"“”„«»]+")
# What parts a code from what it is called, or a link's parts, within a word.
_WITHIN = re.compile(r"[:=/#&?]+")
_AROUND = ".,:!?…'‘’‚`*"  # noqa: RUF001  (as typed by people and their mail programs)
# Brackets, quotation marks, stops, arrows, bullets and the like of any script part words as well.
_PARTING = {"Ps", "Pe", "Pi", "Pf", "Po", "Sm", "So"}


def find_meant(
    text: str, ask: Callable[[list[str]], list[Found]], name_of: Callable[[Found], str]
) -> list[Found]:
    """Find what may be meant by a text that is called nothing; `ask` gives what several lead to.

    What one was found by, `name_of` tells; whatever was not found is asked for in other capitals.
    """
    texts = readings(text)
    found = ask(texts)
    names = set(map(name_of, found))
    missed = [each for each in texts or [text] if each not in names]
    others = dict.fromkeys(other for each in missed for other in in_other_capitals(each))
    return found + ask([other for other in others if other not in names][:MOST_OTHERS])


def readings(text: str) -> list[str]:
    """Give what may be meant by a text that is called nothing as a whole, the likeliest first.

    Looks only choose what is asked for: words count where nothing looks like a code.
    """
    bare = text.removeprefix(symbology(text))
    words = [_bare(part) for word in _words(bare) for part in _parts(word)]
    codes = [word for word in words if looks_like_code(word)]
    found = dict.fromkeys([bare, *(codes or words)])
    return [each for each in found if each and each != text][:MOST_READINGS]


def in_other_capitals(text: str) -> list[str]:
    """Give a text in other capitals: all, none, and in front."""
    others = dict.fromkeys((text.upper(), text.lower(), text.capitalize(), text.title()))
    return [other for other in others if other != text]


def _words(text: str) -> list[str]:
    return _BETWEEN.split("".join(map(_parting, text)))


def _parting(character: str) -> str:
    is_plain = character.isascii() or character in _AROUND
    return " " if not is_plain and unicodedata.category(character) in _PARTING else character


def _parts(word: str) -> list[str]:
    """Take a word apart; a plus belongs to an address, but stands between codes."""
    parts = _WITHIN.split(word)
    return [each for part in parts for each in ([part] if "@" in part else part.split("+"))]


def _bare(word: str) -> str:
    return as_seen(word.strip(_AROUND)).removeprefix("mailto:")


def looks_like_code(word: str) -> bool:
    """Tell whether a word has what words of a language lack: figures, signs or only capitals."""
    has_sign = any(character.isdigit() or character in "@-_" for character in word)
    return has_sign or (len(word) > 1 and word.isupper())


# --- Many codes in one text ----------------------------------------------------------------------

_CELLS = re.compile(r"[\n\r\t;,|]")
_DATE_OR_TIME = re.compile(r"[0-9]{1,4}[-./:][0-9]{1,4}([-./:][0-9]{1,4})?")
FEWEST_FIGURES = 4  # of a number that may be a code


def codes_in(text: str) -> list[str]:
    """Give the codes in a list, in columns of a spreadsheet or in a mail, each once, in order.

    Where nothing but codes stands in it, all of it counts, whatever it looks like; in sentences
    only what looks like a code.
    """
    cells = [cell for cell in map(as_seen, _CELLS.split(text)) if cell]
    if not any(" " in cell for cell in cells):
        return list(dict.fromkeys(cells))
    words = [_bare(part) for word in _words(text) for part in _parts(word)]
    return list(dict.fromkeys(word for word in words if _may_be_code(word)))


def _may_be_code(word: str) -> bool:
    is_short_number = word.isdecimal() and len(word) < FEWEST_FIGURES
    is_other = "@" in word or is_short_number or _DATE_OR_TIME.fullmatch(word)
    return looks_like_code(word) and not is_other and any(map(str.isalnum, word))

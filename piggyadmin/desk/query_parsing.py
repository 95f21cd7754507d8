"""What a text in the search box may mean beside itself: a code in a sentence, or several codes."""

import re

from piggyadmin.ui.codes import as_seen, symbology

# So many of them are asked for; each costs a few calls.
MOST_READINGS = 8

_BETWEEN = re.compile(r"[\s,;|<>()\[\]{}\"“”„«»]+")
_AROUND = ".,:!?…'‘’‚`*"  # noqa: RUF001  (as typed by people and their mail programs)


def readings(text: str) -> list[str]:
    """Give what may be meant by a text that is called nothing as a whole, the likeliest first.

    Looks only choose what is asked for: words count where nothing looks like a code.
    """
    bare = text.removeprefix(symbology(text))
    words = [_bare(word) for word in _BETWEEN.split(bare)]
    codes = [word for word in words if _looks_like_code(word)]
    found = dict.fromkeys([bare, *(codes or words)])
    return [each for each in found if each and each != text][:MOST_READINGS]


def in_other_capitals(text: str) -> list[str]:
    """Give a text in capital and in small letters, as far as that differs."""
    return [other for other in (text.upper(), text.lower()) if other != text]


def _bare(word: str) -> str:
    return as_seen(word.strip(_AROUND)).removeprefix("mailto:")


def _looks_like_code(word: str) -> bool:
    has_sign = any(character.isdigit() or character in "@-_" for character in word)
    return has_sign or (len(word) > 1 and word.isupper())

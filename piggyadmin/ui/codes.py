"""Codes, identifiers and addresses as they arrive from scanners, mails and spreadsheets.

What can be seen is what counts: `as_seen` takes off what nobody sees. What can be seen but is not
what it looks like stays, for a code may really be written so; `remarks` says of it what it is.
"""

import re
import unicodedata

from django.utils.translation import gettext

from piggyadmin.piggy.types import UUID

# Invisible, but neither a control nor a format character: joiners, fillers, variation selectors.
_UNSEEN_MARKS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)
_GAPS = str.maketrans("\t\r\n", "   ")
# A space, and what no one can see or type: control characters and ends of lines.
_BLANK = " \u2028\u2029" + "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
# What a scanner may put in front: the kind of bar code (ISO/IEC 15424).
_SYMBOLOGY = re.compile(r"(\]([A-Za-z])[0-9A-Za-z])(?=.)")
_SYMBOLOGIES = {
    "A": "Code 39",
    "C": "Code 128",
    "E": "EAN/UPC",
    "F": "Codabar",
    "G": "Code 93",
    "I": "Interleaved 2 of 5",
    "L": "PDF417",
    "Q": "QR Code",
    "d": "Data Matrix",
    "e": "GS1 DataBar",
    "z": "Aztec Code",
}
MOST_NAMED = 5  # odd characters that are named one by one


def as_seen(text: str) -> str:
    """Give a text without what cannot be seen, and with every kind of space as a plain one.

    Control characters go at the ends, where scanners put them; one in the middle stays, to be
    refused by whoever reads the text. Tabs and ends of lines are spaces.
    """
    if text.isascii():
        return text.translate(_GAPS).strip(_BLANK)
    composed = _UNSEEN_MARKS.sub("", unicodedata.normalize("NFC", text)).translate(_GAPS)
    return "".join(map(_seen, composed)).strip(_BLANK)


def _seen(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Cf":  # format: zero-width, byte order, soft hyphen, direction
        return ""
    return " " if category == "Zs" else character


def uuid_in_small(text: str) -> str:
    """Write a UUID as Piggy does: it is the same one in any capitals. Nothing else is changed."""
    return text.lower() if UUID.fullmatch(text) else text


def symbology(text: str) -> str:
    """Give what a scanner put before a code to name its kind, such as `]C1`; empty without it."""
    match = _SYMBOLOGY.match(text)
    return match[1] if match else ""


def remarks(text: str) -> list[str]:
    """Say what in a text is not what it looks like, and what does not belong to a code."""
    seen = as_seen(text)
    return [*_about_symbology(seen), *_about_odd_characters(seen)]


def _about_symbology(seen: str) -> list[str]:
    prefix = symbology(seen)
    if not prefix:
        return []
    words = gettext(
        "It begins with “%(prefix)s”, by which a scanner names the kind of bar code (%(kind)s). "
        "The code itself is probably “%(rest)s”. Have the scanner set up without it."
    )
    kind = _SYMBOLOGIES.get(prefix[1]) or gettext("another kind")
    return [words % {"prefix": prefix, "kind": kind, "rest": seen.removeprefix(prefix)}]


def _about_odd_characters(seen: str) -> list[str]:
    odd = list(dict.fromkeys(filter(_is_odd, seen)))[:MOST_NAMED]
    if not odd:
        return []
    words = gettext(
        "It holds %(characters)s, which may not be what it looks like. "
        "If that should not be there, type it by hand."
    )
    return [words % {"characters": ", ".join(map(_named, odd))}]


def _is_odd(character: str) -> bool:
    """Tell whether it is neither on a keyboard nor one of these letters with an accent."""
    letter = unicodedata.normalize("NFD", character)[0]
    return not letter.isascii()


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"“{character}” ({f'U+{ord(character):04X} {name}'.strip()})"

"""Numbers and amounts as people write them: one reading for every field.

What can mean one number alone is read, in the figures of any script; what can mean two, or none,
is refused with the reason.
"""

import re
import unicodedata
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MAX_DIGITS = 18
# Signs that look like the plain ones; `\N{HORIZONTAL BAR}` and the like stand in "10,―" too.
_PLAIN = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d", "-"),
    **dict.fromkeys("\ufe62\uff0b", "+"),
    **dict.fromkeys("\u2018\u2019\u02bc\u00b4`\u066c\uff07", "'"),
    **dict.fromkeys("\u066b\ufe50\uff0c", ","),
    **dict.fromkeys("\ufe52\uff0e", "."),
}
_NUMBER = re.compile(
    r"""
    (?P<sign>[+-]?)\ *
    (?P<whole>[0-9]* | [0-9]{1,3}(?:(?P<group>[.,'\ ])[0-9]{3})(?:(?P=group)[0-9]{3})*)
    (?:(?P<point>[.,])(?P<part>[0-9]+ | (?P<none>--?|=)))?
    """,
    re.VERBOSE,
)
_AMBIGUOUS = re.compile(r"[+-]? *[1-9][0-9]{0,2}[.,][0-9]{3}")
_EXPONENT = re.compile(r"[+-]?[0-9.,]+ *e *[+-]?[0-9]+", re.IGNORECASE)
_MINUS_BEHIND = re.compile(r"[0-9][0-9., ]*(?<=[0-9 ])-")
_EUROS = ("€", "euros", "euro", "eur")
_CODE = re.compile(r"[a-z]{3} *[+-]?[0-9][0-9.,' -]*|[+-]?[0-9][0-9.,' -]*[a-z]{3}", re.IGNORECASE)


def plain(text: str) -> str:
    """Write figures, signs, separators and spaces of any script as a plain keyboard does."""
    return "".join(_plain(c) for c in text if unicodedata.category(c) != "Cf").strip()


def _plain(character: str) -> str:
    if unicodedata.category(character) == "Zs":
        return " "
    figure = unicodedata.decimal(character, None)
    return _PLAIN.get(character, character) if figure is None else str(figure)


class AmbiguousError(ValueError):
    """One separator stands where it can be that of thousands or that of decimals."""

    def __init__(self, thousands: str, decimals: str) -> None:
        super().__init__(thousands, decimals)
        self.thousands, self.decimals = thousands, decimals


def read_number(text: str) -> Decimal | None:
    """Read a number: 1234.5, 1.234,50, 1'234.50 or 10,-; None where it is none.

    Raises:
        AmbiguousError: it could be one number or another.
        ValidationError: it is written in a way that is not read.
    """
    bare = plain(text)
    found = _NUMBER.fullmatch(bare)
    if not found or not _is_whole(found):
        _explain(bare)
        return None
    if _AMBIGUOUS.fullmatch(bare):
        raise AmbiguousError(re.sub(r"[.,]", "", bare), f"{bare}0")
    whole = re.sub(r"[^0-9]", "", found["whole"])
    part = "" if found["none"] else found["part"] or ""
    return Decimal(f"{found['sign']}{whole or '0'}.{part or '0'}")


def _is_whole(found: re.Match[str]) -> bool:
    """Tell whether there are figures, not too many, and separators that can stand together."""
    figures = sum(c.isdigit() for c in found[0])
    is_grouped_oddly = found["group"] and (
        found["group"] == found["point"] or found["whole"].startswith("0")
    )
    has_start = found["whole"] or (found["part"] and not found["none"])
    return bool(0 < figures <= MAX_DIGITS and has_start and not is_grouped_oddly)


def _explain(bare: str) -> None:
    """Say what to write instead where that is clear.

    Raises:
        ValidationError: with those words.
    """
    if _EXPONENT.fullmatch(bare):
        raise ValidationError(_("Write the number out: 1000 instead of 1e3."), code="exponent")
    if _MINUS_BEHIND.fullmatch(bare):
        words = _("A minus stands before the number: %(number)s. A whole amount is written 10,-.")
        raise ValidationError(words, code="minus", params={"number": f"-{bare[:-1].strip()}"})


def without_euro(text: str) -> str:
    """Take the sign or the code of euros off an amount.

    Raises:
        ValidationError: it is in another currency.
    """
    bare = plain(text)
    sign = bare[:1] if bare[:1] in {"+", "-"} else ""
    rest = sign + _without_words(bare.removeprefix(sign).strip())
    if _CODE.fullmatch(rest) or any(unicodedata.category(c) == "Sc" for c in rest if c != "€"):
        words = _("This is not in euros. Enter an amount in euros, such as 10.40 or 10,40.")
        raise ValidationError(words, code="currency")
    return rest


def _without_words(amount: str) -> str:
    """Take the sign or the code of euros off both ends."""
    before = next((each for each in _EUROS if amount[: len(each)].lower() == each), "")
    amount = amount[len(before) :].lstrip()
    behind = next((each for each in _EUROS if amount[-len(each) :].lower() == each), "")
    return amount[: len(amount) - len(behind)].rstrip()


def written(number: Decimal | float) -> str:
    """Write a number so that it is read as itself: without exponent, and in one meaning."""
    text = f"{Decimal(str(number)):f}"
    return f"{text}0" if _AMBIGUOUS.fullmatch(text) else text

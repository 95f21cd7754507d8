"""What a part of an address can be: bounded, so that nothing behind it meets more than it takes."""

import re
from urllib.parse import quote, unquote

from django.urls import register_converter
from django.urls.converters import IntConverter, StringConverter

# Stands for a text that is empty; no other one is written so.
EMPTY = "-"
_ID = re.compile(r"[0-9A-Za-z_.~-]{1,255}")
LONGEST_CODE = 255
# No row has a higher number.
LAST_NUMBER = 2**63 - 1


class NumberConverter(IntConverter):
    """The number of a row."""

    regex = "[0-9]{1,18}"


class IdConverter(StringConverter):
    """What Piggy knows a record by, which is opaque; an e-mail address or a name is none.

    Addresses are made of whatever Piggy calls an identifier, so that no page breaks down over it;
    what is asked for is looked at.
    """

    def to_python(self, value: str) -> str:
        """Take what can be one.

        Raises:
            ValueError: it cannot, so that there is no such page.
        """
        text = "" if value == EMPTY else unquote(value)
        if not _ID.fullmatch(text):
            raise ValueError
        return text

    def to_url(self, value: object) -> str:
        """Write any text so that it is one step of a path, which leads nowhere else."""
        return as_step(value)


def as_step(value: object) -> str:
    """Write any text so that it is one step of a path.

    Django escapes the result once more, as servers undo that once.
    """
    text = "" if value is None else str(value)
    if not text.strip(".-"):  # which mean something of their own
        return "".join(f"%{ord(each):02X}" for each in text) or EMPTY
    return quote(text, safe="", errors="replace")


class CodeConverter(StringConverter):
    """A code as a person may type or paste it into an address, or as a page links to it."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Take what can be one.

        Raises:
            ValueError: it is longer than any code, so that there is no such page.
        """
        text = unquote(value)
        if len(text) > LONGEST_CODE:
            raise ValueError
        return text

    def to_url(self, value: object) -> str:
        """Write any code so that it is one step of a path."""
        return as_step(value)


class EmailConverter(StringConverter):
    """An e-mail address as a person may type it into an address."""

    regex = "[^/@]{1,200}@[^/@]{1,200}"


register_converter(NumberConverter, "number")
register_converter(CodeConverter, "code")
register_converter(EmailConverter, "email")
register_converter(IdConverter, "id")

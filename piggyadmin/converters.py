"""How what Piggy names its records by stands in the console's addresses.

It is opaque: a UUID nearly always, and whatever else an account or a fault brings. Every address
can hold every text, so that no page breaks over one; it reads back as it was.
"""

from urllib.parse import quote, unquote

# Stands for a text that is empty; no other one is written so.
EMPTY = "-"


class OpaqueConverter:
    """One part of a path that can hold any text; `<opaque:name>`."""

    regex = "[^/]+"

    def to_python(self, value: str) -> str:
        """Read the text."""
        return "" if value == EMPTY else unquote(value)

    def to_url(self, value: object) -> str:
        """Write the text; Django escapes the result once more, as servers undo that once.

        Points and a dash alone mean something of their own in a path.
        """
        text = "" if value is None else str(value)
        if not text.strip(".-"):
            return "".join(f"%{ord(each):02X}" for each in text) or EMPTY
        return quote(text, safe="", errors="replace")

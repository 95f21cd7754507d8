"""Finding texts by how they begin, capitals or not: fast with an index, in every database."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, Q, TextField
from django.db.models.sql.compiler import SQLCompiler

# More characters of any text are not looked at: an index has no room for them.
LONGEST = 60
# Comes after every character.
_LAST = "\U0010ffff"
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class Beginning(Func):
    """The beginning of texts, joined by a space, in small letters, compared letter by letter."""

    template = f'(LOWER(SUBSTR(%(expressions)s, 1, {LONGEST})) COLLATE "C")'
    arg_joiner = " || ' ' || "
    output_field = TextField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        """Name SQLite's own collation."""
        template = self.template.replace('"C"', "BINARY")
        return self.as_sql(compiler, connection, template=template, **context)


def begins(name: str, text: str) -> Q:
    """Ask that the annotation `name`, a Beginning, begins with `text`."""
    wanted = Q()
    for spelling in _spellings(text):
        wanted |= Q(**{f"{name}__gte": spelling, f"{name}__lt": spelling + _LAST})
    return wanted


def equals(name: str, text: str) -> Q:
    """Ask that the annotation `name`, a Beginning, is just `text`."""
    return Q(**{f"{name}__in": _spellings(text)})


def _spellings(text: str) -> set[str]:
    """Give a text as the databases may have it in small letters.

    SQLite makes only A to Z small, so that of an É it has whatever stood there.
    """
    text = text[:LONGEST]
    typed = (text, text.lower(), text.upper(), text.title())
    return {each.translate(_SMALL) for each in typed}

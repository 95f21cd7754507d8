"""Lists as files for a spreadsheet: CSV, sent while it is read, and workbooks; never as formulas.

Of CSV, separator and decimal sign are those of the reader's language, as their spreadsheet expects.
"""

import re
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import chain, islice
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.formats import get_format
from django.utils.translation import gettext

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet takes what begins with one of these for a formula, however wide it is written.
FORMULA_SIGNS = ("=", "+", "-", "@", "\N{MINUS SIGN}")
# Where a spreadsheet may begin a cell, whichever separator it was told, quoted or not.
_SEPARATORS = re.compile(r"([;,|\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029])")
# Characters that it may leave out before a cell's text: spaces, and what nobody can see.
_LEFT_OUT = {"Cc", "Cf", "Zs"}
# What stands before each row and between its cells while they are looked through.
_ROW, _CELL = "\x1d", "\x1e"
# Where a part of a row begins, behind what is left out, with a sign or with what may be one; or a
# cell with what none may begin with. In rows without such a place nothing is to be done, as in
# nearly all. Of much that is left out the end is not sought: each line's end in it begins a part.
_SUSPECT = re.compile(
    r"[;,|\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]"
    r"(?:[\x00-\x20\x7f\"]{0,63}+[=+\-@\x80-\U0010ffff]"
    r"|[\x00-\x20\x7f\"]{64}|(?<=[\x1d\x1e])[\t\r])"
)
# So many rows are sent at once, unless so many seconds have gone by: one alone costs as much.
PART_ROWS = 150
PART_SECONDS = 0.25
_QUOTE = '"'
_END_OF_LINE = f"{_QUOTE}\r\n"
_BETWEEN_LINES = f"{_END_OF_LINE}{_QUOTE}"
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")


def csv_answer(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Stream rows as a file that is called after what it holds and the present moment.

    The first row is read at once: what cannot be read at all is no file, but an error page.
    """
    headers = {"Content-Disposition": _called(name, "csv")}
    rest = iter(rows)
    parts = csv_parts(columns, chain(list(islice(rest, 1)), rest))
    response = StreamingHttpResponse(parts, content_type="text/csv; charset=utf-8", headers=headers)
    add_never_cache_headers(response)
    return response


def _called(name: str, ending: str) -> str:
    file_name = timezone.localtime().strftime(f"{name}-%Y-%m-%d-%H%M.{ending}")
    return f'attachment; filename="{file_name}"'


def xlsx_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Send some thousands of rows as a workbook, whole: a part of one cannot be opened."""
    # What makes workbooks takes a fifth of a process's start, and few processes make any.
    from piggyadmin.ui.workbooks import workbook  # noqa: PLC0415

    content = workbook(chain([columns], rows))
    headers = {"Content-Disposition": _called(name, "xlsx")}
    response = HttpResponse(content, content_type=XLSX, headers=headers)
    add_never_cache_headers(response)
    return response


def csv_parts(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Write rows as lines of CSV, below their columns' names, as many at once as are worth sending.

    When reading fails halfway, the last line says so, and the error ends the answer before its end,
    so that neither a person nor a program takes a part for the whole.
    """
    return _parts(columns, rows, str(get_format("DECIMAL_SEPARATOR")))


def _parts(columns: Sequence[str], rows: Iterable[Sequence[Any]], mark: str) -> Iterator[str]:
    between = '";"' if mark == "," else '","'
    yield "\ufeff" + _line(map(harmless, columns), between)
    waiting: list[Sequence[Any]] = []
    begun = time.monotonic()
    try:
        for row in rows:
            waiting.append(row)
            if len(waiting) >= PART_ROWS or time.monotonic() - begun > PART_SECONDS:
                yield _lines(waiting, between, mark)
                waiting, begun = [], time.monotonic()
    except Exception:
        words = gettext("INCOMPLETE: reading failed here. Make this file again.")
        yield _lines(waiting, between, mark) + _line([words], between)
        raise
    if waiting:
        yield _lines(waiting, between, mark)


def _lines(rows: Sequence[Sequence[Any]], between: str, mark: str) -> str:
    """Write rows as lines; where not all can be written as they are, each by itself."""
    if plain := _plain_lines(rows, between):
        return plain
    return "".join(
        _plain_lines([row], between) or _line([_written(cell, mark) for cell in row], between)
        for row in rows
    )


def _plain_lines(rows: Sequence[Sequence[Any]], between: str) -> str:
    """Write, fast, rows of texts that can be written as they are, as most can; else nothing."""
    try:
        joined = "".join([f"{_ROW}{_CELL.join(row)}" for row in rows])
    except TypeError:
        return ""  # numbers are in it, or nothing
    cells = sum(map(len, rows))
    is_whole = joined.count(_ROW) == len(rows) and joined.count(_CELL) == cells - len(rows)
    if not is_whole or _SUSPECT.search(joined):
        return ""
    quoted = joined[1:].replace(_QUOTE, _QUOTE * 2)
    return f'"{quoted.replace(_CELL, between).replace(_ROW, _BETWEEN_LINES)}{_END_OF_LINE}'


def _line(cells: Iterable[str], between: str) -> str:
    """Write a line of CSV, every cell in quotes."""
    return f'"{between.join([cell.replace(_QUOTE, _QUOTE * 2) for cell in cells])}{_END_OF_LINE}'


def _written(cell: Any, mark: str) -> str:
    """Write a cell; numbers stay numbers."""
    if isinstance(cell, float | Decimal):
        return str(cell).replace(".", mark)
    text = str(cell)
    return text if _NUMBER.fullmatch(text) else harmless(text)


def harmless(text: str) -> str:
    """Put an apostrophe before whatever could begin a formula, in this cell or in a part of it."""
    parts = "".join(_defused(part) for part in _SEPARATORS.split(text))
    return f"'{parts}" if text.startswith(("\t", "\r")) else parts


def _defused(part: str) -> str:
    for at, sign in enumerate(part):
        if unicodedata.normalize("NFKC", sign)[:1] in FORMULA_SIGNS:
            return f"{part[:at]}'{part[at:]}"
        if sign != '"' and unicodedata.category(sign) not in _LEFT_OUT:
            break
    return part

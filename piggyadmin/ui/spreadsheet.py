"""Lists as files for a spreadsheet: CSV, sent while it is read, and workbooks; never as formulas.

Of CSV, separator and decimal sign are those of the reader's language, as their spreadsheet expects.
"""

import re
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from itertools import chain, islice
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.formats import get_format
from django.utils.translation import gettext
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, TYPE_STRING

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A spreadsheet takes what begins with one of these for a formula, however wide it is written.
FORMULA_SIGNS = ("=", "+", "-", "@", "\N{MINUS SIGN}")
# Where a spreadsheet may begin a cell, whichever separator it was told, quoted or not.
_SEPARATORS = re.compile(r"([;,|\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029])")
# Characters that it may leave out before a cell's text: spaces, and what nobody can see.
_LEFT_OUT = {"Cc", "Cf", "Zs"}
# Where a part of a row begins, behind what is left out, with a sign or with what may be one: in a
# row without such a place nothing is to be done, as in nearly all.
_SUSPECT = re.compile(
    r"[;,|\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]"
    r"[\x00-\x20\x7f\"]*+[=+\-@\x80-\U0010ffff]"
)
_BETWEEN_CELLS = "\x1e"
# What no cell may begin with either.
_TAB, _RETURN = f"{_BETWEEN_CELLS}\t", f"{_BETWEEN_CELLS}\r"
# So much is sent at once, unless so many seconds have gone by: a line alone costs as much to send.
PART_CHARACTERS = 64 * 1024
PART_SECONDS = 0.25
_QUOTE = '"'
_NUMBER = re.compile(r"-?[0-9]+([.,][0-9]+)?")


def csv_answer(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Stream rows as a file that is called after what it holds and the present moment.

    The first row is read at once: what cannot be read at all is no file, but an error page.
    """
    headers = {"Content-Disposition": _called(name, "csv")}
    rest = iter(rows)
    lines = csv_lines(columns, chain(list(islice(rest, 1)), rest))
    response = StreamingHttpResponse(
        parts_of(lines), content_type="text/csv; charset=utf-8", headers=headers
    )
    add_never_cache_headers(response)
    return response


def _called(name: str, ending: str) -> str:
    file_name = timezone.localtime().strftime(f"{name}-%Y-%m-%d-%H%M.{ending}")
    return f'attachment; filename="{file_name}"'


def xlsx_answer(name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """Send some thousands of rows as a workbook, whole: a part of one cannot be opened."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in chain([columns], rows):
        sheet.append([_as_cell(sheet, cell) for cell in row])
    file = BytesIO()
    book.save(file)
    headers = {"Content-Disposition": _called(name, "xlsx")}
    response = HttpResponse(file.getvalue(), content_type=XLSX, headers=headers)
    add_never_cache_headers(response)
    return response


def _as_cell(sheet: Any, value: Any) -> Any:
    """Write a text as a text, whatever it begins with, without what no workbook can hold."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = TYPE_STRING
    return cell


def parts_of(lines: Iterator[str]) -> Iterator[str]:
    """Put lines together to parts that are worth sending; the first line is sent at once.

    Where reading fails, what was read before is sent first.
    """
    yield from islice(lines, 1)
    part, size, begun = [], 0, time.monotonic()
    try:
        for line in lines:
            part.append(line)
            size += len(line)
            if size > PART_CHARACTERS or time.monotonic() - begun > PART_SECONDS:
                yield "".join(part)
                part, size, begun = [], 0, time.monotonic()
    except Exception:
        yield "".join(part)
        raise
    if part:
        yield "".join(part)


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Write rows as lines of CSV, below their columns' names.

    When reading fails halfway, the last line says so, and the error ends the answer before its end,
    so that neither a person nor a program takes a part for the whole.
    """
    return _lines(columns, rows, str(get_format("DECIMAL_SEPARATOR")))


def _lines(columns: Sequence[str], rows: Iterable[Sequence[Any]], mark: str) -> Iterator[str]:
    between = '";"' if mark == "," else '","'
    yield "\ufeff" + _line(columns, between)
    try:
        for row in rows:
            yield _plain_line(row, between) or _line(
                [_written(cell, mark) for cell in row], between
            )
    except Exception:
        words = gettext("INCOMPLETE: reading failed here. Make this file again.")
        yield _line([words], between)
        raise


def _plain_line(row: Sequence[Any], between: str) -> str:
    """Write, fast, a row of texts that can be written as they are, as most can; else nothing."""
    try:
        joined = _BETWEEN_CELLS.join(("", *row))
    except TypeError:
        return ""  # numbers are in it, or nothing
    is_suspect = _SUSPECT.search(joined) or _TAB in joined or _RETURN in joined
    if is_suspect or joined.count(_BETWEEN_CELLS) != len(row):
        return ""
    return f'"{joined[1:].replace(_QUOTE, _QUOTE * 2).replace(_BETWEEN_CELLS, between)}"\r\n'


def _line(cells: Iterable[str], between: str) -> str:
    """Write a line of CSV, every cell in quotes."""
    return f'"{between.join([cell.replace(_QUOTE, _QUOTE * 2) for cell in cells])}"\r\n'


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

"""Rows of the first sheet of an Excel workbook, read as they are needed.

Formulas are never evaluated: what Excel last saved of them is read. Of joined cells only the first
has a value. A file that unpacks to far more than it is, is refused before any of it is unpacked.
"""

import math
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile, ZipInfo

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from piggyadmin.bulk.parsing.cells import MOST_FIGURES
from piggyadmin.bulk.parsing.types import (
    MOST_ROW_BYTES,
    MOST_SHARED_BYTES,
    MOST_TEXT_BYTES,
    MOST_UNPACKED_BYTES,
    Cell,
    ListRow,
    Remark,
    Trouble,
    UnreadableError,
)

MOST_PARTS = 2000
# Excel itself has no more. The library gives every row before the last one, also those that a file
# of some bytes only has by number.
LAST_ROW = 1_048_576
_CHUNK = 256 * 1024
_SHEETS = "xl/worksheets/"
# What openpyxl raises where a workbook is not what it should be.
_BROKEN = (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, TypeError, OSError)
_ODDITIES = {b"<mergeCell ": Remark.JOINED_CELLS, b"<f>": Remark.FORMULAS, b"<f ": Remark.FORMULAS}


def inspect(file: BinaryIO) -> list[Remark]:
    """Refuse what unpacks to more than can be read, and tell what is odd about the cells.

    What the directory of the file says of sizes counts: the library reads no further than that.

    Raises:
        UnreadableError: it is too large, or broken.
    """
    file.seek(0)
    try:
        with ZipFile(file) as packed:
            parts = packed.infolist()
            _insist_on_size(parts)
            sheets = [part for part in parts if part.filename.startswith(_SHEETS)]
            found = {remark for part in sheets for remark in _scan(packed, part)}
    except (BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError):
        raise UnreadableError(Trouble.BROKEN_SHEET) from None
    return sorted(found)


def _insist_on_size(parts: Sequence[ZipInfo]) -> None:
    shared = sum(
        part.file_size
        for part in parts
        if part.filename.endswith(".xml") and not part.filename.startswith(_SHEETS)
    )
    unpacked = sum(part.file_size for part in parts)
    is_too_much = unpacked > MOST_UNPACKED_BYTES or shared > MOST_SHARED_BYTES
    if is_too_much or len(parts) > MOST_PARTS:
        raise UnreadableError(Trouble.UNPACKS_TOO_LARGE)


def _scan(packed: ZipFile, part: ZipInfo) -> Iterator[Remark]:
    """Look through a sheet once, in small pieces, before anything builds rows of it."""
    since_tag = since_row = 0
    with packed.open(part) as sheet:
        while chunk := sheet.read(_CHUNK):
            since_tag = _gap(chunk, b"<", since_tag, MOST_TEXT_BYTES)
            since_row = _gap(chunk, b"<row", since_row, MOST_ROW_BYTES)
            yield from (remark for mark, remark in _ODDITIES.items() if mark in chunk)


def _gap(chunk: bytes, mark: bytes, before: int, most: int) -> int:
    """Give the bytes since a mark, at the end of a chunk; `before` is that at its beginning.

    Raises:
        UnreadableError: somewhere they are too many.
    """
    first, *rest = map(len, chunk.split(mark))
    gaps = [before + first, *rest]
    if max(gaps) > most:
        raise UnreadableError(Trouble.UNPACKS_TOO_LARGE)
    return gaps[-1]


def xlsx_rows(file: BinaryIO) -> Iterator[ListRow]:
    """Give the rows that have something in them, with their numbers in the sheet.

    The file must have been inspected.

    Raises:
        UnreadableError: it is no workbook.
    """
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            yield from _rows_of(book.worksheets[0])
        finally:
            book.close()
    except IndexError:
        raise UnreadableError(Trouble.EMPTY) from None
    except UnreadableError:
        raise
    except _BROKEN:
        raise UnreadableError(Trouble.BROKEN_SHEET) from None


def _rows_of(sheet: Any) -> Iterator[ListRow]:
    # What the sheet says of its own size may be wrong, and is often as large as can be.
    sheet.reset_dimensions()
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > LAST_ROW:
            raise UnreadableError(Trouble.TOO_MANY_ROWS)
        cells = _without_end([_as_cell(value) for value in values])
        if cells:
            yield ListRow(number, cells)


def _without_end(cells: Sequence[Cell]) -> list[Cell]:
    """Leave out the empty cells behind the last that is filled."""
    last = max((place for place, cell in enumerate(cells, 1) if cell != ""), default=0)
    return list(cells[:last])


def _as_cell(value: Any) -> Cell:
    """Write a value as a person would type it; numbers stay numbers."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case int() | float() if math.isfinite(value):
            is_whole = value == int(value) and abs(value) < MOST_FIGURES
            return int(value) if is_whole else value
        case datetime():
            return _moment(value)
    return str(value).strip()


def _moment(value: datetime) -> str:
    """Write a day as a day, and a moment to the minute."""
    if value.time() == time():
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="minutes")

"""What kind of file it is, by its content alone: names and what browsers say prove nothing."""

import codecs
import csv
from collections import Counter
from itertools import islice
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from piggyadmin.bulk.parsing.types import FileKind, TableFormat, Trouble, UnreadableError

DELIMITERS = (";", ",", "\t", "|", ":")
# Offered beside what is guessed.
ENCODINGS = ("utf-8", "utf-16", "cp1252", "iso-8859-15", "cp850", "mac-roman")
# So many bytes are enough to guess by, and so many rows.
HEAD_BYTES = 64 * 1024
HEAD_ROWS = 30
_CHUNK = 1024 * 1024
# Of a text at most one character in so many is a control character.
_FEW = 200

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"\0\0\1\0")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ARCHIVE = b"PK\x03\x04"
_WORKBOOK = "xl/workbook.xml"


def guess_format(file: BinaryIO) -> TableFormat:
    """Guess how a file is to be read.

    Raises:
        UnreadableError: it holds no rows.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if not head.strip():
        raise UnreadableError(Trouble.EMPTY)
    if head.startswith(_ARCHIVE):
        _insist_on_workbook(file)
        return TableFormat(FileKind.XLSX)
    encoding = _guess_encoding(file, head)
    _refuse_others(head, encoding)
    text = decoded(head, encoding)
    delimiter = guess_delimiter(text)
    return TableFormat(FileKind.CSV, encoding, delimiter, _seems_named(text, delimiter))


def decoded(head: bytes, encoding: str) -> str:
    """Read the beginning of a text, in which a last character may be cut off."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    return decoder.decode(head).lstrip("\ufeff")


def _insist_on_workbook(file: BinaryIO) -> None:
    try:
        with ZipFile(file) as packed:
            names = set(packed.namelist())
    except BadZipFile:
        raise UnreadableError(Trouble.BROKEN_SHEET) from None
    if _WORKBOOK not in names:
        raise UnreadableError(Trouble.OTHER_ARCHIVE)


def _refuse_others(head: bytes, encoding: str) -> None:
    """Refuse what is no text, each kind with its own words."""
    if head.startswith(_OLD_EXCEL):
        raise UnreadableError(Trouble.OLD_EXCEL)
    if head.startswith(b"%PDF"):
        raise UnreadableError(Trouble.PDF)
    is_text = _is_text(decoded(head, encoding))
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    if is_webp or (head.startswith(_PICTURES) and not is_text):
        raise UnreadableError(Trouble.PICTURE)
    if not is_text:
        raise UnreadableError(Trouble.NO_TEXT)


def _is_text(text: str) -> bool:
    controls = sum(c < " " and c not in "\t\r\n\f\v" for c in text)
    return controls * _FEW <= len(text)


def _guess_encoding(file: BinaryIO, head: bytes) -> str:
    """Go by a mark at the beginning, then by zeros; else it is UTF-8 if all of it can be."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    zeros = Counter(place % 2 for place, byte in enumerate(head) if not byte)
    if zeros.total() * 4 > len(head) and max(zeros.values()) > zeros.total() * 0.9:
        return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
    return "utf-8" if _is_utf8(file) else "cp1252"


def _is_utf8(file: BinaryIO) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := file.read(_CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def guess_delimiter(text: str) -> str:
    """Take the separator by which most rows have the same number of columns, and several."""
    return max(DELIMITERS, key=lambda each: _agreement(text, each))


def _agreement(text: str, delimiter: str) -> tuple[float, int]:
    """Give the share of the rows that have as many columns as most have, and how many."""
    sizes = Counter(len(cells) for cells in head_rows(text, delimiter))
    if not sizes:
        return 0.0, 0
    size, number = max(sizes.items(), key=lambda pair: (pair[1], pair[0]))
    return (number / sizes.total(), size) if size > 1 else (0.0, 1)


def head_rows(text: str, delimiter: str) -> list[list[str]]:
    """Give the first rows of a text that have something in them."""
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    try:
        return list(islice((cells for cells in reader if any(map(str.strip, cells))), HEAD_ROWS))
    except csv.Error:
        return []


def _seems_named(text: str, delimiter: str) -> bool:
    """Tell whether the first row holds the columns' names, and is no row like the others."""
    rows = head_rows(text, delimiter)
    return not rows or looks_named(rows[0])


def looks_named(cells: list[str]) -> bool:
    """Tell whether cells can be the names of columns: no addresses and no numbers."""
    return not any("@" in cell or cell.strip().replace(".", "").isdecimal() for cell in cells)

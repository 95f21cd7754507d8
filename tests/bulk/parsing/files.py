"""Files as people have them."""

import io
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook


def sheet(*rows: list[Any], joined: str = "") -> io.BytesIO:
    """Make a workbook with these rows."""
    book = Workbook()
    page = book.active
    for row in rows:
        page.append(row)
    if joined:
        page.merge_cells(joined)
    file = io.BytesIO()
    book.save(file)
    return file


def changed(workbook: io.BytesIO, name: str, content: bytes) -> io.BytesIO:
    """Put something else in place of a part of a workbook."""
    file = io.BytesIO()
    with ZipFile(workbook) as old, ZipFile(file, "w", ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, content if part.filename == name else old.read(part))
    return file

"""Rows of a CSV file, read as they are needed."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from piggyadmin.bulk.parsing.types import ListRow, TableFormat, Trouble, UnreadableError


def csv_rows(file: BinaryIO, form: TableFormat) -> Iterator[ListRow]:
    """Give the rows that have something in them, with the line on which each ends.

    What cannot be read in the encoding becomes the replacement character, by which it is found.

    Raises:
        UnreadableError: it cannot be taken apart from some line on, or is in another encoding.
    """
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=form.encoding, errors="replace", newline="")
    reader = csv.reader(text, delimiter=form.delimiter)
    try:
        for cells in reader:
            values = [_without_mark(cell).strip() for cell in cells]
            if any(values):
                yield ListRow(reader.line_num, list(values))
    except csv.Error:
        raise UnreadableError(Trouble.BROKEN_LINE, reader.line_num) from None
    except UnicodeError:  # UTF-16 insists on the mark at its beginning
        raise UnreadableError(Trouble.OTHER_ENCODING) from None
    finally:
        if not file.closed:  # else it is closed with it, later, when nobody reads it any more
            text.detach()


def _without_mark(cell: str) -> str:
    """Take off the mark that says how a text is written; files glued together have several."""
    return cell.lstrip("\ufeff")

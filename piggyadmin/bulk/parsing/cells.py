"""What spreadsheets do to what was typed into them, undone where it can be, else found."""

import re
from datetime import date, timedelta

from piggyadmin.bulk.parsing.types import Cell

UNREADABLE = "\ufffd"
# A spreadsheet keeps fifteen figures of a number, and none of the rest.
MOST_FIGURES = 10**15
_SHORTENED = re.compile(r"[0-9][.,][0-9]+E\+[0-9]{2}", re.IGNORECASE)
# Spreadsheets count days from here; serial numbers of the years 1950 to 2100.
_DAY_ZERO = date(1899, 12, 30)
_DAYS = range(18_264, 73_415)
_FORMULA_SIGNS = "=+-@"


def as_typed(cell: Cell) -> Cell:
    """Take off the apostrophe that keeps a text from being taken for a formula."""
    if isinstance(cell, str) and cell.startswith("'") and cell[1:2] in {*_FORMULA_SIGNS, "0"}:
        return cell[1:]
    return cell


def is_unreadable(cell: Cell) -> bool:
    """Tell whether a cell holds what could not be read in the encoding of the file."""
    return isinstance(cell, str) and UNREADABLE in cell


def is_shortened(cell: Cell) -> bool:
    """Tell whether a spreadsheet has left out figures of a long number, such as a card's."""
    if isinstance(cell, str):
        return _SHORTENED.fullmatch(cell) is not None
    return abs(cell) >= MOST_FIGURES


def as_day(cell: Cell) -> Cell:
    """Write the number by which a spreadsheet means a day as that day."""
    text = str(cell)
    if text.isascii() and text.isdecimal() and int(text) in _DAYS:
        return (_DAY_ZERO + timedelta(days=int(text))).isoformat()
    return cell

"""What is read of a file of rows, and what can be wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

# What one file may hold. A spreadsheet is packed: so many bytes it may be unpacked.
MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 100_000
MOST_COLUMNS = 200
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
# All but the cells themselves is held in memory at once, and so is each row and each text.
MOST_SHARED_BYTES = 40 * 1024 * 1024
MOST_ROW_BYTES = 4 * 1024 * 1024
MOST_TEXT_BYTES = 1024 * 1024
MOST_CELL_LENGTH = 10_000

# Numbers of a spreadsheet stay numbers: their decimals need not be guessed.
Cell = str | int | float


class Trouble(StrEnum):
    """Why a file cannot be read."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    PICTURE = "picture"
    PDF = "pdf"
    OLD_EXCEL = "old-excel"
    OTHER_ARCHIVE = "other-archive"
    NO_TEXT = "no-text"
    OTHER_ENCODING = "other-encoding"
    UNPACKS_TOO_LARGE = "unpacks-too-large"
    BROKEN_SHEET = "broken-sheet"
    BROKEN_LINE = "broken-line"
    TOO_MANY_ROWS = "too-many-rows"
    TOO_MANY_COLUMNS = "too-many-columns"


class UnreadableError(ValueError):
    """The file cannot be read, or not from this line on."""

    def __init__(self, trouble: Trouble, line: int | None = None) -> None:
        super().__init__(trouble)
        self.trouble, self.line = trouble, line


class FileKind(StrEnum):
    """What rows are read from."""

    CSV = "csv"
    XLSX = "xlsx"


@dataclass(frozen=True)
class TableFormat:
    """How a file is read: guessed, and changeable."""

    kind: FileKind
    encoding: str = ""
    delimiter: str = ""
    has_names: bool = True


class ListRow(NamedTuple):
    """A row, and where it stands in the file."""

    line: int
    cells: list[Cell]


class Remark(StrEnum):
    """What a reader should know of the columns of a file."""

    DOUBLE_NAME = "double-name"
    NO_NAME = "no-name"
    JOINED_CELLS = "joined-cells"
    FORMULAS = "formulas"


@dataclass(frozen=True)
class ListTable:
    """The columns of a file, what is odd about them, and its rows as they are read."""

    columns: list[str]
    remarks: list[tuple[Remark, str]]
    rows: Iterator[ListRow]

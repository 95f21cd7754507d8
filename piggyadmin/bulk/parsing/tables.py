"""A file of rows with the names of its columns: CSV or Excel, read row by row."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import BinaryIO

from piggyadmin.bulk.parsing.csv_rows import csv_rows
from piggyadmin.bulk.parsing.types import (
    MOST_CELL_LENGTH,
    MOST_COLUMNS,
    MOST_ROWS,
    Cell,
    FileKind,
    ListRow,
    ListTable,
    Remark,
    TableFormat,
    Trouble,
    UnreadableError,
)


def open_table(file: BinaryIO, form: TableFormat) -> ListTable:
    """Read the names of the columns, and give the rows as they are asked for.

    Raises:
        UnreadableError: it cannot be read, or holds no row; later, that it is too long.
    """
    rows, oddities = _opened(file, form)
    first = next(rows, None)
    if first is None:
        raise UnreadableError(Trouble.EMPTY)
    if len(first.cells) > MOST_COLUMNS:
        raise UnreadableError(Trouble.TOO_MANY_COLUMNS)
    columns, remarks = named(first.cells if form.has_names else [""] * len(first.cells))
    if not form.has_names:
        return ListTable(columns, oddities, _counted(chain([first], rows)))
    return ListTable(columns, [*remarks, *oddities], _counted(rows))


def _opened(
    file: BinaryIO, form: TableFormat
) -> tuple[Iterator[ListRow], list[tuple[Remark, str]]]:
    """Give the rows of a file, and what is odd about it."""
    if form.kind != FileKind.XLSX:
        return csv_rows(file, form), []
    # What reads workbooks takes a fifth of a process's start, and few processes read any.
    from piggyadmin.bulk.parsing.xlsx_rows import inspect, xlsx_rows  # noqa: PLC0415

    return xlsx_rows(file), [(remark, "") for remark in inspect(file)]


def named(cells: Sequence[Cell]) -> tuple[list[str], list[tuple[Remark, str]]]:
    """Name each column once: one without a name by its place, one that comes twice by number."""
    columns: list[str] = []
    remarks: list[tuple[Remark, str]] = []
    seen: dict[str, int] = {}
    for place, cell in enumerate(cells, 1):
        name = " ".join(str(cell).split())[:100]
        if not name:
            name = f"#{place}"
            remarks.append((Remark.NO_NAME, name))
        number = seen[name.casefold()] = seen.get(name.casefold(), 0) + 1
        if number > 1:
            remarks.append((Remark.DOUBLE_NAME, name))
            name = f"{name} ({number})"
        columns.append(name)
    return columns, remarks


def _counted(rows: Iterator[ListRow]) -> Iterator[ListRow]:
    """Give rows as long as they are not too many, too wide or too long.

    Raises:
        UnreadableError: they are.
    """
    for number, row in enumerate(rows, 1):
        if number > MOST_ROWS:
            raise UnreadableError(Trouble.TOO_MANY_ROWS)
        if len(row.cells) > MOST_COLUMNS:
            raise UnreadableError(Trouble.TOO_MANY_COLUMNS, row.line)
        if any(len(cell) > MOST_CELL_LENGTH for cell in row.cells if isinstance(cell, str)):
            raise UnreadableError(Trouble.BROKEN_LINE, row.line)
        yield row

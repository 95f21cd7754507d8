"""Lists as files for a spreadsheet: CSV, sent while it is read, and never taken for formulas."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone

# A spreadsheet takes what begins with one of these for a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """Stream rows as a file that is called after what it holds and the present moment."""
    file_name = timezone.localtime().strftime(f"{name}-%Y-%m-%d-%H%M.csv")
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"'}
    lines = csv_lines(columns, rows)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Write rows as lines of CSV, below their columns' names."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([_harmless(cell) for cell in row])


def _harmless(cell: Any) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text

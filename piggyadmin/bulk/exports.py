"""The rows of a run as a file: all with what became of them, or those that failed, to mend."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext

from piggyadmin.bulk.actions import fields_of
from piggyadmin.bulk.models import BulkRow, BulkRowState, BulkRun, failed_states
from piggyadmin.ui.states import status_word

# So many rows are read from the database at once.
CHUNK = 2000


def outcome_columns(run: BulkRun) -> list[str]:
    """Name the columns of the file with what became of the rows."""
    told = (gettext("What became of it"), gettext("Remark"), gettext("Key in the ledger"))
    return [*run.columns, *told, *_answers(run)]


def outcome_rows(run: BulkRun) -> Iterator[Sequence[Any]]:
    """Give all rows, with what became of them."""
    answers = _answers(run)
    for row in _rows(run.rows.all()):
        key = row.submission_key(run) if row.state == BulkRowState.DONE else ""
        told = (status_word(row.state), row.words, key)
        found = (row.answer.get(name) for name in answers)
        yield [*_filled(run, row), *told, *("" if each is None else each for each in found)]


def failed_columns(run: BulkRun) -> list[str]:
    """Name the columns of the file to be mended: those of the list, and what was wrong."""
    return [*run.columns, gettext("What was wrong")]


def failed_rows(run: BulkRun) -> Iterator[Sequence[Any]]:
    """Give the rows that were not done, as they can be mended and uploaded again."""
    for row in _rows(run.rows.filter(state__in=failed_states(run))):
        yield [*_filled(run, row), row.words]


def _rows(rows: Any) -> Iterable[BulkRow]:
    found: Iterable[BulkRow] = rows.order_by("position").iterator(chunk_size=CHUNK)
    return found


def _filled(run: BulkRun, row: BulkRow) -> list[Any]:
    missing = len(run.columns) - len(row.cells)
    return [*row.cells[: len(run.columns)], *[""] * missing]


def _answers(run: BulkRun) -> list[str]:
    """Name what answers tell, as the first one that tells anything does."""
    told = run.rows.filter(state=BulkRowState.DONE).exclude(answer={}).order_by("position").first()
    return list(told.answer) if told else []


def template_columns(slug: str) -> list[str]:
    """Name the columns of an empty list for an action, as people call its fields."""
    return [str(field.label or name) for name, field in fields_of(slug).items()]

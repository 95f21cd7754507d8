"""Taking a run back where Piggy has a reverse: a run of the opposite action, with its own preview.

Its rows are those that were done, each with what its entry's `undo` fills into the opposite form.
They are checked, confirmed, approved and done like the rows of any list.
"""

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from django.utils import translation
from django.utils.translation import gettext

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action
from piggyadmin.actions.registry import get_action
from piggyadmin.actions.views import opposite, undoing
from piggyadmin.bulk.actions import fields_of
from piggyadmin.bulk.models import BulkRow, BulkRowState, BulkRun, BulkRunStatus
from piggyadmin.bulk.parsing.types import FileKind, ListRow
from piggyadmin.ledger import outcomes
from piggyadmin.ledger.models import Entry

# So many entries are read at once.
CHUNK = 500
# Nothing more is done of a run that is so.
OVER = (BulkRunStatus.DONE, BulkRunStatus.CANCELLED)


def opposite_of(run: BulkRun) -> Action[Any, Any] | None:
    """Give the action that takes the rows of a run back; None where nothing does."""
    action = get_action(run.action)
    return undoing(action) if type(action).undo is not Action.undo else None


def can_be_undone(run: BulkRun, person: User) -> bool:
    """Tell whether somebody may take a run back, and whether it has ended."""
    reverse = opposite_of(run)
    return run.status in OVER and reverse is not None and reverse.is_allowed_for(person)


def make_undo(run: BulkRun, reverse: Action[Any, Any], *, by: User) -> BulkRun:
    """Make the run that takes another one back; its rows are read when it is checked.

    Where the same run is taken back once more, its digest is the same, and people are warned.
    """
    fields = fields_of(reverse.slug)
    first = len(run.columns)
    return BulkRun.objects.create(
        person=by,
        person_name=by.name,
        language=translation.get_language(),
        action=reverse.slug,
        file_name=run.file_name,
        digest=sha256(f"undo {run.key}".encode()).hexdigest(),
        kind=FileKind.CSV,
        columns=[*run.columns, *(str(field.label or name) for name, field in fields.items())],
        chosen={name: first + place for place, name in enumerate(fields)},
        undoes=run,
    )


def rows_to_undo(run: BulkRun) -> Iterator[ListRow]:
    """Give the rows that `run` takes back: as they stood in the list, and the opposite form."""
    done, names = run.undoes, list(fields_of(run.action))
    if done is None:
        return
    width, place = len(run.columns) - len(names), 0
    rows = done.rows.filter(state=BulkRowState.DONE).order_by("position")
    while some := list(rows.filter(position__gt=place)[:CHUNK]):
        place = some[-1].position
        for row, typed in zip(some, _taking_back(done, some), strict=True):
            cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
            yield ListRow(row.line, [*cells, *(typed.get(name, "") for name in names)])


def _taking_back(done: BulkRun, rows: Sequence[BulkRow]) -> Iterator[dict[str, str]]:
    """Give what the opposite form is filled in with for each row; nothing where that cannot be."""
    action = get_action(done.action)
    keys = [row.submission_key(done) for row in rows]
    found = Entry.objects.filter(submission_key__in=keys).prefetch_related("events", "snapshots")
    entries = {entry.submission_key: entry for entry in found}
    for key in keys:
        entry = entries.get(key)
        typed = opposite(action, entry, outcomes.recall(action, entry)) if entry else None
        yield typed or {}


def why_not(run: BulkRun, row: BulkRow) -> str:
    """Say of a row that nothing takes it back; nothing where something does, or it is no undo."""
    if run.undoes_id is None or any(row.cells[at] for at in run.chosen.values()):
        return ""
    return gettext("Piggy has told nothing by which this could be taken back.")

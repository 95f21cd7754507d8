"""The dry run: every row through the action's own form, nothing sent.

What a form makes of a row is kept, and that is what is done later: nothing is looked up anew, and
nothing but what was shown can come of it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.actions.forms import ActionForm
from piggyadmin.actions.registry import get_action
from piggyadmin.bulk import actions as bulk_actions
from piggyadmin.bulk import undoing, uploads
from piggyadmin.bulk.models import BulkRow, BulkRowState, BulkRun, BulkRunStatus
from piggyadmin.bulk.parsing.cells import is_shortened, is_unreadable
from piggyadmin.bulk.parsing.tables import open_table
from piggyadmin.bulk.parsing.types import Cell, ListRow, UnreadableError
from piggyadmin.bulk.stored_values import read_value, write_value
from piggyadmin.bulk.totals import REPEATS, totals_of
from piggyadmin.bulk.wording import trouble_in_words
from piggyadmin.bulk_insert import batches, insert, update_rows
from piggyadmin.ledger import approvals
from piggyadmin.ledger.models import HAPPENED, OPEN, Entry
from piggyadmin.ledger.operations import Refused
from piggyadmin.piggy.client import PiggyClient, piggy_client
from piggyadmin.piggy.concurrency import gather
from piggyadmin.piggy.errors import PASSING, PiggyError
from piggyadmin.tasks.models import Run
from piggyadmin.ui.templatetags.ui import in_words

if TYPE_CHECKING:
    from piggyadmin.actions.base import Action

# So many rows are stored, and so many checked side by side, before it is told how far it is.
STORED_AT_ONCE = 500
CHECKED_AT_ONCE = 64
# What was done within so many days is found to be done again.
LOOKED_BACK = timedelta(days=7)
State = BulkRowState


def check(work: Run, run: BulkRun) -> None:
    """Read the rows of a run and check each; called again, it goes on where it was."""
    if not run.is_read and not _read(work, run):
        return
    checker = Checker(run)
    total, left = run.rows.count(), run.rows.filter(state=State.UNCHECKED)
    while rows := list(left.order_by("position")[:CHECKED_AT_ONCE]):
        checker.check(rows)
        work.heartbeat(progress=total - left.count(), of=total)
    find_repeats(run)
    BulkRun.objects.filter(pk=run.pk, status=BulkRunStatus.CHECKING).update(
        totals=totals_of(run) | objections_to_all(run, checker.piggy),
        status=BulkRunStatus.CHECKED,
        checked_at=timezone.now(),
        trouble="",
    )


def objections_to_all(run: BulkRun, piggy: PiggyClient) -> dict[str, str]:
    """Say what is in the way of all rows together, without what is repeated and with it.

    Raises:
        PiggyError: Piggy could not be asked.
    """
    action = get_action(run.action)
    asked = {"objection": (State.READY,), "objection_with_repeats": (State.READY, *REPEATS)}
    rows = {name: run.rows.filter(state__in=states) for name, states in asked.items()}
    return {
        name: action.objection_to_all(piggy, map(read_value, _stored_data(some)))
        for name, some in rows.items()
    }


def _stored_data(rows: QuerySet[BulkRow]) -> Iterator[Any]:
    return rows.order_by().values_list("data", flat=True).iterator()


# --- Reading the file ------------------------------------------------------------------------


def _read(work: Run, run: BulkRun) -> bool:
    """Store the rows of the file, all of them or none; False where it cannot be read.

    Whoever died over it left some, which are read anew. Nobody waits for one long transaction.
    """
    run.rows.all().delete()
    try:
        with _rows_of(run) as rows:
            _store(work, run, rows)
    except UnreadableError as error:
        run.rows.all().delete()
        words = trouble_in_words(error)
        BulkRun.objects.filter(pk=run.pk).update(status=BulkRunStatus.DRAFT, trouble=words)
        return False
    run.is_read = True
    run.save(update_fields=["is_read"])
    return True


@contextmanager
def _rows_of(run: BulkRun) -> Iterator[Iterator[ListRow]]:
    """Give the rows of the file, or of the run that this one takes back."""
    if run.undoes_id:
        yield undoing.rows_to_undo(run)
        return
    with uploads.opened(run) as file:
        yield open_table(file, run.table_format).rows


def _store(work: Run, run: BulkRun, rows: Iterator[ListRow]) -> None:
    position = 0
    while some := list(islice(rows, STORED_AT_ONCE)):
        made = [
            BulkRow(run=run, position=place, line=row.line, cells=row.cells)
            for place, row in enumerate(some, position + 1)
        ]
        insert(made)
        position += len(some)
        work.heartbeat()


# --- Checking --------------------------------------------------------------------------------


class Checker:
    """Checks rows of one run."""

    def __init__(self, run: BulkRun) -> None:
        self.run = run
        self.action: Action[Any, Any] = get_action(run.action)
        self.fields = bulk_actions.fields_of(run.action)
        self.choices = bulk_actions.choices_of(run.action)
        self.piggy: PiggyClient = piggy_client()

    def check(self, rows: list[BulkRow]) -> None:
        """Check rows side by side, and store what came of it.

        Raises:
            PiggyError: Piggy could not be asked; nothing is stored.
        """
        gather(*(partial(self._check_row, row) for row in rows))
        changed = ("state", "words", "data", "preview", "deduplication_key", "gives")
        update_rows(rows, [*changed, "wants_second_person"])

    def _check_row(self, row: BulkRow) -> None:
        row.state = State.FAULTY
        row.words = self._damage(row)
        if row.words:
            return
        typed = bulk_actions.filled_in(row.cells, self.run.chosen, self.fields, self.choices)
        form = self.action.form_class(_without_empty(typed), piggy=self.piggy)
        form.is_one_of_many = True
        form.offers_meant = False  # nobody is there to choose
        try:
            row.words = "" if form.is_valid() else self._errors(form)
            if not row.words:
                self._keep(row, form)
        except PASSING:
            raise
        except PiggyError as error:
            row.words = str(error.message)
        except Refused as refused:
            row.words = refused.words

    def _damage(self, row: BulkRow) -> str:
        """Say what happened to a row before it came here; nothing where it is whole."""
        if len(row.cells) > len(self.run.columns):
            return gettext("There are more cells than columns.")
        if words := undoing.why_not(self.run, row):
            return words
        used = [self.run.chosen.get(name) for name in self.fields]
        cells = [row.cells[at] for at in used if isinstance(at, int) and at < len(row.cells)]
        if any(map(is_unreadable, cells)):
            return gettext("It holds letters that cannot be read. Choose another encoding.")
        if any(map(is_shortened, cells)):
            return gettext(
                "A spreadsheet has shortened a long number here, and its last figures are lost. "
                "Have that column be text in the spreadsheet."
            )
        return ""

    def _errors(self, form: ActionForm) -> str:
        """Say what is wrong, each with its field."""
        told = []
        for name, errors in form.errors.items():
            words = " ".join(map(str, errors))
            label = form.fields[name].label if name in form.fields else ""
            told.append(f"{label}: {words}" if label else words)
        return " ".join(told)

    def _keep(self, row: BulkRow, form: ActionForm) -> None:
        """Keep what the form made of it, and what it would do."""
        action, data = self.action, form.action_data
        preview = action.preview(self.piggy, form.cleaned_data) if action.has_preview else None
        if objections := action.objections(form.cleaned_data, preview):
            raise Refused(objections)
        row.data = write_value(dict(data))
        row.preview = write_value(preview)
        row.gives = getattr(preview, "gives", None)
        row.deduplication_key = action.deduplication_key(data)
        row.wants_second_person = approvals.needs_second_person(
            action, data, preview, person=self.run.person
        )
        row.state = State.READY


def _without_empty(typed: Mapping[str, Cell]) -> dict[str, Cell]:
    """Leave empty cells out: a field that was not filled in is what it is where nobody does."""
    return {name: cell for name, cell in typed.items() if cell != ""}


# --- Repeats ---------------------------------------------------------------------------------


def find_repeats(run: BulkRun) -> None:
    """Mark rows that ask for the same as an earlier one, or as what was done lately."""
    ready = run.rows.filter(state=State.READY).order_by("position")
    first: dict[str, int] = {}
    repeated: list[tuple[int, int]] = []
    for pk, key, line in ready.values_list("pk", "deduplication_key", "line").iterator():
        if first.setdefault(key, line) != line:
            repeated.append((pk, first[key]))
    for some in batches(repeated):
        _mark_repeated(some)
    action, undone = get_action(run.action), run.undoes
    if undone or (action.is_deduplicated and not action.is_read):
        since = undone.begun_at if undone else timezone.now() - LOOKED_BACK
        for keys in batches(list(first)):
            _mark_done_before(run, keys, since)


def _mark_repeated(repeated: Iterable[tuple[int, int]]) -> None:
    words = gettext("The same stands in line %(line)s.")
    rows = [
        BulkRow(pk=pk, state=State.REPEATED, words=words % {"line": line}) for pk, line in repeated
    ]
    update_rows(rows, ["state", "words"])


def _mark_done_before(run: BulkRun, keys: Iterable[str], since: datetime | None) -> None:
    done = Entry.objects.filter(
        deduplication_key__in=list(keys),
        created_at__gte=since,
        status__state__in=OPEN | HAPPENED,
    )
    before = {entry.deduplication_key: entry for entry in done.order_by("pk")}
    for key, entry in before.items():
        words = gettext("%(person)s did the same on %(when)s.")
        told = words % {"person": entry.person_name, "when": in_words(entry.created_at)}
        rows = run.rows.filter(deduplication_key=key, state=State.READY)
        rows.update(state=State.DONE_BEFORE, words=told)


def reset(run: BulkRun) -> None:
    """Have the rows of a run read and checked anew."""
    BulkRun.objects.filter(pk=run.pk).update(is_read=False)
    run.rows.all().delete()


def problems_of(run: BulkRun, most: int = 10) -> list[tuple[str, int]]:
    """Give what is wrong with rows, the most frequent first, each with how many have it."""
    faulty = run.rows.filter(state=State.FAULTY).values_list("words", flat=True)
    return Counter(faulty.iterator()).most_common(most)

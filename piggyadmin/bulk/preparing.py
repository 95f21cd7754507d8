"""What is done with a list before its rows are checked: kept, read anew, its columns chosen."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from django.utils import translation

from piggyadmin.accounts.models import User
from piggyadmin.actions.base import Action
from piggyadmin.bulk import actions as bulk_actions
from piggyadmin.bulk import uploads
from piggyadmin.bulk.matching import match_columns
from piggyadmin.bulk.models import BulkRun, RememberedColumns
from piggyadmin.bulk.parsing.sniffing import guess_format
from piggyadmin.bulk.parsing.tables import open_table
from piggyadmin.bulk.parsing.types import MOST_BYTES, Cell, Trouble, UnreadableError
from piggyadmin.bulk.wording import remark_in_words

SAMPLE_ROWS = 3
# What is in columns is guessed by so many rows.
LOOKED_AT_ROWS = 50


class ListHead(NamedTuple):
    """The beginning of a list."""

    columns: list[str]
    remarks: list[str]
    samples: list[list[Cell]]


def keep_upload(
    file: BinaryIO, *, size: int, name: str, action: Action[Any, Any], person: User
) -> BulkRun:
    """Make a run of a list, with its format guessed and its columns matched.

    Raises:
        UnreadableError: it holds no rows.
    """
    if size > MOST_BYTES:
        raise UnreadableError(Trouble.TOO_LARGE)
    form = guess_format(file)
    run = BulkRun(
        person=person,
        person_name=person.name,
        language=translation.get_language(),
        action=action.slug,
        file_name=name[:255],
        digest=uploads.digest_of(file),
        kind=form.kind,
        encoding=form.encoding,
        delimiter=form.delimiter,
        has_names=form.has_names,
    )
    head = head_of(file, run, LOOKED_AT_ROWS)
    run.columns, run.chosen = head.columns, _matched(action, head)
    run.save()
    uploads.keep(run, file)
    return run


def head_of(file: BinaryIO, run: BulkRun, rows: int = SAMPLE_ROWS) -> ListHead:
    """Read the beginning of a list.

    Raises:
        UnreadableError: it cannot be read.
    """
    table = open_table(file, run.table_format)
    remarks = [remark_in_words(*remark) for remark in table.remarks]
    samples = [row.cells for row in islice(table.rows, rows)]
    return ListHead(table.columns, remarks, samples)


def _matched(action: Action[Any, Any], head: ListHead) -> dict[str, Any]:
    remembered = RememberedColumns.objects.filter(action=action.slug).first()
    names = remembered.names if remembered else {}
    wanted = bulk_actions.wanted_of(action.slug)
    return dict(match_columns(head.columns, head.samples, wanted, names))


def read_anew(run: BulkRun, action: Action[Any, Any]) -> None:
    """Read the columns of a run in another format, and match them.

    Raises:
        UnreadableError: it cannot be read like that; nothing is changed.
    """
    with uploads.opened(run) as file:
        head = head_of(file, run, LOOKED_AT_ROWS)
    run.columns, run.chosen, run.trouble = head.columns, _matched(action, head), ""
    run.save()


def choose(run: BulkRun, chosen: Mapping[str, Any]) -> None:
    """Keep which columns are which fields, for this run and for the next one of its action."""
    run.chosen = dict(chosen)
    run.save(update_fields=["chosen"])
    names = {name: run.columns[at] for name, at in chosen.items() if isinstance(at, int)}
    RememberedColumns.objects.update_or_create(action=run.action, defaults={"names": names})


def same_before(run: BulkRun) -> BulkRun | None:
    """Find the last run of the same action that was made of the very same list, and begun."""
    alike = BulkRun.objects.filter(action=run.action, digest=run.digest)
    return alike.exclude(pk=run.pk).exclude(begun_at=None).order_by("-begun_at").first()

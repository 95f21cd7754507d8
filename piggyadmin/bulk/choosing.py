"""Rows that were chosen somewhere in the console, as the text that a person would have pasted."""

import csv
import io
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from piggyadmin.bulk.exports import failed_columns, failed_rows
from piggyadmin.bulk.forms import MOST_PASTED
from piggyadmin.bulk.models import BulkRun
from piggyadmin.ledger.operations import Words

# What the first column of what is chosen in a list is called, by what is chosen there.
FIRST_COLUMNS: dict[str, Words] = {"contacts": _("Customer"), "codes": _("Voucher code")}
# Between what is chosen and what people call it.
BETWEEN = "|"


def chosen_text(posted: QueryDict) -> str:
    """Write what was chosen in a list; where nothing was, all of the list that came along.

    Nothing where it is no list that can be chosen from, or nothing stands in it.
    """
    kind = next((name for name in FIRST_COLUMNS if name in posted or f"all_{name}" in posted), "")
    chosen = posted.getlist(kind) or posted.get(f"all_{kind}", "").splitlines()
    rows = [each.split(BETWEEN, 1) for each in dict.fromkeys(chosen) if each.strip()]
    if not rows:
        return ""
    columns = [str(FIRST_COLUMNS[kind])]
    if any(len(row) > 1 for row in rows):
        columns.append(gettext("Name"))
    return _written(columns, rows)


def failed_text(run: BulkRun) -> str:
    """Write the rows of a run that were not done; nothing where they are too many to be pasted."""
    return _written(failed_columns(run), failed_rows(run))


def _written(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    for row in chain([columns], rows):
        writer.writerow(row)
        if text.tell() > MOST_PASTED:
            return ""
    return text.getvalue()

"""What the rows of a run come to: how many of each kind, and what their numbers add up to."""

from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import QuerySet, Sum
from django.db.models.functions import Abs

from piggyadmin.bulk.actions import fields_of
from piggyadmin.bulk.models import BulkRow, BulkRowState, BulkRun, counts_of
from piggyadmin.bulk.stored_values import read_value
from piggyadmin.ledger.operations import Words
from piggyadmin.ui.forms import NumberField

State = BulkRowState
# Rows that are done where nobody minds that they are repeated.
REPEATS = (State.REPEATED, State.DONE_BEFORE)


def totals_of(run: BulkRun) -> dict[str, Any]:
    """Add up the rows of a run as they were checked."""
    ready = run.rows.filter(state=State.READY)
    with_repeats = run.rows.filter(state__in=(State.READY, *REPEATS))
    return {
        "counts": counts_of(run),
        "sums": _sums(run),
        "gives": _moved(ready),
        "gives_with_repeats": _moved(with_repeats),
        "wants_second_person": with_repeats.filter(wants_second_person=True).exists(),
    }


def _moved(rows: QuerySet[BulkRow]) -> int | None:
    """Count the credits that change hands; taking as much is as much."""
    moved: int | None = rows.aggregate(moved=Sum(Abs("gives")))["moved"]
    return moved


def _sums(run: BulkRun) -> dict[str, list[str]]:
    """Add up each field of numbers; with it goes the number itself where it is always the same."""
    numbers = [name for name, field in fields_of(run.action).items() if _is_number(field)]
    sums = {name: Decimal() for name in numbers}
    each: dict[str, set[Decimal]] = {name: set() for name in numbers}
    rows = run.rows.filter(state=State.READY).values_list("data", flat=True)
    for data in rows.iterator() if numbers else ():
        read = read_value(data)
        for name in numbers:
            if read.get(name) is not None:
                sums[name] += read[name]
                # Two are enough to know that they differ.
                each[name] = {*list(each[name])[:2], Decimal(read[name])}
    return {name: [str(sums[name]), *_always(each[name])] for name in numbers if each[name]}


def _always(values: set[Decimal]) -> list[str]:
    return [str(value) for value in values] if len(values) == 1 else []


def _is_number(field: Any) -> bool:
    return isinstance(field, NumberField)


class ToldSum(NamedTuple):
    """What a field of numbers comes to, for people."""

    label: Words
    total: Decimal
    each: Decimal | None


def told_sums(run: BulkRun) -> list[ToldSum]:
    """Give what the numbers of a run come to."""
    fields = fields_of(run.action)
    return [
        ToldSum(
            fields[name].label or name,
            Decimal(total),
            Decimal(each[0]) if each else None,
        )
        for name, (total, *each) in run.totals.get("sums", {}).items()
        if name in fields
    ]

"""Pages of rows that the console itself has stored."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from piggyadmin.piggy.types import Page


def numbered_page(
    rows: QuerySet[Any] | Sequence[Any], number: str | None, size: int = 50
) -> Page[Any]:
    """Give one page of stored rows, as lists of Piggy's have them; nonsense is the first.

    Rows are counted only where there are more than one page of them.
    """
    if number in {None, "", "1"}:
        items = list(rows[: size + 1])
        has_more = len(items) > size
        last_page = Paginator(rows, size).num_pages if has_more else 1
        return Page(items=items[:size], page=1, last_page=last_page, has_more=has_more)
    found = Paginator(rows, size).get_page(number)
    return Page(
        items=list(found),
        page=found.number,
        last_page=found.paginator.num_pages,
        has_more=found.has_next(),
    )

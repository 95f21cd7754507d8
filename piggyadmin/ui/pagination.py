"""Pages of rows that the console itself has stored."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from piggyadmin.piggy.types import Page


def numbered_page(
    rows: QuerySet[Any] | Sequence[Any], number: str | None, size: int = 50
) -> Page[Any]:
    """Give one page of stored rows, as lists of Piggy's have them; nonsense is the first."""
    found = Paginator(rows, size).get_page(number)
    return Page(
        items=list(found),
        page=found.number,
        last_page=found.paginator.num_pages,
        has_more=found.has_next(),
    )

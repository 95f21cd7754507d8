"""What an endpoint hands back, and the four shapes in which lists tell their pages."""

import math
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet

from piggyadmin.sandbox.validation import MAX_INTEGER, Given

Row = TypeVar("Row", bound=Model)


class NoMeta:
    """Marks answers in which the API leaves `meta` out."""


NO_META: Final = NoMeta()
CREATED: Final = 201


@dataclass(frozen=True)
class Reply:
    """A success: the envelope's `data` and `meta`, what stands beside them, and the status."""

    data: Any
    meta: Any = field(default_factory=list)
    beside: dict[str, Any] = field(default_factory=dict)
    status: int = 200

    def envelope(self) -> dict[str, Any]:
        """Build the body."""
        meta = {} if isinstance(self.meta, NoMeta) else {"meta": self.meta}
        return {"data": self.data, **self.beside, **meta}


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows, and what is needed to say which."""

    rows: list[Row]
    page: int
    limit: int
    total: int
    # As the API does, the limit is given back the way it came: a string if it was in the query.
    limit_given: int | str

    @property
    def last_page(self) -> int:
        """Number of the last page, at least 1."""
        return max(1, math.ceil(self.total / self.limit)) if self.limit else 1

    @property
    def first_row(self) -> int | None:
        """Number of the first row shown, counting from 1; None on an empty page."""
        return (self.page - 1) * self.limit + 1 if self.rows else None

    @property
    def last_row(self) -> int | None:
        """Number of the last row shown; None on an empty page."""
        return (self.page - 1) * self.limit + len(self.rows) if self.rows else None


@dataclass(frozen=True)
class Slice:
    """Which page was asked for."""

    page: int
    limit: int
    limit_given: int | str

    @classmethod
    def read(
        cls,
        given: Given,
        *,
        default: int,
        least: int = 1,
        most: int = 100,
        limit_name: str = "limit",
    ) -> "Slice":
        """Read `page` and `limit`, which some lists call otherwise."""
        page = given.optional_integer("page", 1, MAX_INTEGER)
        limit = given.optional_integer(limit_name, least, most)
        as_given = given.get(limit_name)
        return cls(
            page=1 if page is None else page,
            limit=default if limit is None else limit,
            limit_given=default if as_given is None else as_given,
        )

    def of(self, matching: QuerySet[Row], shown: QuerySet[Row]) -> Page[Row]:
        """Cut the page out of `matching`, and fetch only its rows with all that `shown` adds."""
        start = (self.page - 1) * self.limit
        keys = matching.values("pk")[start : start + self.limit]
        order = matching.query.order_by or matching.model._meta.ordering or ()
        rows = list(shown.filter(pk__in=keys).order_by(*order))
        is_last = len(rows) < self.limit and (rows or not start)
        total = start + len(rows) if is_last else matching.order_by().count()
        return Page(rows, self.page, self.limit, total, self.limit_given)


def meta_a(page: Page[Any]) -> dict[str, Any]:
    """Pagination as of contacts, loyalty transactions and products."""
    return {
        "page": page.page,
        "limit": page.limit_given,
        "viewing_from": page.first_row or 0,
        "viewing_to": page.last_row or 0,
        "last_page": page.last_page,
        "total": page.total,
    }


def meta_b(page: Page[Any], path: str) -> dict[str, Any]:
    """Pagination as of vouchers and prepaid transactions: that of Laravel."""
    return {
        "current_page": page.page,
        "from": page.first_row,
        "last_page": page.last_page,
        "links": [
            {"url": _url(path, number), "label": str(number), "active": number == page.page}
            for number in _near(page)
        ],
        "path": path,
        "per_page": page.limit_given,
        "to": page.last_row,
        "total": page.total,
    }


def meta_c(page: Page[Any]) -> dict[str, Any]:
    """Pagination as of gift cards."""
    return {
        "page": page.page,
        "per_page": page.limit_given,
        "last_page": page.last_page,
        "total": page.total,
    }


def links_b(page: Page[Any], path: str) -> dict[str, Any]:
    """The `links` that stand beside `data` in the list of vouchers."""
    return {
        "first": _url(path, 1),
        "last": _url(path, page.last_page),
        "prev": _url(path, page.page - 1) if page.page > 1 else None,
        "next": _url(path, page.page + 1) if page.page < page.last_page else None,
    }


def _near(page: Page[Any]) -> range:
    return range(max(1, page.page - 3), min(page.last_page, page.page + 3) + 1)


def _url(path: str, number: int) -> str:
    return f"{path}?{urlencode({'page': number})}"

"""The API's paths: endpoints say with `@route` where they live."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from piggyadmin.sandbox.responses import Reply

Endpoint = TypeVar("Endpoint", bound=Callable[..., Reply])


@dataclass(frozen=True)
class Route:
    """One method on one path; `writes` makes the call a transaction."""

    method: str
    parts: tuple[str, ...]
    endpoint: Callable[..., Reply]
    writes: bool

    def match(self, parts: tuple[str, ...]) -> dict[str, str] | None:
        """Give the path's values when `parts` is this path."""
        values = {}
        for pattern, part in zip(self.parts, parts, strict=True):
            if pattern.startswith("{"):
                values[pattern[1:-1]] = part
            elif pattern != part:
                return None
        return values


# By number of parts, those with fewer placeholders first: `vouchers/find` before `vouchers/{uuid}`.
_ROUTES: dict[int, list[Route]] = {}


def route(method: str, path: str, *, writes: bool | None = None) -> Callable[[Endpoint], Endpoint]:
    """Make a function answer `method` on `path`, which is relative to the API's prefix."""

    def add(endpoint: Endpoint) -> Endpoint:
        parts = tuple(path.split("/"))
        does_write = method != "GET" if writes is None else writes
        routes = _ROUTES.setdefault(len(parts), [])
        routes.append(Route(method, parts, endpoint, does_write))
        routes.sort(key=lambda each: sum(part.startswith("{") for part in each.parts))
        return endpoint

    return add


@dataclass(frozen=True)
class Found:
    """What a path leads to; without a route only the methods that would have led somewhere."""

    route: Route | None
    values: dict[str, str]
    methods: list[str]


def find(method: str, path: str) -> Found:
    """Look a path up, tolerating a slash at its end."""
    parts = tuple(path.removesuffix("/").split("/"))
    methods: list[str] = []
    for each in _ROUTES.get(len(parts), []):
        values = each.match(parts)
        if values is None:
            continue
        if each.method == method:
            return Found(each, values, methods)
        methods.append(each.method)
    return Found(None, {}, sorted(set(methods)))

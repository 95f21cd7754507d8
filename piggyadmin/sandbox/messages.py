"""A request to the pretended API and its answer, free of any web framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

# A value as JSON brings it: text, number, boolean, list, map or nothing.
Json: TypeAlias = Any


class ConnectionDropped(Exception):  # noqa: N818  (it is no error here, it is the order)
    """The connection must end without an answer, as a fault was set to do."""


@dataclass(frozen=True)
class ApiRequest:
    """What arrived: `path` is decoded, `query` is not; header names in any case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str) -> str:
        """Give a header's value, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")


@dataclass(frozen=True)
class ApiAnswer:
    """What goes back."""

    status: int
    headers: dict[str, str]
    body: bytes

"""Reads bodies and query strings as PHP does: `options[0][label]=Red` becomes nested values."""

import re
from typing import Any
from urllib.parse import parse_qsl

from piggyadmin.sandbox.messages import Json

MAX_FIELDS = 5000
MAX_DEPTH = 16

_KEY = re.compile(r"^([^\[]+)((?:\[[^\]]*\])*)")


def parse_form(text: str) -> dict[str, Any]:
    """Read a form-encoded string; lists are maps whose keys count from 0.

    Raises:
        ValueError: there are too many fields, or one is not in UTF-8.
    """
    pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    tree: dict[str, Any] = {}
    for key, value in pairs:
        if not key:  # as PHP, which leaves these out
            continue
        _put(tree, _parts(key), value)
    return {key: _with_lists(value) for key, value in tree.items()}


def _parts(key: str) -> list[str]:
    match = _KEY.match(key)
    if match is None:
        return [key]
    inner = match[2][1:-1].split("][") if match[2] else []
    return [match[1], *inner][:MAX_DEPTH]


def _put(tree: dict[str, Any], parts: list[str], value: str) -> None:
    *way, last = parts
    for part in way:
        name = part or str(len(tree))
        inner = tree.get(name)
        if not isinstance(inner, dict):
            inner = tree[name] = {}
        tree = inner
    tree[last or str(len(tree))] = value


def _with_lists(value: Json) -> Json:
    if not isinstance(value, dict):
        return value
    if list(value) == [str(index) for index in range(len(value))]:
        return [_with_lists(item) for item in value.values()]
    return {key: _with_lists(item) for key, item in value.items()}

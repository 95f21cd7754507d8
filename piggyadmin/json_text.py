"""JSON that was written outside: every text in it can be stored, and be sent on.

JSON can write down what is no text: half of a surrogate pair, which is no UTF-8, and the character
0, which PostgreSQL refuses. Either stands as the sign for what cannot be read.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

# What is read may still be written down, deeper in the stack; nothing of sense is nested so far.
DEEPEST = 100
UNREADABLE = "\ufffd"
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
# As itself, or as an escape that may stand for it: a whole pair is written like that too.
_MAY_BE_NO_TEXT = re.compile(r"[\ud800-\udfff]|\\u(?:0000|[dD][89a-fA-F])")


def read_json(text: str | bytes, **options: Any) -> Any:
    """Read JSON; `options` are those of `json.loads`.

    Raises:
        ValueError: it is none.
        RecursionError: it is nested too deeply.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text), "surrogatepass")
    value = json.loads(text, **options)
    return storable(value) if _MAY_BE_NO_TEXT.search(text) else value


def read_flat_json(text: str | bytes, **options: Any) -> Any:
    """Read JSON of whoever may send what they like, nested no more than anything here can follow.

    Raises:
        ValueError: it is none, or nested deeper than `DEEPEST`.
    """
    try:
        value = read_json(text, **options)
    except RecursionError:
        raise ValueError from None
    level = [value]
    for _depth in range(DEEPEST):
        level = [inner for each in level for inner in _within(each)]
    if level:
        raise ValueError
    return value


def _within(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def storable(value: Any) -> Any:
    """Give a value of JSON in which every text is one."""
    if isinstance(value, str):
        return _NO_TEXT.sub(UNREADABLE, value)
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value


def indented(text: str) -> str:
    """Lay JSON out for people; what is none, or was cut, stays as it is."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text

"""No regular expression takes more than linear time, whatever text it meets.

Every expression of the project is found in its source, and run on hostile texts made of what it
itself looks for. Linear, that is over in milliseconds; anything more takes many seconds, so that
the limit, which counts this process's own time, is far from both.
"""

import ast
import re
import signal
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import piggyadmin
from piggyadmin.ui import spreadsheet

ROOT = Path(piggyadmin.__file__).parent
# Of a text this long a square is 400 million steps. Nothing accepted is as long in one field.
LENGTH = 20_000
SECONDS = 4.0
# Expressions that are put together while a function runs, by what they are called there; here as
# they become.
PUT_TOGETHER = {
    (
        "piggyadmin.ui.forms",
        "f\"{re.escape(name)}-([0-9]{{1,4}})-(?:{'|'.join(self.parts)})\"",
    ): r"lines-([0-9]{1,4})-(?:product|quantity|price)",
    # One of a tuple that stands in the module.
    ("piggyadmin.ui.forms", "pattern"): "",
    # An admin's own, for the sandbox; tested with the faults.
    ("piggyadmin.sandbox.faults", "self.path"): "",
    ("piggyadmin.sandbox.faults", "fault.path"): "",
}
ANCHORED = {"match", "fullmatch"}
USES = {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}


def modules() -> Iterator[tuple[ModuleType, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        text = path.read_text()
        if "import re\n" in text and "migrations" not in path.parts:
            name = ".".join(path.relative_to(ROOT.parent).with_suffix("").parts)
            yield import_module(name), ast.parse(text)


def used_in(
    module: ModuleType, tree: ast.Module
) -> Iterator[tuple[str, str | re.Pattern[str], bool]]:
    """Find what a module hands to `re` and what it holds compiled, and whether it searches."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        method = node.func.attr
        if ast.unparse(node.func.value) == "re" and method in USES:
            written = ast.unparse(node.args[0])
            yield written, made(module, written), method not in {"compile", *ANCHORED}
    for name, value in vars(module).items():
        for each in compiled(value):
            yield name, each, isinstance(value, tuple) or searches_with(name)


def made(module: ModuleType, written: str) -> str | re.Pattern[str]:
    try:
        found: str | re.Pattern[str] = eval(written, dict(vars(module)))  # noqa: S307
    except NameError:
        return PUT_TOGETHER[module.__name__, written]
    return found


def searches_with(name: str) -> bool:
    """Tell whether an expression of this name is put to more than matching a beginning."""
    used = all_calls()[name]
    return not used or bool(used & (USES - ANCHORED))


@cache
def all_calls() -> dict[str, set[str]]:
    """Give what is called on anything with a name, anywhere in the code."""
    calls: dict[str, set[str]] = defaultdict(set)
    for path in ROOT.rglob("*.py"):
        for name, method in re.findall(r"\b(\w+)\.([a-z]+)\(", path.read_text()):
            calls[name].add(method)
    return calls


def compiled(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from compiled(each)


EXPRESSIONS = {
    (pattern.pattern, pattern.flags, searches): f"{module.__name__} {name}"
    for module, tree in modules()
    for name, found, searches in used_in(module, tree)
    if (pattern := re.compile(found)).pattern
}


def pumps(written: str) -> list[str]:
    """Give what to repeat: characters that an expression tells apart, alone and by twos."""
    letters = [c for c in "a1@ .-,=:\"'/[]\\\t" if c in written or c in "a1 ."]
    words = re.findall(r"[a-z]{3,}", written)[:4]
    pairs = ["".join(pair) for pair in product(letters[:7], repeat=2)]
    return [*dict.fromkeys([*letters, *pairs, *words, "a@a ", "1 a", "10,", "[a]", "12345678-"])]


class TooSlowError(Exception):
    pass


@contextmanager
def limited(seconds: float = SECONDS) -> Iterator[None]:
    """End an expression that takes this much of the processor: it lets signals through."""

    def stop(*_args: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def run(pattern: re.Pattern[Any], *, searches: bool = True) -> None:
    """Meet every hostile text, as a whole and, where it is so used, anywhere."""
    is_text = isinstance(pattern.pattern, str)
    for pump in pumps(pattern.pattern if is_text else pattern.pattern.decode()):
        text = (pump * LENGTH)[:LENGTH]
        for hostile in (text, f"{text}!", f"1{text}\n"):
            met: Any = hostile if is_text else hostile.encode()
            pattern.fullmatch(met)
            pattern.match(met)
            if searches:
                pattern.sub(met[:0], met)


@pytest.mark.parametrize("key", EXPRESSIONS, ids=EXPRESSIONS.get)
def test_an_expression_takes_linear_time(key):
    with limited():
        run(re.compile(*key[:2]), searches=key[2])


@pytest.mark.parametrize(
    "slow", [r"(\s*(\S+@\S+|[0-9a-f]{8}))+", r"\d\D.*\b(\d{4})\b()", r"\s+$", r"(a+)+b"]
)
def test_slow_ones_are_found(slow):
    with pytest.raises(TooSlowError), limited(0.5):
        run(re.compile(slow))


def test_all_are_found():
    names = set(EXPRESSIONS.values())
    assert len(names) > 30
    assert any("duplicates.matching.normalisation" in name for name in names)


# --- In the browser --------------------------------------------------------------------------

STATIC = ROOT.parent / "static"
# A repeat that is followed by one of the same kind, or that a group repeats, could backtrack; what
# is not here has to be looked at.
IN_THE_BROWSER = {
    *(r"/\s+/g", r"/^\s*<!doctype/i", r"/-(\d+)-/", r"/^[a-z]$/"),
    "/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i",
}


def test_expressions_in_the_browser_are_known_ones():
    found = set()
    for path in STATIC.rglob("*.js"):
        code = re.sub(r"^\s*//.*$", "", path.read_text(), flags=re.MULTILINE)
        found |= set(re.findall(r"[(=,&|!] ?(/[^/*\n ][^/\n]*/[gimsuy]*)", code))
    assert found <= IN_THE_BROWSER
    for expression in found:
        with limited():
            run(re.compile(expression.strip("gi").strip("/"), re.IGNORECASE))


def test_a_part_of_a_file_is_looked_through_in_linear_time():
    """Rows are looked through together, which is longer than any field."""
    rows = [["\n" * 2_000, ""]] * spreadsheet.PART_ROWS
    with limited():
        parts = list(spreadsheet.csv_parts(["a", "b"], rows))
    assert "".join(parts).count("\n") == 2_000 * len(rows) + len(rows) + 1

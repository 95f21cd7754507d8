"""One name is one thing: whoever searches for a class finds it, and no other one."""

import ast
import re
from collections import Counter, defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent / "piggyadmin"
# Django wants these names; the sandbox is a program of its own that knows what Piggy knows.
NAMED_BY_DJANGO = {"Command", "Migration", "Meta"}
APART = "sandbox"
# Words of a language of our own, each of which once stood for what has a usual name.
PRIVATE = re.compile(
    r"(?:line|owner|wish(?:es)?|standing|likeness|books|acting|side_by_side|forgetting|readback|held_?back"
    r"|beat|keeper|later|sides|notices|reading|given|shapes|known|people|doubles"
    r"|knots|turns?|crumbs|requests)(?:\.py)?"
)
# Apps of the console, by what their pages are called.
APPS = {"people"}
MOST_LINES = 60


def console() -> dict[Path, ast.Module]:
    paths = (path for path in ROOT.rglob("*.py") if APART not in path.parts)
    return {path: ast.parse(path.read_text()) for path in paths}


def test_no_two_classes_have_one_name():
    places = defaultdict(list)
    for path, tree in console().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and node.name not in NAMED_BY_DJANGO:
                places[node.name].append(path.relative_to(ROOT).as_posix())
    assert len(places) > 400
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def named(tree: ast.Module) -> set[str]:
    """Give the classes and functions of a module that others may use."""
    nodes = [node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    return {node.name.lower() for node in nodes if not node.name.startswith("_")}


def test_no_word_is_of_a_language_of_our_own():
    modules = {
        path: {path.name, path.parent.name} | named(tree) for path, tree in console().items()
    }
    found = {
        (path.relative_to(ROOT).as_posix(), name)
        for path, names in modules.items()
        for name in names - APPS
        if PRIVATE.fullmatch(name)
    }
    assert found == set()


def test_no_function_is_long():
    long = {
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path, tree in console().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= MOST_LINES
    }
    assert long == set()


def test_one_function_carries_writes_out():
    functions = Counter(
        node.name
        for tree in console().values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    )
    assert functions["carry_out"] == 1


def test_no_two_functions_of_the_script_have_one_name():
    script = (ROOT.parent / "static" / "ui.js").read_text()
    # The later of two takes the place of the earlier, and nothing says so.
    names = Counter(re.findall(r"^  (?:async )?(?:function|const|let) (\w+)", script, re.MULTILINE))
    assert len(names) > 50
    assert [name for name, number in names.items() if number > 1] == []

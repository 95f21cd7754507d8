"""Gives each mutant the database as it was made, and the quickest of its area's tests first."""

import gc
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import get_resolver
from django.utils.module_loading import import_string

STATS = Path("mutmut-stats.json")


def pytest_sessionstart() -> None:
    """Put the databases back that the run began with, and load the pages once for all mutants."""
    home = Path(os.environ["PIGGYADMIN_TESTS_DATA_DIR"])
    for kept in home.glob("*.kept"):
        shutil.copy(kept, kept.with_suffix(""))
    get_resolver().url_patterns  # noqa: B018
    gc.freeze()  # what was there before is not looked through for garbage again by each


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Have the quickest tests first, as the first that fails ends it.

    Without a mutant one is enough: all of them ran just before, to learn which reaches what.
    """
    items[:] = filter(_is_of_area, items)
    if STATS.exists():
        seconds = json.loads(STATS.read_text())["duration_by_test"]
        items.sort(key=lambda item: seconds.get(item.nodeid, 0))
    if os.environ.get("MUTANT_UNDER_TEST") == "":
        del items[1:]
    return (yield)


def _is_of_area(item: pytest.Item) -> bool:
    """Leave out what a test that tries all actions says of those of other areas."""
    slug = item.callspec.params.get("slug") if hasattr(item, "callspec") else None
    if slug is None:
        return True
    # Imported by now, but not as early as this plugin is.
    operation = import_string("piggyadmin.ledger.operations.get_operation")(slug)
    module: str = type(operation).__module__
    return module.startswith(os.environ["PIGGYADMIN_MUTATED"])

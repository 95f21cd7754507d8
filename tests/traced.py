"""What coverage watches: just the files that have to be covered whole.

To watch a file makes every line of it slower, and most files are in no report.
"""

import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from coverage import CoveragePlugin

ROOT = Path(__file__).resolve().parent.parent
_SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["coverage"]
COVERED_WHOLE: list[str] = _SETTINGS["report"]["include"]


def has_to_be_covered(file: str) -> bool:
    """Tell whether a file, named from the root, has to be covered whole."""
    return any(fnmatch(file, pattern) for pattern in COVERED_WHOLE)


def is_traced(mirrored: str) -> bool:
    """Tell whether tests that mirror a file are traced: it has to be covered, and there is one.

    What goes through all actions, or through a browser, mirrors none. Beside an entity's actions a
    file of tests may stand for several of them.
    """
    is_there = (ROOT / mirrored).exists() or fnmatch(mirrored, "piggyadmin/*/actions/*")
    return is_there and has_to_be_covered(mirrored)


class OnlyWhatIsReported(CoveragePlugin):
    """Leaves out of watch what `coverage.report` does not include."""

    def configure(self, config: Any) -> None:
        """Omit each file that no pattern of the report fits, beside what is omitted anyway."""
        omitted, (source,) = config.get_option("run:omit"), config.get_option("run:source")
        files = [str(path.relative_to(ROOT)) for path in (ROOT / source).rglob("*.py")]
        others = [each for each in files if not has_to_be_covered(each)]
        config.set_option("run:omit", [*omitted, *others])


def coverage_init(registry: Any, options: Any) -> None:
    """Register the plugin: coverage calls this."""
    registry.add_configurer(OnlyWhatIsReported())

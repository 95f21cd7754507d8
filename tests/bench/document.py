"""`docs/performance.md`: what was measured, each part in a section of its own."""

import os
import platform
from datetime import date
from pathlib import Path

from tests.browser.console import ROOT

DOCUMENT = ROOT / "docs" / "performance.md"
TITLE = """# How long things take

As `make bench` and `make load` measured it; `WRITE_PERFORMANCE=1` writes a section anew.
"""
BETWEEN = "\n## "


def machine() -> str:
    """Say when and on what is measured, and how busy it is with other things."""
    day = date.today().isoformat()  # noqa: DTZ011  (that of whoever measures)
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{day}, Python {platform.python_version()}, {os.cpu_count()} processors, load {load}"


def write_section(name: str, text: str, document: Path = DOCUMENT) -> None:
    """Put what was measured in the place of what stood there, where that is wanted."""
    if not os.environ.get("WRITE_PERFORMANCE"):
        return
    written = document.read_text() if document.exists() else TITLE
    title, *sections = written.rstrip("\n").split(BETWEEN)
    known = dict(each.split("\n", 1) for each in sections) | {name: f"\n{text.strip()}\n"}
    parts = [title.rstrip("\n"), *(f"{each}\n{body}".rstrip("\n") for each, body in known.items())]
    document.write_text(f"\n{BETWEEN}".join(parts) + "\n")

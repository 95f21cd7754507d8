"""Compiling what was translated."""

import os
from pathlib import Path

import polib
import pytest

from piggyadmin.ui.catalogs import compile_catalogs

ROOT = Path(__file__).resolve().parent.parent.parent
TEXT = """msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Card"
msgstr "%s"

#, fuzzy
msgid "Unsure"
msgstr "Onzeker"
"""


@pytest.fixture
def catalog(tmp_path, settings) -> Path:
    settings.LOCALE_PATHS = [tmp_path]
    path: Path = tmp_path / "nl" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    path.write_text(TEXT % "Pas")
    return path


def compiled(catalog: Path) -> dict[str, str]:
    return {entry.msgid: entry.msgstr for entry in polib.mofile(str(catalog.with_suffix(".mo")))}


def test_compiles_what_is_sure(catalog):
    compile_catalogs()
    assert compiled(catalog) == {"Card": "Pas"}
    assert [path.suffix for path in sorted(catalog.parent.iterdir())] == [".mo", ".po"]


def test_compiles_anew_what_was_changed(catalog):
    compile_catalogs()
    catalog.write_text(TEXT % "Klantenpas")
    os.utime(catalog, (0, 0))
    compile_catalogs()
    assert compiled(catalog) == {"Card": "Pas"}
    os.utime(catalog)
    compile_catalogs()
    assert compiled(catalog) == {"Card": "Klantenpas"}


def test_the_console_speaks_what_its_catalogs_say():
    compile_catalogs()
    path = ROOT / "locale" / "nl" / "LC_MESSAGES" / "django.po"
    entries = {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.pofile(str(path))}
    read = polib.mofile(str(path.with_suffix(".mo")))
    assert {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in read} == entries

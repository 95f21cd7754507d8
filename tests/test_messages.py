"""Every language is complete: nothing that people read is untranslated."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGS = sorted(path.relative_to(ROOT) for path in ROOT.glob("locale/*/LC_MESSAGES/django.po"))
HAS_GETTEXT = bool(shutil.which("xgettext")) or bool(os.environ.get("PIGGYADMIN_SKIP_NOTHING"))
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w+[^>]*>")


@pytest.fixture(scope="module", params=CATALOGS, ids=lambda path: path.parts[1])
def path(request) -> Path:
    return Path(request.param)


@pytest.fixture(scope="module")
def catalog(path) -> polib.POFile:
    return polib.pofile(str(ROOT / path))


def test_the_console_speaks_what_has_a_catalog(settings):
    of_catalogs = [path.parts[1] for path in CATALOGS]
    assert [code for code, _name in settings.LANGUAGES] == ["en", *of_catalogs]
    assert {"de", "nl"} <= set(of_catalogs)


def test_everything_is_translated(catalog):
    assert [entry.msgid for entry in catalog.untranslated_entries()] == []
    assert [entry.msgid for entry in catalog.fuzzy_entries()] == []


def test_placeholders_are_kept(catalog):
    for entry in catalog:
        several = entry.msgstr_plural.get(1, entry.msgstr)
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        assert set(PLACEHOLDER.findall(several)) == wanted, entry.msgid
        # One of a thing may do without its number.
        one = entry.msgstr_plural.get(0, several)
        assert set(PLACEHOLDER.findall(one)) <= wanted, entry.msgid


def test_a_loyalty_card_has_one_name_in_dutch():
    """It is a "pas"; a gift card is a "cadeaukaart", or just "kaart" among its own texts."""
    catalog = polib.pofile(str(ROOT / "locale/nl/LC_MESSAGES/django.po"))
    loyalty = re.compile(
        r"card number|loyalty card|customer's card|card or|cards and", re.IGNORECASE
    )
    about = [entry for entry in catalog if loyalty.search(entry.msgid)]
    assert len(about) > 10
    words = re.compile(r"(?i)(?<!cadeau)kaart")
    assert [entry.msgid for entry in about if words.search(entry.msgstr)] == []


@pytest.mark.skipif(not HAS_GETTEXT, reason="no gettext here: apt install gettext")
def test_makemessages_finds_nothing_new(path, catalog, tmp_path):
    for name in ("piggyadmin", "templates", "locale"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "manage.py", tmp_path)
    subprocess.run(
        [
            *(sys.executable, "manage.py", "makemessages", "--locale", path.parts[1]),
            *("--no-location", "--no-obsolete"),
        ],
        cwd=tmp_path,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "piggyadmin.settings"},
        check=True,
        capture_output=True,
    )
    found = polib.pofile(str(tmp_path / path))
    assert {(e.msgctxt, e.msgid) for e in found} == {(e.msgctxt, e.msgid) for e in catalog}

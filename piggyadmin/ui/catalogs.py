"""Compiles what was translated: git has the catalogs as people write them, Django reads others."""

from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings


def compile_catalogs() -> None:
    """Compile each catalog that was changed since; needs no gettext on the machine.

    Several processes may do so at once: who reads one finds the old or the new one, whole.
    """
    for folder in settings.LOCALE_PATHS:
        for source in Path(folder).glob("*/LC_MESSAGES/*.po"):
            compiled = source.with_suffix(".mo")
            if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
                _compile(source, compiled)


def _compile(source: Path, compiled: Path) -> None:
    with source.open("rb") as text:
        catalog = read_po(text)
    with NamedTemporaryFile(dir=compiled.parent, suffix=".tmp", delete=False) as file:
        write_mo(file, catalog)
    Path(file.name).replace(compiled)

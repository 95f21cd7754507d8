"""Keeps what the console stores from other users of the machine."""

import os
import stat
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def private_folder(folder: Path) -> Path:
    """Make a folder, and what lies in it, readable for this user alone.

    Raises:
        ImproperlyConfigured: it is one that everybody shares, such as /tmp.
    """
    folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    if folder.stat().st_mode & stat.S_ISVTX:
        raise ImproperlyConfigured(f"DATA_DIR must be a folder of the console's own: {folder}.")
    _close(folder)
    for path in folder.iterdir():
        if path.is_file() and not path.is_symlink():
            _close(path)
    return folder


def make_private(database: Mapping[str, Any]) -> None:
    """Do the same for a database that is a file, wherever it lies, and for what SQLite adds."""
    path = Path(database["NAME"])
    if database["ENGINE"] != "django.db.backends.sqlite3" or not path.is_absolute():
        return
    with suppress(FileNotFoundError, PermissionError):
        # Made by SQLite it would be open; the files beside it get the rights that it has.
        path.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
    for suffix in ("", "-wal", "-shm", "-journal"):
        _close(Path(f"{path}{suffix}"))


def keep_new_files_private() -> None:
    """Have this process, and those that it starts, make files for this user alone."""
    os.umask(OTHERS)


def is_open(path: Path) -> bool:
    """Tell whether others may read or change what is there."""
    with suppress(FileNotFoundError):
        return bool(path.stat().st_mode & OTHERS)
    return False


def _close(path: Path) -> None:
    """Take others' rights away; of what belongs to somebody else they stay (`checks` tells)."""
    with suppress(FileNotFoundError, PermissionError):
        if is_open(path):
            path.chmod(stat.S_IMODE(path.stat().st_mode) & ~OTHERS)

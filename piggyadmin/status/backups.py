"""The console's database as a file, and back again: a backup, made while the console is used."""

import hashlib
import os
import shutil
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.utils import timezone

# How SQLite's files and pg_dump's archives begin.
SQLITE_HEADER, POSTGRESQL_HEADER = b"SQLite format 3\0", b"PGDMP"
# How a file is called that is not written to its end, or never was.
PARTIAL = ".partial"
# What proves its bytes stands beside it, as sha256sum writes and checks it.
CHECKSUM = ".sha256"


class BackupError(Exception):
    """A backup could not be made or restored; says what to do."""


def new_backup(folder: Path) -> Path:
    """Name a backup by the moment at which it is made."""
    suffix = "sqlite3" if connection.vendor == "sqlite" else "dump"
    return folder / f"piggyadmin-{timezone.now():%Y%m%dT%H%M%S}.{suffix}"


def newest_backup(folder: Path) -> Path | None:
    """Give the newest of a folder's backups, if there is any."""
    beside = {PARTIAL, CHECKSUM}
    whole = (path for path in folder.glob("piggyadmin-*") if path.suffix not in beside)
    return max(whole, key=lambda path: path.stat().st_mtime, default=None)


def back_up(path: Path) -> None:
    """Write everything the console knows to a file that only this user can read.

    A file that is half written, or that is not whole, never stands under that name, nor one without
    its checksum beside it.

    Raises:
        BackupError: the file is there already, the database is damaged, or PostgreSQL's tools are
            missing or failed.
    """
    if path.exists():
        raise BackupError(f"{path} is there already.")
    path.parent.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    partial.unlink(missing_ok=True)
    try:
        _write(partial)
        checksum_path(path).write_text(f"{_digest(partial)}  {path.name}\n")
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)


def checksum_path(path: Path) -> Path:
    """Say where the checksum of a backup is; one of an earlier version has none."""
    return path.with_name(path.name + CHECKSUM)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path) -> None:
    path.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
    if connection.vendor == "sqlite":
        _copy(source=str(connection.settings_dict["NAME"]), target=str(path))
        _insist_on_whole(path, "The database")
    else:
        _run("pg_dump", "--format=custom", "--no-owner", f"--file={path}")


def restore(path: Path) -> None:
    """Bring a backup into a database in which nothing is yet.

    Raises:
        BackupError: the file is no backup of such a database or not as it was written, or
            something is there already.
    """
    header = {"sqlite": SQLITE_HEADER, "postgresql": POSTGRESQL_HEADER}[connection.vendor]
    with path.open("rb") as file:
        if file.read(len(header)) != header:
            raise BackupError(f"{path} is no backup of a {connection.display_name} database.")
    if connection.introspection.table_names():
        raise BackupError(
            "This database is not empty. Restore into a new one: set DATA_DIR or DATABASE_URL."
        )
    if checksum_path(path).exists():
        _insist_on_checksum(path)
    if connection.vendor == "sqlite":
        _insist_on_whole(path, str(path))
        connections.close_all()
        try:
            _copy(source=str(path), target=str(connection.settings_dict["NAME"]))
        except sqlite3.DatabaseError as error:
            raise BackupError(f"{path} is damaged, or there is no room: {error}.") from None
    else:
        _run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(path))


def _insist_on_checksum(path: Path) -> None:
    """Compare all of its bytes: SQLite's own look finds few bits that fell over, pg_restore fewer.

    Raises:
        BackupError: they are not those that were written.
    """
    checksum = checksum_path(path)
    if checksum.read_bytes().split()[:1] != [_digest(path).encode()]:
        raise BackupError(
            f"{path} is not what was written: its bytes do not fit {checksum.name}. Nothing was "
            f"restored. Take another copy or another backup."
        )


def _insist_on_whole(path: Path, called: str) -> None:
    """Have SQLite look through all of a file: a copy takes pages as they are, damaged or not.

    Raises:
        BackupError: it finds something amiss.
    """
    try:
        with closing(sqlite3.connect(path)) as database:
            found = [str(row[0]) for row in database.execute("PRAGMA integrity_check(1)")]
    except sqlite3.DatabaseError as error:
        found = [str(error)]
    if found != ["ok"]:
        raise BackupError(f"{called} is damaged: {' '.join(found)}.")


def _copy(*, source: str, target: str) -> None:
    """Copy a SQLite database as it is at one moment, while others write to it."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)


def _run(tool: str, *arguments: str) -> None:
    """Have one of PostgreSQL's tools work on the console's database."""
    program = shutil.which(tool)
    if program is None:
        raise BackupError(f"{tool} is not here: install PostgreSQL's client programs.")
    name = f"--dbname={connection.settings_dict['NAME']}"
    done = subprocess.run(  # noqa: S603  (nothing of it is from outside)
        [program, name, *arguments],
        env={**os.environ, **_connection_variables(connection.settings_dict)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackupError(f"{tool} failed: {done.stderr.strip()}")


def _connection_variables(database: dict[str, Any]) -> dict[str, str]:
    """Say where the database is as its tools read it; a password never stands in a command line."""
    variables = {
        "PGHOST": database["HOST"],
        "PGPORT": database["PORT"],
        "PGUSER": database["USER"],
        "PGPASSWORD": database["PASSWORD"],
    }
    return {name: str(value) for name, value in variables.items() if value}

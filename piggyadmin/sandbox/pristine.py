"""Takes the sandbox back to how it was seeded, and prepares one that is empty.

On a SQLite file a copy is kept beside it after the first seeding, which makes a later reset a
matter of milliseconds; on any other database the seeding is done again.
"""

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

from django.core.management import call_command
from django.db import connections

from piggyadmin.sandbox import locks
from piggyadmin.sandbox.locks import ALIAS
from piggyadmin.sandbox.models import Faults, Job, ReceivedRequest, Seeding
from piggyadmin.sandbox.seed import is_empty, seed

DEFAULT_CONTACTS = 2000
DEFAULT_SEED = 1
# Dates are seeded relative to now, so an older copy is stale.
COPY_LIFETIME = 20 * 60  # seconds


def reset(contacts: int | None = None, number: int | None = None) -> None:
    """Go back to the seeded state; without figures to that of the last seeding."""
    last = Seeding.objects.first()
    contacts = contacts if contacts is not None else last.contacts if last else DEFAULT_CONTACTS
    number = number if number is not None else last.seed if last else DEFAULT_SEED
    path = _copy_path(contacts, number)
    if path is None:
        _seed(contacts, number)
    elif _is_fresh(path):
        _restore(path)
    else:
        _seed(contacts, number)
        _save(path)


def prepare(contacts: int = DEFAULT_CONTACTS, number: int = DEFAULT_SEED) -> None:
    """Make the tables, and fill them where that has not been done."""
    call_command("migrate", database=ALIAS, verbosity=0, interactive=False)
    if is_empty():
        reset(contacts, number)


def _seed(contacts: int, number: int) -> None:
    with locks.write_alone():
        seed(contacts, number)
        for own in (ReceivedRequest, Faults, Job, Seeding):
            own.objects.all().delete()
        Seeding.objects.create(contacts=contacts, seed=number)


# --- Copies of a SQLite file -----------------------------------------------------------------


def _copy_path(contacts: int, number: int) -> Path | None:
    """Say where the copy for these figures lies; None where the database cannot be copied."""
    connection = connections[ALIAS]
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or connection.in_atomic_block or "memory" in name:
        return None
    return Path(f"{name}.pristine-{contacts}-{number}-{_version()}")


@cache
def _version() -> str:
    """Name the state of tables and seeding, so that no copy made by older code is used."""
    here = Path(__file__).parent
    files = [*here.glob("*.py"), *here.glob("migrations/*.py")]
    code = b"".join(path.read_bytes() for path in sorted(files))
    return hashlib.sha256(code).hexdigest()[:12]


def _is_fresh(path: Path) -> bool:
    return path.exists() and time.time() - path.stat().st_mtime < COPY_LIFETIME


def _live() -> sqlite3.Connection:
    """Give the sandbox's open connection."""
    connection = connections[ALIAS]
    connection.ensure_connection()
    live: sqlite3.Connection = connection.connection
    return live


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as copy:
        yield copy


def _save(path: Path) -> None:
    """Keep a copy of the database as it is; complete before it gets its name."""
    unfinished = path.with_name(f"{path.name}.{uuid4().hex}")
    with _opened(unfinished) as copy:
        _live().backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    unfinished.replace(path)


def _restore(path: Path) -> None:
    """Put the copy in the place of what is there, in one transaction."""
    with _opened(path) as copy:
        copy.backup(_live())

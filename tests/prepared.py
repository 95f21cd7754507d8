"""SQLite databases with all their tables, and folders of whole consoles, that tests copy.

To make all tables takes eight seconds of a processor, and a console that can be served some more:
both are made once for each state of the code, and kept in `var/` for all processes and runs.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "prepared"
DATABASE = "piggyadmin.sqlite3"
TABLES_ALONE = "tables-alone.sqlite3"
# What a prepared console follows from.
SOURCES = ("piggyadmin/**/*.py", "static/**/*", "locale/**/*.po", "requirements*.txt")
# Whatever points to another place, or to another console.
OTHERS = ("PIGGY_", "SANDBOX_", "DJANGO_", "DATABASE_", "REDIS_", "DUPLICATES")


def migrated_database() -> Path:
    """Give an SQLite database of a console that holds nothing but its tables; to be copied."""
    return _prepared() / TABLES_ALONE


def copy_console(directory: Path) -> None:
    """Make a folder that of a console on a sandbox, with its demo people, that can be served."""
    shutil.copytree(
        _prepared(), directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns(TABLES_ALONE)
    )


@cache
def _prepared() -> Path:
    KEPT.mkdir(parents=True, exist_ok=True)
    made = KEPT / state_of_code()
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            for outdated in filter(Path.is_dir, KEPT.iterdir()):
                shutil.rmtree(outdated)
            _prepare(KEPT / "unfinished")
            (KEPT / "unfinished").rename(made)
    return made


def state_of_code() -> str:
    """Tell one state of the code from all others, by sixteen letters."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(chain.from_iterable(map(ROOT.glob, SOURCES))):
        if path.is_file():
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _prepare(directory: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(OTHERS)},
        "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
        "DATA_DIR": str(directory),
        "PIGGY_API_TOKEN": "sandbox",
        "PIGGY_API_URL": "http://127.0.0.1:9",
        "PIGGY_SANDBOX": "true",
    }
    _manage(environment, "migrate", "--verbosity", "0")
    shutil.copy(directory / DATABASE, directory / TABLES_ALONE)
    _manage(environment, "prepare")


def _manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, "manage.py", *arguments]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)

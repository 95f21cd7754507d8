"""The databases that are measured on: SQLite, and PostgreSQL where one is to be reached."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator

from tests import postgresql
from tests.bench.ledger_timing import MISSED
from tests.sandbox.server import ROOT, SandboxServer


def databases() -> Iterator[tuple[str, dict[str, str]]]:
    """Give each by its name, with the environment that has a console use it."""
    yield "SQLite", {}
    with postgresql.database() as address:
        if address:
            yield "PostgreSQL", {"DATABASE_URL": address}
        else:
            print(f"\nNo PostgreSQL at {postgresql.SERVER}: not measured there.")


def on_each(measure: Callable[[str, SandboxServer, dict[str, str]], bool]) -> bool:
    """Measure with one database after the other; tells whether all targets are met."""
    with SandboxServer() as sandbox:
        results = [measure(name, sandbox, environment) for name, environment in databases()]
    return all(results)


def in_a_process_of_its_own(module: str, contacts: str) -> bool:
    """Have a module measure with each database, which is empty; tells whether all targets are met.

    Raises:
        RuntimeError: it broke down.
    """
    results = [_inside(module, contacts, name, more) for name, more in databases()]
    return all(results)


def _inside(module: str, contacts: str, name: str, more: dict[str, str]) -> bool:
    print(f"\n{name}, {int(contacts):,} contacts", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "DATA_DIR": directory,
            "LOG_LEVEL": "ERROR",
            **more,
        }
        migrate, inside = ["manage.py", "migrate", "-v0"], ["-m", module, contacts]
        subprocess.run([sys.executable, *migrate], cwd=ROOT, env=settings, check=True)
        done = subprocess.run([sys.executable, *inside], cwd=ROOT, env=settings, check=False)
    if done.returncode not in {0, MISSED}:
        raise RuntimeError(f"{module} failed on {name}")
    return done.returncode == 0

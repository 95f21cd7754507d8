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
    results = [
        inside(f"{name}, {int(contacts):,} contacts", module, contacts, more)
        for name, more in databases()
    ]
    return all(results)


def inside(title: str, module: str, argument: str, more: dict[str, str]) -> bool:
    """Have a module measure with an empty database; tells whether all targets are met.

    Raises:
        RuntimeError: it broke down.
    """
    print(f"\n{title}", flush=True)
    with tempfile.TemporaryDirectory() as directory:
        settings = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "piggyadmin.settings",
            "DATA_DIR": directory,
            "LOG_LEVEL": "ERROR",
            **more,
        }
        migrate, module_run = ["manage.py", "migrate", "-v0"], ["-m", module, argument]
        subprocess.run([sys.executable, *migrate], cwd=ROOT, env=settings, check=True)
        done = subprocess.run([sys.executable, *module_run], cwd=ROOT, env=settings, check=False)
    if done.returncode not in {0, MISSED}:
        raise RuntimeError(f"{module} failed: {title}")
    return done.returncode == 0


def of_sandbox(sandbox: SandboxServer) -> dict[str, str]:
    """Give the environment in which a console works with a sandbox over its socket."""
    return {
        "PIGGY_API_URL": sandbox.url,
        "PIGGY_API_TOKEN": sandbox.token,
        "PIGGY_SANDBOX": "true",
    }

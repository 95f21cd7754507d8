"""The databases that are measured on: SQLite, and PostgreSQL where one is to be reached."""

from collections.abc import Callable, Iterator

from tests import postgresql
from tests.sandbox.server import SandboxServer


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

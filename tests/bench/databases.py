"""The databases that are measured on: SQLite, and PostgreSQL where one is to be reached."""

from collections.abc import Iterator

from tests import postgresql


def databases() -> Iterator[tuple[str, dict[str, str]]]:
    """Give each by its name, with the environment that has a console use it."""
    yield "SQLite", {}
    with postgresql.database() as address:
        if address:
            yield "PostgreSQL", {"DATABASE_URL": address}
        else:
            print(f"\nNo PostgreSQL at {postgresql.SERVER}: not measured there.")

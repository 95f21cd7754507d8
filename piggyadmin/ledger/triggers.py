"""Has the database itself refuse to change or delete entries, their contacts, and events.

The guards know no exception: emptying a table (`manage.py flush`, TRUNCATE) is refused too. Whoever
alters one of these tables in a later migration calls `take_down` before and `put_up` after it:
SQLite copies a table to alter it, and loses its triggers on the way. Tests that empty tables do so
between the same two calls.

A guard is taken for one only by what it does: `faults` compares what the database holds with what
stands here, word for word, and then tries what has to be refused.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import DatabaseError, connection, transaction

TABLES = ("actions_entry", "actions_event", "actions_subject")
WORDS = "The ledger is only ever added to."
VERBS = {"sqlite": ("UPDATE", "DELETE"), "postgresql": ("UPDATE", "DELETE", "TRUNCATE")}
FUNCTION = "actions_refuse"
FUNCTION_BODY = f" BEGIN RAISE EXCEPTION '{WORDS}'; END "


def put_up(connection: Any) -> None:
    """Have the database refuse from now on; a guard that is there already is made anew."""
    take_down(connection)
    vendor = connection.vendor
    if vendor == "postgresql":
        function = f"CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        _run(connection, [f"{function}$${FUNCTION_BODY}$$"])
    _run(connection, (_definition(vendor, table, verb) for table, verb in _guarded(vendor)))


def take_down(connection: Any) -> None:
    """Have the database allow everything, until `put_up`."""
    on_table = " ON {}" if connection.vendor == "postgresql" else ""
    names = _guarded(connection.vendor)
    _run(
        connection,
        (
            f"DROP TRIGGER IF EXISTS {_name(table, verb)}{on_table.format(table)}"
            for table, verb in names
        ),
    )


def _run(connection: Any, statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _guarded(vendor: str) -> list[tuple[str, str]]:
    return [(table, verb) for table in TABLES for verb in VERBS[vendor]]


def _name(table: str, verb: str) -> str:
    return f"{table}_no_{verb.lower()}"


def _definition(vendor: str, table: str, verb: str) -> str:
    head = f"CREATE TRIGGER {_name(table, verb)} BEFORE {verb} ON {table}"
    if vendor == "sqlite":
        return f"{head} BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    row = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    return f"{head} FOR EACH {row} EXECUTE FUNCTION {FUNCTION}()"


# --- Whether they still guard ----------------------------------------------------------------


def faults() -> Iterator[str]:
    """Say, in words for an admin, where the database would allow a change."""
    there = _definitions()
    for table, verb in _guarded(connection.vendor):
        name = _name(table, verb)
        if name not in there:
            yield f"The trigger {name} is missing: the database would allow a change."
        elif there[name] != _as_written(_definition(connection.vendor, table, verb)):
            yield f"The trigger {name} is not the one that refuses changes, or is switched off."
    if connection.vendor == "postgresql" and _function_body() != FUNCTION_BODY:
        yield f"The function {FUNCTION} does not refuse changes any more."
    for table, statement in _forbidden(connection.vendor):
        if not _is_refused(statement):
            yield f"The database allows a change of {table}, whatever its triggers say."


def _definitions() -> dict[str, str]:
    """Read what the database holds: the triggers that fire, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_LISTINGS[connection.vendor])
        return {name: _as_written(sql) for name, sql in cursor.fetchall()}


_LISTINGS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
    # O and A fire for whoever writes here; R only on a replica, D nowhere.
    "postgresql": "SELECT tgname, CASE WHEN tgenabled IN ('O', 'A')"
    " THEN pg_get_triggerdef(oid, true) ELSE 'off' END"
    " FROM pg_trigger WHERE pg_table_is_visible(tgrelid)",
}


def _as_written(sql: str) -> str:
    """Leave out what a database keeps of how it was told: IF NOT EXISTS, quotes, white space."""
    return " ".join(sql.replace("IF NOT EXISTS ", "").replace('"', "").split())


def _function_body() -> str:
    with connection.cursor() as cursor:
        sql = "SELECT prosrc FROM pg_proc WHERE proname = %s AND pg_function_is_visible(oid)"
        cursor.execute(sql, [FUNCTION])
        bodies = cursor.fetchall()
    return str(bodies[0][0]) if len(bodies) == 1 else ""


def _forbidden(vendor: str) -> Iterator[tuple[str, str]]:
    """Give statements that have to be refused, each of which would change one row at most.

    TRUNCATE is not tried: waiting for its lock, it would stop everybody else.
    """
    for table in TABLES:
        one = f"WHERE id = (SELECT MIN(id) FROM {table})"  # noqa: S608
        yield table, f"UPDATE {table} SET id = id {one}"  # noqa: S608
        yield table, f"DELETE FROM {table} {one}"  # noqa: S608
        if vendor == "sqlite":
            # It deletes without saying so, unless recursive triggers are on.
            yield table, f"REPLACE INTO {table} SELECT * FROM {table} {one}"  # noqa: S608


def _is_refused(statement: str) -> bool:
    """Try it, and undo it; there is nothing to refuse where a table is empty."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            is_refused = bool(cursor.rowcount == 0)
            transaction.set_rollback(True)
    except DatabaseError:  # by a guard, or as the console's role has no right to it at all
        return True
    return is_refused

"""Has the database itself refuse to change or delete entries, their contacts, and events.

The guards know no exception: emptying a table (`manage.py flush`, TRUNCATE) is refused too. Whoever
alters one of these tables in a later migration calls `take_down` before and `put_up` after it:
SQLite copies a table to alter it, and loses its triggers on the way. Tests that empty tables do so
between the same two calls.
"""

from typing import Any

from django.db import migrations, models

TABLES = ("actions_entry", "actions_event", "actions_subject")
WORDS = "The ledger is only ever added to."

REASONS = (
    "Goodwill",
    "Correction of a mistake",
    "Asked by the customer",
    "Campaign",
    "Double account",
    "Test",
)


def put_up(connection: Any) -> None:
    run(connection, SQLITE if connection.vendor == "sqlite" else POSTGRESQL)


def take_down(connection: Any) -> None:
    run(connection, DROP_SQLITE if connection.vendor == "sqlite" else DROP_POSTGRESQL)


def run(connection: Any, statements: Any) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


SQLITE = [
    f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
    f"BEGIN SELECT RAISE(ABORT, '{WORDS}'); END"
    for table in TABLES
    for verb in ("UPDATE", "DELETE")
]
DROP_SQLITE = [
    f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for table in TABLES for verb in ("update", "delete")
]
POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION actions_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{WORDS}'; END $$",
    *(
        f"CREATE OR REPLACE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"FOR EACH {'STATEMENT' if verb == 'TRUNCATE' else 'ROW'} EXECUTE FUNCTION actions_refuse()"
        for table in TABLES
        for verb in ("UPDATE", "DELETE", "TRUNCATE")
    ),
]
DROP_POSTGRESQL = [
    f"DROP TRIGGER IF EXISTS {table}_no_{verb} ON {table}"
    for table in TABLES
    for verb in ("update", "delete", "truncate")
]


def guard(apps: Any, schema_editor: Any) -> None:
    put_up(schema_editor.connection)


def unguard(apps: Any, schema_editor: Any) -> None:
    take_down(schema_editor.connection)


def offer_reasons(apps: Any, schema_editor: Any) -> None:
    reason_model = apps.get_model("actions", "Reason")
    for position, label in enumerate(REASONS):
        reason_model.objects.get_or_create(label=label, defaults={"position": position})


class Migration(migrations.Migration):
    dependencies = [("actions", "0003_chain")]

    operations = [
        migrations.AlterField(
            "event",
            "sequence",
            models.BigIntegerField(unique=True, verbose_name="place in the chain"),
        ),
        migrations.AlterField(
            "event",
            "previous_hash",
            models.CharField(max_length=64, verbose_name="hash of the one before"),
        ),
        migrations.AlterField(
            "event", "hash", models.CharField(max_length=64, verbose_name="hash")
        ),
        migrations.RunPython(guard, unguard),
        migrations.RunPython(offer_reasons, migrations.RunPython.noop),
    ]

"""Keep apart from contacts when they were read; and have the search learn what gaps say."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CONTACTS, READINGS = "duplicates_mirroredcontact", "duplicates_contactreading"


def move(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the times out of the contacts, column and index.

    The column is dropped by hand: Django would make the table anew on SQLite, without the triggers
    that keep the index of texts.
    """
    schema_editor.execute(f"INSERT INTO {READINGS} SELECT id, read_at FROM {CONTACTS}")  # noqa: S608
    model = apps.get_model("duplicates", "MirroredContact")
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, model._meta.db_table)
    for name, constraint in constraints.items():
        if constraint["columns"] == ["read_at"]:
            schema_editor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    schema_editor.execute(f"ALTER TABLE {CONTACTS} DROP COLUMN read_at")
    if connection.vendor == "postgresql":
        # A sweep writes each row anew: there is room for it beside the old one.
        schema_editor.execute(f"ALTER TABLE {READINGS} SET (fillfactor = 50)")


def move_back(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Give contacts their times back."""
    moment = (
        "timestamp with time zone" if schema_editor.connection.vendor != "sqlite" else "datetime"
    )
    column = f"read_at {moment} NOT NULL DEFAULT '2000-01-01 00:00:00+00:00'"
    schema_editor.execute(f"ALTER TABLE {CONTACTS} ADD COLUMN {column}")
    schema_editor.execute(
        f"UPDATE {CONTACTS} SET read_at = (SELECT at FROM {READINGS} WHERE contact_id = id)"  # noqa: S608
        f" WHERE id IN (SELECT contact_id FROM {READINGS})"
    )
    schema_editor.execute(f"CREATE INDEX {CONTACTS}_read_at ON {CONTACTS} (read_at)")


def forget(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop what was learned; the next search learns from all contacts."""
    apps.get_model("duplicates", "FinderModel").objects.all().delete()


class Migration(migrations.Migration):
    """Makes the table of readings, moves them there, and forgets what earlier searches learned."""

    dependencies = [("duplicates", "0004_search_text")]

    operations = [
        migrations.CreateModel(
            name="ContactReading",
            fields=[
                (
                    "contact",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="reading",
                        serialize=False,
                        to="duplicates.mirroredcontact",
                    ),
                ),
                ("at", models.DateTimeField()),
            ],
            options={"default_permissions": ()},
        ),
        migrations.SeparateDatabaseAndState(
            [migrations.RunPython(move, move_back)],
            [migrations.RemoveField("mirroredcontact", "read_at")],
        ),
        migrations.RunPython(forget, migrations.RunPython.noop, elidable=True),
    ]

"""Let contacts be found by any part of what they are called: a text of each, and its index."""

from django.apps.registry import Apps
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from piggyadmin.duplicates.mirror.text_search import INDEX, search_text

TABLE = "duplicates_mirroredcontact"
CHUNK = 2_000
# FTS5 keeps no text of its own: it is told of every change, with what stood there before.
_COLUMNS = f"INTO {INDEX}({INDEX}, rowid, search_text)"
_OUT = f"INSERT {_COLUMNS} VALUES ('delete', old.id, old.search_text)"  # noqa: S608  (ours)
_IN = f"INSERT {_COLUMNS} VALUES (NULL, new.id, new.search_text)"  # noqa: S608  (ours)
SQLITE = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5"
    f"(search_text, content='{TABLE}', content_rowid='id', tokenize='trigram')",
    f"CREATE TRIGGER {INDEX}_insert AFTER INSERT ON {TABLE} BEGIN {_IN}; END",
    f"CREATE TRIGGER {INDEX}_delete AFTER DELETE ON {TABLE} BEGIN {_OUT}; END",
    f"CREATE TRIGGER {INDEX}_update AFTER UPDATE OF search_text ON {TABLE} "
    f"WHEN old.search_text <> new.search_text BEGIN {_OUT}; {_IN}; END",
    f"INSERT INTO {INDEX}({INDEX}) VALUES ('rebuild')",  # noqa: S608  (ours)
)
POSTGRESQL = (f"CREATE INDEX {INDEX} ON {TABLE} USING gin (search_text gin_trgm_ops)",)
NO_SQLITE = (
    f"DROP TRIGGER {INDEX}_insert",
    f"DROP TRIGGER {INDEX}_delete",
    f"DROP TRIGGER {INDEX}_update",
    f"DROP TABLE {INDEX}",
)
NO_POSTGRESQL = (f"DROP INDEX {INDEX}",)


def fill(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Write the text of each contact that is mirrored already."""
    contacts = apps.get_model("duplicates", "MirroredContact").objects
    last = 0
    while rows := list(contacts.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        for row in rows:
            row.search_text = search_text(row)
        contacts.bulk_update(rows, ["search_text"])
        last = rows[-1].pk


def index(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index that the database has for it."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE if is_sqlite else POSTGRESQL:
        schema_editor.execute(statement, params=None)


def drop(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Take the index away."""
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in NO_SQLITE if is_sqlite else NO_POSTGRESQL:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    """Adds the text, fills it, and makes the index."""

    dependencies = [("duplicates", "0003_learned_anew")]

    operations = [
        migrations.AddField(
            "mirroredcontact", "search_text", models.TextField(default="", blank=True)
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        # Its owner may add it to a database; it is part of PostgreSQL.
        TrigramExtension(),
        migrations.RunPython(index, drop),
    ]

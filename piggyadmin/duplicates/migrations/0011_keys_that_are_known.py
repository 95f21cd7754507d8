"""Keys are indexed where they are known.

To alter a field makes SQLite write the table anew, without the triggers that keep the index for
finding by name: the indexes that fields brought along are dropped by themselves.
"""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from piggyadmin.duplicates.matching.normalisation import Keys

FIELDS = [f"key_{name}" for name in Keys._fields]


def drop_indexes_of_fields(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the indexes of all contacts, whatever they are called."""
    model = apps.get_model("duplicates", "MirroredContact")
    with schema_editor.connection.cursor() as cursor:
        found = schema_editor.connection.introspection.get_constraints(cursor, model._meta.db_table)
    for name, constraint in found.items():
        if constraint["columns"] in [[field] for field in FIELDS]:
            schema_editor.remove_index(model, models.Index(fields=constraint["columns"], name=name))


def index_fields(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Index all contacts again."""
    model = apps.get_model("duplicates", "MirroredContact")
    for field in FIELDS:
        schema_editor.add_index(model, models.Index(fields=[field], name=f"{field}_of_all"))


class Migration(migrations.Migration):
    dependencies = [("duplicates", "0010_sealed")]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunPython(drop_indexes_of_fields, index_fields, elidable=False)
            ],
            state_operations=[
                migrations.AlterField("mirroredcontact", field, models.IntegerField(null=True))
                for field in FIELDS
            ],
        ),
        *(
            migrations.AddIndex(
                "mirroredcontact",
                models.Index(
                    fields=[field],
                    name=f"mirror_{field}",
                    condition=models.Q(**{f"{field}__isnull": False}),
                ),
            )
            for field in FIELDS
        ),
    ]

"""Have the model of the search learned anew: it counts names that it did not count before."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def forget(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop what was learned; the next search learns from all contacts."""
    apps.get_model("duplicates", "FinderModel").objects.all().delete()


class Migration(migrations.Migration):
    """Forgets what earlier searches learned."""

    dependencies = [("duplicates", "0002_written_alike_anew")]

    operations = [migrations.RunPython(forget, migrations.RunPython.noop, elidable=True)]

"""Write what is mirrored in the one way that is compared now, and have it all compared anew.

Homes on several floors, domains with an ß, dates of birth that are none and numbers of a spreadsheet
are read as they were not before.
"""

from importlib import import_module

from django.db import migrations

write_anew = import_module("piggyadmin.duplicates.migrations.0002_written_alike_anew").write_anew


class Migration(migrations.Migration):
    """Normalises every row again."""

    dependencies = [("duplicates", "0006_certain_runs")]

    operations = [migrations.RunPython(write_anew, migrations.RunPython.noop, elidable=True)]

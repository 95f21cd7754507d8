"""Write what is mirrored in the one way that is compared now, and have it all compared anew.

What people decided stays as it is: it was said of the same data.
"""

from collections.abc import Iterator
from typing import Any

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from piggyadmin.duplicates.mirror.store import compared_fields

_CHUNK = 400


def write_anew(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Normalise every row again; the model of the search is learned anew."""
    contacts = apps.get_model("duplicates", "MirroredContact")
    for rows in _chunks(contacts):
        fingerprints = {row.uuid: row.fingerprint for row in rows}
        for row in rows:
            fields = compared_fields(row)
            vars(row).update(fields, is_compared=False)
        contacts.objects.bulk_update(rows, [*fields, "is_compared"])
        changed = {row.uuid: (fingerprints[row.uuid], row.fingerprint) for row in rows}
        for name in ("Pair", "Decision"):
            for side in ("first", "second"):
                _follow(apps.get_model("duplicates", name), side, changed)
    apps.get_model("duplicates", "FinderModel").objects.all().delete()


def _chunks(contacts: Any) -> Iterator[list[Any]]:
    last = 0
    while rows := list(contacts.objects.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        yield rows
        last = rows[-1].pk


def _follow(model: Any, side: str, changed: dict[str, tuple[str, str]]) -> None:
    """Have what was said of a contact's data be said of the same data under its new name."""
    field = f"{side}_fingerprint"
    rows = list(model.objects.filter(**{f"{side}__in": list(changed)}))
    for row in rows:
        old, new = changed[getattr(row, side)]
        if getattr(row, field) == old:
            setattr(row, field, new)
    model.objects.bulk_update(rows, [field], batch_size=_CHUNK)


class Migration(migrations.Migration):
    dependencies = [("duplicates", "0001_initial")]

    operations = [migrations.RunPython(write_anew, migrations.RunPython.noop)]

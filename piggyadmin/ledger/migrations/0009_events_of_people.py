"""Lets the chain hold events of people, which belong to no entry."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

guards = import_module("piggyadmin.ledger.migrations.0004_guards")


def take_down(apps: Any, schema_editor: Any) -> None:
    guards.take_down(schema_editor.connection)


def put_up(apps: Any, schema_editor: Any) -> None:
    guards.put_up(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("actions", "0008_action_and_entity")]

    operations = [
        migrations.RunPython(take_down, put_up),
        migrations.AlterField(
            "event",
            "entry",
            models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="actions.entry",
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                condition=models.Q(("entry", None)), fields=["-sequence"], name="event_of_people"
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                condition=models.Q(("entry", None)),
                fields=["kind", "at"],
                name="event_of_people_kind",
            ),
        ),
        migrations.RunPython(put_up, take_down),
    ]

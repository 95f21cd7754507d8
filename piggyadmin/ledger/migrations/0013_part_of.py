"""The list of states says of which entry another one is a step, as its `intended` event does."""

from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Take it from the events."""
    statuses = apps.get_model("actions", "EntryStatus").objects.using(
        schema_editor.connection.alias
    )
    events = apps.get_model("actions", "Event").objects.using(schema_editor.connection.alias)
    steps = events.filter(kind="intended", detail__has_key="part_of")
    for entry, detail in steps.values_list("entry_id", "detail").iterator():
        statuses.filter(pk=entry).update(part_of=detail["part_of"])


class Migration(migrations.Migration):
    dependencies = [("actions", "0012_entry_status")]

    operations = [
        migrations.AddField("entrystatus", "part_of", models.UUIDField("part of", null=True)),
        migrations.AlterField(
            "approval",
            "status",
            models.CharField(
                "status",
                max_length=10,
                choices=[
                    ("waiting", "Waiting"),
                    ("approved", "Approved"),
                    ("declined", "Declined"),
                    ("withdrawn", "Withdrawn"),
                ],
                default="waiting",
                db_index=True,
            ),
        ),
        migrations.AlterField(
            "entrystatus",
            "state",
            models.CharField(
                "state",
                max_length=20,
                choices=[
                    ("intended", "Intended"),
                    ("sent", "Sent"),
                    ("done", "Done"),
                    ("rejected", "Rejected"),
                    ("unknown", "Outcome unknown"),
                    ("settled-done", "Settled: done"),
                    ("settled-not-done", "Settled: not done"),
                ],
            ),
        ),
        migrations.AddIndex(
            "entrystatus",
            models.Index(
                fields=["part_of", "entry"],
                name="standing_part_of",
                condition=models.Q(part_of__isnull=False),
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]

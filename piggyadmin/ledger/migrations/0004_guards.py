"""Has the database itself refuse to change or delete entries, their contacts, and events."""

from typing import Any

from django.db import migrations, models

from piggyadmin.ledger.triggers import put_up, take_down

REASONS = (
    "Goodwill",
    "Correction of a mistake",
    "Asked by the customer",
    "Campaign",
    "Double account",
    "Test",
)


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

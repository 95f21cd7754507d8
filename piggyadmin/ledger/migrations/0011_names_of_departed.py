"""Names by which contacts that are no more are found, of those that went before, too."""

from itertools import islice
from typing import Any

import django.db.models.deletion
from django.db import migrations, models

ENDINGS = ("merge-contacts", "claim-anonymous-contact", "delete-contact")
CHUNK = 1000
LONGEST_NAME = 255


def names_of(data: Any) -> set[str]:
    """Give the address and the cards of a contact, as snapshots had them at the time."""
    if not isinstance(data, dict):
        return set()
    contact = data.get("contact")
    contact = contact if isinstance(contact, dict) else data
    cards = [each.get("value") for each in data.get("identifiers") or [] if isinstance(each, dict)]
    names = [contact.get("email"), contact.get("identifier"), *cards]
    return {str(name).casefold()[:LONGEST_NAME] for name in names if name}


def name_what_is_kept(apps: Any, schema_editor: Any) -> None:
    """Name the contacts of the merges, claims and deletions that were done until now."""
    alias = schema_editor.connection.alias
    name = apps.get_model("actions", "SnapshotName")
    kept = apps.get_model("actions", "Snapshot").objects.using(alias)
    before = kept.filter(
        moment="before",
        entry__action__in=ENDINGS,
        entry__standing__state__in=("done", "settled-done"),
    ).exclude(contact_uuid="")
    rows = (
        name(snapshot_id=pk, name=each)
        for pk, data in before.values_list("pk", "data").iterator(CHUNK)
        for each in sorted(names_of(data))
    )
    while chunk := list(islice(rows, CHUNK)):
        name.objects.using(alias).bulk_create(chunk)


class Migration(migrations.Migration):
    dependencies = [("actions", "0010_approvals_and_look_ups")]

    operations = [
        migrations.CreateModel(
            name="SnapshotName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(db_index=True, max_length=255)),
                (
                    "snapshot",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="actions.snapshot",
                    ),
                ),
            ],
            options={"default_permissions": ()},
        ),
        migrations.RunPython(name_what_is_kept, migrations.RunPython.noop),
    ]

"""Has the chain vouch for snapshots: those that are there already are sealed by one more event."""

from typing import Any

from django.db import migrations, models
from django.utils import timezone

import piggyadmin.ledger.models
from piggyadmin.ledger import hash_chain


def seal(apps: Any, schema_editor: Any) -> None:
    snapshots = apps.get_model("actions", "Snapshot").objects.order_by("pk")
    head = apps.get_model("actions", "Head").objects.filter(pk=hash_chain.HEAD).first()
    event_model = apps.get_model("actions", "Event")
    for entry_id in list(
        snapshots.order_by("entry_id").values_list("entry_id", flat=True).distinct()
    ):
        event = event_model(
            entry_id=entry_id,
            sequence=head.sequence + 1,
            previous_hash=head.hash,
            at=timezone.now(),
            kind="kept",
            detail={"snapshots": [sealed(each) for each in snapshots.filter(entry_id=entry_id)]},
        )
        event.hash = hash_chain.event_digest(event)
        event.save()
        head.sequence, head.hash = event.sequence, event.hash
        head.save()


def sealed(snapshot: Any) -> dict[str, str]:
    snapshot.salt = piggyadmin.ledger.models.new_salt()
    snapshot.save()
    return {"taken_at": hash_chain.plain(snapshot.taken_at), "seal": hash_chain.seal_of(snapshot)}


class Migration(migrations.Migration):
    dependencies = [("actions", "0006_asked")]

    operations = [
        migrations.AddField(
            "snapshot",
            "salt",
            models.CharField(
                default=piggyadmin.ledger.models.new_salt, editable=False, max_length=32
            ),
        ),
        migrations.RunPython(seal, migrations.RunPython.noop),
    ]

"""Forges what was entered before there was a chain into one, and gives it standings."""

from typing import Any

from django.db import migrations

from piggyadmin.ledger import hash_chain


def forge(apps: Any, schema_editor: Any) -> None:
    entry_model = apps.get_model("actions", "Entry")
    event_model = apps.get_model("actions", "Event")
    if not entry_model.objects.exists():
        return
    for entry in entry_model.objects.order_by("pk"):
        entry.deduplication_key = entry.likeness  # as the field is called now
        event_model.objects.create(
            entry=entry, at=entry.created_at, kind="intended", detail=hash_chain.summary(entry, [])
        )
    previous = ""
    events = event_model.objects.all()
    order = sorted(events, key=lambda e: (e.at, e.kind != "intended", e.pk))
    for number, event in enumerate(order, start=1):
        event.sequence, event.previous_hash = number, previous
        event.hash = previous = hash_chain.event_digest(event)
        event.save()
    apps.get_model("actions", "Head").objects.create(
        pk=hash_chain.HEAD, sequence=len(order), hash=previous
    )
    give_standings(apps, order)


def give_standings(apps: Any, order: Any) -> None:
    kinds: dict[int, list[Any]] = {}
    for event in order:
        kinds.setdefault(event.entry_id, []).append((event.kind, event.at))
    standing_model = apps.get_model("actions", "Standing")
    for entry in apps.get_model("actions", "Entry").objects.order_by("pk"):
        known = kinds[entry.pk]
        values = hash_chain.status_values(entry, [kind for kind, _at in known], is_watched=False)
        # What the projection has learned to tell since comes with a later migration.
        then = {field.name for field in standing_model._meta.get_fields()} | {"person_id"}
        kept = {name: value for name, value in values.items() if name in then}
        standing_model.objects.create(entry=entry, updated_at=known[-1][1], **kept)


class Migration(migrations.Migration):
    dependencies = [("actions", "0002_ledger")]

    operations = [migrations.RunPython(forge, migrations.RunPython.noop)]

"""What becomes of notes when a customer is no more: they go with it, or they go.

Of a contact that went into another one, notes, hand-overs and the mark go to the survivor, in the
transaction in which the ledger learns that the merge is done. Of one that was deleted, all of it is
removed as soon as that is certain, however it was deleted: it is said of a person, nobody can do
anything about it any more, and unlike snapshots it proves nothing.
"""

from typing import Any

from django.db import transaction

from piggyadmin.contacts.traces import ENDINGS
from piggyadmin.ledger.models import FLAGGED, VERIFIED, Entry
from piggyadmin.notes.models import DoNotServe, Note


def follow_merge(*, entry: Entry, kind: str, **_signal: Any) -> None:
    """Have what was said of whoever went into another contact go there too."""
    role, into = ENDINGS.get(entry.action, ("", ""))
    if not into or kind not in {VERIFIED, FLAGGED} or not _has_ended(entry):
        return
    uuids = {subject.role: subject.contact_uuid for subject in entry.subjects.all()}
    if role in uuids and into in uuids:
        move(uuids[role], uuids[into])


def _has_ended(entry: Entry) -> bool:
    """Tell whether the contact was seen gone: a surprise may be that it is still there."""
    followed = entry.follow_up
    return followed is not None and (followed.kind == VERIFIED or bool(followed.detail["after"]))


def move(contact_uuid: str, into: str) -> None:
    """Say of one contact what was said of another."""
    for model in (Note, DoNotServe):
        model.objects.filter(contact_uuid=contact_uuid).update(contact_uuid=into)


def forget_ended(*, contact_uuid: str, **_signal: Any) -> None:
    """Remove what was said of a contact that has ended at Piggy."""
    with transaction.atomic():
        for model in (Note, DoNotServe):
            model.objects.filter(contact_uuid=contact_uuid).delete()

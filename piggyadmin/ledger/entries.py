"""What an entry tells of how it was asked for, and of what is known of it."""

from typing import Any
from uuid import UUID, uuid5

from piggyadmin.ledger.models import Entry, EntryState

# Who settles what is unknown, where it is no person.
READ_BACK = "read-back"


def reread(entry: Entry) -> Entry:
    """Read an entry anew."""
    return Entry.objects.get(pk=entry.pk)


def intent_of(entry: Entry) -> dict[str, Any]:
    """Give what is kept of how an entry came to be asked for."""
    intended = entry.events.filter(kind=EntryState.INTENDED).first()
    return intended.detail if intended else {}


def whole_of(entry: Entry) -> UUID | None:
    """Give the key of the entry of which this one is a step; None where it stands for itself."""
    key = intent_of(entry).get("part_of")
    return UUID(key) if key else None


def fingerprint_of(entry: Entry) -> str:
    """Give what tells the request of a program from others; nothing where a page asked."""
    return str(intent_of(entry).get("fingerprint", ""))


def approval_of(entry: Entry) -> dict[str, Any] | None:
    """Give what is kept of who approved an entry; None where nobody had to."""
    return intent_of(entry).get("approval")


def key_of_again(entry: Entry) -> UUID:
    """Give the submission key with which an entry is sent again: always the same one."""
    return uuid5(entry.submission_key, "again")


def was_inferred(entry: Entry) -> bool:
    """Tell whether an entry counts as not done only because nothing was found of it."""
    event = entry.last_event
    denied = event and event.kind == EntryState.SETTLED_NOT_DONE
    return bool(denied and event and event.detail.get("by") == READ_BACK)

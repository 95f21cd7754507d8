"""What is in the way of a write: the same asked a moment ago, or a contact that is being ended."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext

from piggyadmin.ledger.entries import (
    READ_BACK,
    whole_of,
)
from piggyadmin.ledger.models import HAPPENED, OPEN, Entry, EntryState, Event, Subject
from piggyadmin.ledger.operations import Operation, Refused, get_operation, operations

# The same thing asked anew within this time needs a second yes.
DEDUPLICATION_SECONDS = 300


class DuplicateRequest(Exception):  # noqa: N818  (named as a person would)
    """The same was asked a moment ago: it needs a second yes that names `alike`."""

    def __init__(self, alike: Entry) -> None:
        super().__init__()
        self.alike = alike


class KeyReused(SuspiciousOperation):
    """The key of an earlier request, sent with another one."""


def insist_on_same(fingerprint: str, first: str) -> None:
    """Refuse a key whose first request is known to have been another one.

    Raises:
        KeyReused: it was.
    """
    if fingerprint and first and fingerprint != first:
        raise KeyReused


# What is raised before anything of a write is kept or sent.
NOT_BEGUN = (PermissionDenied, DuplicateRequest, Refused)


def why_not_begun(error: Exception) -> str:
    """Say why a write was not begun, by one of `NOT_BEGUN`."""
    if isinstance(error, DuplicateRequest):
        words = gettext("%(person)s asked for the same a moment ago.")
        return words % {"person": error.alike.person_name}
    return error.words if isinstance(error, Refused) else str(error)


def refuse_duplicate(
    action: Operation[Any, Any], deduplication_key: str, repeat_of: UUID | None
) -> None:
    """Refuse the same thing once more, unless somebody knows of the one before.

    Raises:
        DuplicateRequest: `repeat_of` does not name it.
    """
    alike = latest_alike(deduplication_key) if action.is_deduplicated else None
    if alike and repeat_of != alike.submission_key:
        raise DuplicateRequest(alike)


def latest_alike(deduplication_key: str) -> Entry | None:
    """Find the last entry of the same thing that may have happened.

    That is one of lately, one whose outcome is unknown, or one that was only inferred not to have
    happened and may still come late.
    """
    now = timezone.now()
    since = now - timedelta(seconds=DEDUPLICATION_SECONDS)
    lately = Q(created_at__gte=since, status__state__in=HAPPENED)
    denied = Event.objects.filter(
        entry=OuterRef("pk"),
        kind=EntryState.SETTLED_NOT_DONE,
        at__gte=now - timedelta(seconds=settings.LEDGER_FOLLOW_SECONDS),
        detail__by=READ_BACK,
    )
    inferred = Q(Exists(denied), status__state=EntryState.SETTLED_NOT_DONE)
    may_have = lately | inferred | Q(status__state__in=OPEN)
    return (
        Entry.objects.filter(may_have, deduplication_key=deduplication_key).order_by("-pk").first()
    )


def refuse_overlap(
    action: Operation[Any, Any], subjects: dict[str, str], part_of: UUID | None
) -> None:
    """Refuse to end or change a contact for good while another such thing is under way.

    Raises:
        Refused: it names the field of the contact.
    """
    busy = busy_with(subjects.values(), part_of=part_of) if action.ends_contacts else None
    if busy:
        role = next(role for role, uuid in subjects.items() if uuid == busy.contact_uuid)
        raise Refused({f"{role}_contact_uuid".removeprefix("contact_"): words_about(busy)})


def busy_with(uuids: Iterable[str], *, part_of: UUID | None = None) -> Subject | None:
    """Find what ends or changes one of these contacts for good and is under way, if anything.

    What is under way as a whole, with the key `part_of`, is not in the way of its own steps, nor
    they in its.
    """
    slugs = [other.slug for other in operations() if other.ends_contacts]
    under_way = Q(entry__status__state__in=OPEN) | Q(entry__status__is_followed=True)
    subjects = Subject.objects.filter(
        under_way, contact_uuid__in=list(uuids), entry__action__in=slugs
    )
    for busy in subjects.select_related("entry").order_by("-pk"):
        own = {busy.entry.submission_key, whole_of(busy.entry)}
        if part_of is None or part_of not in own:
            return busy
    return None


def words_about(busy: Subject) -> str:
    """Say what is under way with a contact, and who asked for it."""
    words = gettext(
        "%(person)s asked for “%(action)s” for this customer, and how that ends is not known "
        "yet. Nothing was sent. Wait for it to end, then look again."
    )
    params = {"person": busy.entry.person_name, "action": get_operation(busy.entry.action).label}
    return words % params

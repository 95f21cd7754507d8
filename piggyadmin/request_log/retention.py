"""Forgetting calls that are older than the settings want them kept."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from piggyadmin.bulk_insert import delete_in_batches
from piggyadmin.request_log.models import LoggedCall, is_uuid

# Rows deleted in one go, so that nobody waits long for the database.
BATCH = 2_000


def prune() -> int:
    """Delete what is older than REQUEST_LOG_DAYS, and tell how many calls that were."""
    before = timezone.now() - timedelta(days=settings.REQUEST_LOG_DAYS)
    return delete_in_batches(LoggedCall.objects.filter(at__lt=before).order_by("at"), BATCH)


def calls_about(contact_uuid: str) -> QuerySet[LoggedCall]:
    """Give the calls that name a contact, wherever it stands in them.

    Bodies are sealed: of each call its UUIDs stand beside them. Where that is not known yet, or the
    contact's is no UUID, they are opened and looked into.
    """
    uuid = contact_uuid.lower()
    unknown = Q(named=None) if is_uuid(uuid) else Q()
    found = [
        call.pk
        for call in LoggedCall.objects.filter(unknown).iterator(chunk_size=BATCH)
        if any(uuid in text.lower() for text in call.texts)
    ]
    return LoggedCall.objects.filter(Q(named__contains=uuid) | Q(pk__in=found))


def forget_calls_about(contact_uuid: str) -> int:
    """Remove the calls that name a contact who was erased; give how many there were."""
    return calls_about(contact_uuid).delete()[0]

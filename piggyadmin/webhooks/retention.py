"""How long what arrived is kept."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from piggyadmin.webhooks.models import WebhookDelivery


def forget_old() -> None:
    """Drop what arrived long enough ago: until then a second one of the same is known as such."""
    before = timezone.now() - timedelta(days=settings.WEBHOOK_DAYS)
    WebhookDelivery.objects.filter(arrived_at__lt=before).delete()


def forget_ended(*, contact_uuid: str, **_signal: Any) -> None:
    """Drop what was told of a contact that has ended; that something was told stays."""
    about = WebhookDelivery.objects.filter(contact_uuid=contact_uuid)
    about.update(payload=None)

"""Bookings that this console has seen: Piggy offers no way to list or read them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SeenBooking(models.Model):
    """What Piggy last answered about a booking, or what was sent and not contradicted."""

    uuid = models.CharField(max_length=255, unique=True)
    contact_uuid = models.CharField(max_length=255, blank=True)
    contact_email = models.CharField(max_length=255, blank=True)
    external_id = models.CharField(_("external id"), max_length=255, blank=True)
    source = models.CharField(_("source"), max_length=255, blank=True)
    starts_at = models.DateTimeField(_("starts at"), null=True)
    ends_at = models.DateTimeField(_("ends at"), null=True)
    checked_in_at = models.DateTimeField(_("checked in at"), null=True)
    number_of_people = models.PositiveIntegerField(_("number of people"), null=True)
    company_name = models.CharField(_("company"), max_length=255, blank=True)
    status = models.CharField(_("status"), max_length=255, blank=True)
    prepaid_amount = models.IntegerField(_("prepaid amount in cents"), null=True)
    seen_at = models.DateTimeField(_("seen at"), auto_now=True)

    class Meta:
        verbose_name = _("seen booking")
        verbose_name_plural = _("seen bookings")
        ordering = ("-starts_at", "-seen_at")

    def __str__(self) -> str:
        return self.external_id or self.uuid

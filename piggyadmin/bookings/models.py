"""Bookings that this console has seen: Piggy offers no way to list or read them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from piggyadmin.sealed_fields import SealedTextField


class SeenBooking(models.Model):
    """What was last known of a booking: by Piggy's answer, or what was sent and not contradicted.

    The note is the console's own: Piggy has no place for one. What was imported may have a number
    of another system alone, and no UUID.
    """

    class LearnedFrom(models.TextChoices):
        """From what it was last known."""

        MADE = "made", _("made here")
        CHANGED = "changed", _("changed here")
        IMPORTED = "imported", _("imported")
        TOLD = "told", _("told by Piggy")

    uuid = models.CharField(max_length=255, blank=True, db_index=True)
    contact_uuid = models.CharField(max_length=255, blank=True, db_index=True)
    contact_email = SealedTextField(max_length=255, blank=True)
    shop_uuid = models.CharField(max_length=255, blank=True)
    external_id = models.CharField(_("external id"), max_length=255, blank=True)
    source = models.CharField(_("source"), max_length=255, blank=True)
    starts_at = models.DateTimeField(_("starts at"), null=True, db_index=True)
    ends_at = models.DateTimeField(_("ends at"), null=True)
    checked_in_at = models.DateTimeField(_("checked in at"), null=True)
    number_of_people = models.BigIntegerField(_("number of people"), null=True)
    company_name = SealedTextField(_("company"), max_length=255, blank=True)
    status = models.CharField(_("status"), max_length=255, blank=True)
    prepaid_amount = models.BigIntegerField(_("prepaid amount in cents"), null=True)
    note = SealedTextField(_("note"), blank=True)
    seen_at = models.DateTimeField(_("seen at"), auto_now=True)
    # What Piggy tells of before this moment, by its own clock, is older than what stands here.
    as_of = models.DateTimeField(null=True, editable=False)
    learned_from = models.CharField(
        _("known from"), max_length=20, choices=LearnedFrom, default=LearnedFrom.CHANGED
    )

    class Meta:
        verbose_name = _("seen booking")
        verbose_name_plural = _("seen bookings")
        ordering = ("-starts_at", "-seen_at")
        constraints = (
            models.UniqueConstraint(
                fields=["uuid"], condition=~Q(uuid=""), name="one_booking_of_a_uuid"
            ),
        )

    def __str__(self) -> str:
        return self.external_id or self.uuid

    @property
    def key(self) -> str:
        """What its address names it by: its UUID, or the other number where there is none."""
        return self.uuid or self.external_id


class CalendarFeed(models.Model):
    """The secret address at which calendars read the bookings of a shop; only its hash is kept."""

    shop_uuid = models.CharField(max_length=255, unique=True)
    # As it was called when the address was made: whoever reads the feed asks nothing of Piggy.
    shop_name = models.CharField(max_length=255, blank=True)
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=255)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return self.shop_name or self.shop_uuid
